import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { MAX_YAML_BYTES, tooLarge, unreadable } from '../config/load-yaml.js';
import { StubwireError } from '../errors.js';
import { MAX_FILES, templatesAmong, tooManyFiles } from '../template/template-files.js';

/** Files asked about at a time: Node has four threads for it, and others need them too. */
const AT_ONCE = 16;

/**
 * The template files of a folder with the signature of each: identity, size and times, of what a link leads to. A file
 * that is gone when it is asked about is left out. Throws `file_unreadable` or `yaml_too_large` where the folder cannot be listed.
 */
export async function listFolder(folder: string): Promise<Map<string, string>> {
  const names = templatesAmong(
    await readdir(folder).catch((error: unknown) => Promise.reject(unreadable(folder, error))),
  );
  if (names.length > MAX_FILES) throw tooManyFiles(folder, names.length);
  const files = names.map((name) => join(folder, name));
  const listing = new Map<string, string>();
  for (let at = 0; at < files.length; at += AT_ONCE) {
    const some = files.slice(at, at + AT_ONCE);
    const signatures = await Promise.all(some.map(signatureOf));
    signatures.forEach((signature, index) => {
      if (signature !== undefined) listing.set(some[index]!, signature);
    });
  }
  return listing;
}

/** The content of a file, or why it cannot be read. `canPass`: another attempt may succeed although the file has not changed. */
export type ReadFile = { readonly bytes: Uint8Array } | { readonly problem: StubwireError; readonly canPass: boolean };

/** Reads a whole file. */
export async function readBytes(file: string): Promise<ReadFile> {
  try {
    const { size } = await stat(file);
    if (size > MAX_YAML_BYTES) return { problem: tooLarge(file, size), canPass: false };
    return { bytes: await readFile(file) };
  } catch (error) {
    return { problem: unreadable(file, error), canPass: true };
  }
}

/** Reads a whole file in the state that this signature describes; `moved` if it changed meanwhile. */
export async function readSettled(file: string, signature: string): Promise<ReadFile | 'moved'> {
  const read = await readBytes(file);
  return 'problem' in read || (await signatureOf(file)) === signature ? read : 'moved';
}

async function signatureOf(file: string): Promise<string | undefined> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
    return `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? undefined : `unreadable: ${code}`;
  }
}

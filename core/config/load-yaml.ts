import { readFileSync, statSync } from 'node:fs';
import { StubwireError } from '../errors.js';
import { shownFile } from './problem.js';
import { SourceText } from './source-text.js';
import { YamlDocument } from './yaml-document.js';
import type { YamlNode } from './yaml-node.js';
import { parseYaml } from './yaml-syntax.js';
import { YamlTree } from './yaml-tree.js';

/** What one configuration or template file may weigh, bytes: a hundred times what a long one does. */
export const MAX_YAML_BYTES = 1_000_000;

export interface LoadedYaml {
  /** The documents that have something in them; none when the text is not YAML. */
  readonly documents: readonly YamlDocument[];
  /** What is wrong with the text itself. Documents may still be checked, so that all problems are found at once. */
  readonly problems: readonly StubwireError[];
}

export interface LoadOptions {
  /** For files that may hold passwords: excerpts then hide them. */
  readonly hidesSecrets?: boolean;
}

const REASONS: { readonly [code: string]: string } = {
  ENOENT: 'it does not exist',
  EACCES: 'this user may not read it',
  EISDIR: 'it is a folder',
};

/** Why a file cannot be read, for people. */
export function unreadable(file: string, error: unknown): StubwireError {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const text = `Cannot read ${shownFile(file)}: ${REASONS[code] ?? message}. Check the path, or give another one.`;
  return new StubwireError('file_unreadable', text, { cause: error, place: { file } });
}

/** The file is over `MAX_YAML_BYTES`. */
export function tooLarge(file: string, size: number): StubwireError {
  const message = `${shownFile(file)} has ${size} bytes; at most ${MAX_YAML_BYTES} are read. Split it into several files.`;
  return new StubwireError('yaml_too_large', message, { place: { file } });
}

/** Reads a YAML (or JSON) file with the places of everything in it. Problems are returned, not thrown. */
export function loadYaml(file: string, options: LoadOptions = {}): LoadedYaml {
  let bytes: Uint8Array;
  try {
    const { size } = statSync(file);
    if (size > MAX_YAML_BYTES) return { documents: [], problems: [tooLarge(file, size)] };
    bytes = readFileSync(file);
  } catch (error) {
    return { documents: [], problems: [unreadable(file, error)] };
  }
  return readYamlBytes(file, bytes, options);
}

/** As `loadYaml`, for what was read already. */
export function readYamlBytes(file: string, bytes: Uint8Array, options: LoadOptions = {}): LoadedYaml {
  if (bytes.length > MAX_YAML_BYTES) return { documents: [], problems: [tooLarge(file, bytes.length)] };
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const message = `${shownFile(file)} is not UTF-8 text. Save it with the encoding UTF-8.`;
    return { documents: [], problems: [new StubwireError('yaml_invalid', message, { place: { file } })] };
  }
  return readYaml(file, text, options);
}

/** A document of comments only, or what follows a last `---`. */
const isNothing = (node: YamlNode): boolean => node.kind === 'scalar' && node.plain && node.source === '';

/** As `loadYaml`, for text that is already there; `file` is the name that messages give it. */
export function readYaml(file: string, text: string, options: LoadOptions = {}): LoadedYaml {
  try {
    const { source, documents, problems } = parseYaml(new SourceText(file, text, options.hidesSecrets));
    const tree = new YamlTree(source);
    const built = documents.flatMap((document) => {
      const root = tree.build(document);
      return root === undefined || isNothing(root) ? [] : [new YamlDocument(source, root)];
    });
    return { documents: built, problems: [...problems, ...tree.problems] };
  } catch (error) {
    if (error instanceof StubwireError) return { documents: [], problems: [error] };
    throw error;
  }
}

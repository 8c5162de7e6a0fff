import { createHash } from 'node:crypto';
import { setImmediate as breathe } from 'node:timers/promises';
import { readYamlBytes } from '../config/load-yaml.js';
import { inOrder } from '../config/problem.js';
import type { StubwireError } from '../errors.js';
import { ignoredKeys, ignoredKeysLine } from '../template/ignored-keys.js';
import { type ReadTemplates, readTemplates, takenNames } from '../template/read-templates.js';
import type { Vocabulary } from '../template/vocabulary.js';
import { readBytes } from './folder-listing.js';
import type { FileVersion } from './template-set.js';

/** Hex digits of a version: enough to tell apart all that one file ever held. */
const DIGITS = 12;

/** The version of a file with this content. */
export const versionOf = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex').slice(0, DIGITS);

/** The result of reading a file: a valid version, problems, or nothing if the file is deleted. */
export type FileChange =
  | { readonly file: string; readonly next: FileVersion }
  | { readonly file: string; readonly version?: string; readonly problems: readonly StubwireError[] }
  | { readonly file: string; readonly gone: true };

/** Reads the files at start, each by itself: a problem in one does not affect the others. `inform` gets lines that are not problems. */
export async function readFiles(
  files: readonly string[],
  vocabulary: Vocabulary,
  inform: (line: string) => void,
): Promise<FileChange[]> {
  const changes: FileChange[] = [];
  for (const file of files) {
    const found = await readBytes(file);
    changes.push(
      'problem' in found ? { file, problems: [found.problem] } : await changeOf(file, found.bytes, vocabulary, inform),
    );
  }
  return changes;
}

/** The change that this content of a file makes. */
export async function changeOf(
  file: string,
  bytes: Uint8Array,
  vocabulary: Vocabulary,
  inform: (line: string) => void,
): Promise<FileChange> {
  const checked = await readVersion(file, bytes, vocabulary, inform);
  return 'problems' in checked ? { file, version: versionOf(bytes), ...checked } : { file, next: checked };
}

/**
 * Checks one file's content in full. It is taken whole: a file with a problem anywhere has no version. Its documents are
 * checked one by one, with a breath between them, so that the event loop does not stand still for all of them.
 */
async function readVersion(
  file: string,
  bytes: Uint8Array,
  vocabulary: Vocabulary,
  inform: (line: string) => void,
): Promise<FileVersion | { readonly problems: readonly StubwireError[] }> {
  const { documents, problems: ofText } = readYamlBytes(file, bytes);
  const read: ReadTemplates[] = [];
  for (const some of documents.length > 0 ? documents.map((document) => [document]) : [[]]) {
    const problems = read.length === 0 ? ofText : [];
    await breathe();
    read.push(readTemplates([file], vocabulary, () => ({ documents: some, problems })));
  }
  const all = read.flatMap(({ templates }) => templates);
  const problems = [...read.flatMap((each) => each.problems), ...takenNames(all)];
  if (problems.length > 0) return { problems: inOrder(problems) };
  for (const { document } of all) {
    const ignored = ignoredKeysLine([...ignoredKeys(document.root).keys()]);
    if (ignored !== undefined) inform(`${file}: ${ignored}`);
  }
  const templates = all.flatMap(({ checked, document }) =>
    'problems' in checked ? [] : [{ template: checked.template, place: document.place(['template']) }],
  );
  return { file, version: versionOf(bytes), templates };
}

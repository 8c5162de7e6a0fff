import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setImmediate as breathe } from 'node:timers/promises';
import { readYamlBytes } from '../config/load-yaml.js';
import { inOrder } from '../config/problem.js';
import type { StubTemplate } from '../contract/stub-template.js';
import type { StubwireError } from '../errors.js';
import { type ReadTemplates, readTemplates, takenNames } from '../template/read-templates.js';
import type { Vocabulary } from '../template/vocabulary.js';
import type { FileVersion, PlacedTemplate } from './template-set.js';

/** Hex digits of a version: enough to tell apart all that one file ever held. */
const DIGITS = 12;

/** The version of a file with this content. */
export const versionOf = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex').slice(0, DIGITS);

/** The version of each file as it is on disk; one that cannot be read has none. */
export function versionsOnDisk(files: readonly string[]): Map<string, string> {
  return new Map(
    files.map((file) => {
      try {
        return [file, versionOf(readFileSync(file))] as const;
      } catch {
        return [file, ''] as const; // loading it says why
      }
    }),
  );
}

/** What was loaded at start, by file. `versions` are those from before it was read, so that no change goes unseen. */
export function loadedVersions(
  versions: ReadonlyMap<string, string>,
  templates: Iterable<StubTemplate>,
): FileVersion[] {
  const byFile = new Map([...versions.keys()].map((file): [string, PlacedTemplate[]] => [file, []]));
  for (const template of templates) byFile.get(template.file)?.push({ template, place: { file: template.file } });
  return [...byFile].map(([file, placed]) => ({ file, version: versions.get(file)!, templates: placed }));
}

/**
 * Checks one file's content in full. It is taken whole: a file with a problem anywhere has no version. Its documents are
 * checked one by one, with a breath between them, so that the event loop does not stand still for all of them.
 */
export async function readVersion(
  file: string,
  bytes: Uint8Array,
  vocabulary: Vocabulary,
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
  const templates = all.flatMap(({ checked, document }) =>
    'problems' in checked ? [] : [{ template: checked.template, place: document.place(['template']) }],
  );
  return { file, version: versionOf(bytes), templates };
}

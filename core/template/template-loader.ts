import { inOrder } from '../config/problem.js';
import type { StubTemplate } from '../contract/stub-template.js';
import { ProblemsError } from '../errors.js';
import { ignoredKeys, ignoredKeysLine } from './ignored-keys.js';
import { readTemplates, takenNames } from './read-templates.js';
import { templateFiles } from './template-files.js';
import type { Vocabulary } from './vocabulary.js';

export type { Vocabulary } from './vocabulary.js';

/**
 * Loads every stub template of a folder, or of the files and folders named. Throws `ProblemsError` with the problems of
 * all of them. `inform` is given lines that are no problems.
 */
export function loadTemplates(
  folderOrFiles: string | readonly string[],
  vocabulary: Vocabulary,
  inform: (line: string) => void = () => undefined,
): Map<string, StubTemplate> {
  const found = templateFiles([folderOrFiles].flat());
  const read = readTemplates(found.files, vocabulary);
  const problems = [...found.problems, ...read.problems, ...takenNames(read.templates)];
  if (problems.length > 0) throw new ProblemsError(inOrder(problems));
  const templates = new Map<string, StubTemplate>();
  for (const { name, document, checked } of read.templates) {
    if ('problems' in checked) continue; // there is none: its problems were thrown
    templates.set(name, checked.template);
    const ignored = ignoredKeysLine([...ignoredKeys(document.root).keys()]);
    if (ignored !== undefined) inform(`${document.file}: ${ignored}`);
  }
  return templates;
}

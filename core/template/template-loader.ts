import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { loadYaml } from '../config/load-yaml.js';
import { inOrder } from '../config/problem.js';
import type { StubTemplate } from '../contract/stub-template.js';
import { ProblemsError, StubwireError } from '../errors.js';
import { checkTemplate } from './checked-template.js';
import type { Vocabulary } from './vocabulary.js';

export type { Vocabulary } from './vocabulary.js';

const IS_TEMPLATE_FILE = /\.(?:ya?ml|json)$/i;

/** Files read from one folder; a folder with more is probably not one of templates. */
const MAX_FILES = 1_000;

/**
 * Loads every stub template of a folder, or of the files and folders named: YAML or JSON, one or more documents (`---`)
 * a file. Throws `ProblemsError` with the problems of all of them. `inform` is given lines that are no problems.
 */
export function loadTemplates(
  folderOrFiles: string | readonly string[],
  vocabulary: Vocabulary,
  inform: (line: string) => void = () => undefined,
): Map<string, StubTemplate> {
  const problems: StubwireError[] = [];
  const templates = new Map<string, StubTemplate>();
  const names = typeof folderOrFiles === 'string' ? [folderOrFiles] : folderOrFiles;
  for (const file of names.flatMap((name) => filesOf(name, problems))) {
    const { documents, problems: unread } = loadYaml(file);
    problems.push(...unread);
    if (documents.length === 0 && unread.length === 0) problems.push(nothingIn(file));
    for (const document of documents) {
      const checked = checkTemplate(document, vocabulary);
      if ('problems' in checked) {
        problems.push(...checked.problems);
        continue;
      }
      const { template, ignoredKeys } = checked;
      const first = templates.get(template.name);
      if (first === undefined) templates.set(template.name, template);
      else {
        const message = `A template "${template.name}" stands already in ${first.file}. Give this one another name with "template:".`;
        problems.push(document.problem('template_duplicate', message, ['template']));
      }
      if (ignoredKeys.length > 0)
        inform(`${file}: ${ignoredKeys.join(', ')} belong to the platform's editor and are ignored`);
    }
  }
  if (problems.length > 0) throw new ProblemsError(inOrder(problems));
  return templates;
}

function nothingIn(file: string): StubwireError {
  const message = `${file} has no template in it. Begin with the keys template, initial_state, states and actions, or delete the file.`;
  return new StubwireError('value_invalid', message, { place: { file } });
}

/** A folder stands for its template files (not for folders in it), in the order of their names. */
function filesOf(name: string, problems: StubwireError[]): string[] {
  try {
    if (!statSync(name).isDirectory()) return [name];
    const files = readdirSync(name).filter((file) => IS_TEMPLATE_FILE.test(file) && !file.startsWith('.'));
    if (files.length > MAX_FILES) {
      const message = `${name} has ${files.length} files; at most ${MAX_FILES} are read. Name the folder of the templates.`;
      problems.push(new StubwireError('yaml_too_large', message, { place: { file: name } }));
      return [];
    }
    return files.sort().map((file) => join(name, file));
  } catch (error) {
    const message = `Cannot read ${name}: ${(error as Error).message}. Check the path, or give another one.`;
    problems.push(new StubwireError('file_unreadable', message, { cause: error, place: { file: name } }));
    return [];
  }
}

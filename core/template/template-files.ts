import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { unreadable } from '../config/load-yaml.js';
import { shownFile } from '../config/problem.js';
import { StubwireError } from '../errors.js';

const IS_TEMPLATE_FILE = /\.(?:ya?ml|json)$/i;
/** Stories of `stubwire test` stand beside the templates that they try; schemas may, for editors. */
const IS_OTHER_FILE = /\.(?:test\.ya?ml|schema\.json)$/i;

/** Files read from one folder; a folder with more is probably not one of templates. */
export const MAX_FILES = 1_000;

export interface TemplateFiles {
  readonly files: readonly string[];
  readonly problems: readonly StubwireError[];
  /** Folders that have none. */
  readonly empty: readonly string[];
}

/**
 * The template files of what is named, in order. A folder stands for those in it, not for folders in it. `except` is a
 * file that is none, such as the configuration, whose folder may be named.
 */
export function templateFiles(names: readonly string[], except = ''): TemplateFiles {
  const problems: StubwireError[] = [];
  const empty: string[] = [];
  const isTemplate = (file: string): boolean => !IS_OTHER_FILE.test(file) && resolve(file) !== resolve(except);
  const files = names.flatMap((name) => {
    try {
      if (!statSync(name).isDirectory()) return [name].filter(isTemplate);
      const found = filesIn(name).filter(isTemplate);
      if (found.length === 0) empty.push(name);
      if (found.length <= MAX_FILES) return found;
      problems.push(tooManyFiles(name, found.length));
    } catch (error) {
      problems.push(unreadable(name, error));
    }
    return [];
  });
  return { files: [...new Set(files)], problems, empty };
}

const filesIn = (folder: string): string[] => sortedFiles(readdirSync(folder)).map((file) => join(folder, file));

const sortedFiles = (names: readonly string[]): string[] =>
  names.filter((file) => IS_TEMPLATE_FILE.test(file) && !file.startsWith('.')).sort();

/** Those of the names in a folder that are template files, in order. */
export const templatesAmong = (names: readonly string[]): string[] =>
  sortedFiles(names).filter((file) => !IS_OTHER_FILE.test(file));

export function tooManyFiles(folder: string, count: number): StubwireError {
  const message = `${shownFile(folder)} has ${count} files; at most ${MAX_FILES} are read. Name the folder of the templates.`;
  return new StubwireError('yaml_too_large', message, { place: { file: folder } });
}

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { StubwireError } from '../errors.js';

const IS_TEMPLATE_FILE = /\.(?:ya?ml|json)$/i;
/** Stories of `stubwire test` stand beside the templates that they try. */
const IS_STORY_FILE = /\.test\.ya?ml$/i;

/** Files read from one folder; a folder with more is probably not one of templates. */
const MAX_FILES = 1_000;

/** The template files of what is named, in order. A folder stands for those in it, not for folders in it. */
export function templateFiles(names: readonly string[]): {
  readonly files: readonly string[];
  readonly problems: readonly StubwireError[];
} {
  const problems: StubwireError[] = [];
  const files = names.flatMap((name) => filesOf(name, problems)).filter((file) => !IS_STORY_FILE.test(file));
  return { files: [...new Set(files)], problems };
}

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

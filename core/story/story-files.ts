import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { StubwireError } from '../errors.js';

/** Stories stand in `<name>.test.yaml`, beside the templates that they try. */
const IS_STORY = /\.test\.ya?ml$/i;
const MAX_FILES = 1_000;

export const isStoryFile = (file: string): boolean => IS_STORY.test(file);

/** The story files of what is named: files as they are, folders for those in them (not for folders in them). */
export function storyFiles(names: readonly string[]): { readonly files: string[]; readonly problems: StubwireError[] } {
  const problems: StubwireError[] = [];
  const files = names.flatMap((name) => filesOf(name, problems));
  return { files: [...new Set(files)], problems };
}

function filesOf(name: string, problems: StubwireError[]): string[] {
  try {
    if (!statSync(name).isDirectory()) return [name];
    const files = readdirSync(name).filter((file) => isStoryFile(file) && !file.startsWith('.'));
    return files
      .sort()
      .slice(0, MAX_FILES)
      .map((file) => join(name, file));
  } catch (error) {
    const message = `Cannot read ${name}: ${(error as Error).message}. Check the path, or give another one.`;
    problems.push(new StubwireError('file_unreadable', message, { cause: error, place: { file: name } }));
    return [];
  }
}

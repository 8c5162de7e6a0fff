import { resolve } from 'node:path';
import { type StoryFormat, testStories } from '../../core/command/test-command.js';
import { formatProblems } from '../../core/config/problem.js';
import { ProblemsError, StubwireError } from '../../core/errors.js';

/** What `stubwire test` prints for some files, without the times that it took, and its exit code. */
export async function storyOutput(
  files: readonly string[],
  { config = 'config/stubwire.yaml', format = 'text' as StoryFormat, grep = undefined as RegExp | undefined } = {},
): Promise<{ readonly text: string; readonly exitCode: number }> {
  const lines: string[] = [];
  const print = (text: string) => void lines.push(text);
  try {
    const provideRedis = () => undefined;
    const exitCode = await testStories({ config, files, format, grep, print, provideRedis, maxHops: 100 });
    return { text: timeless(lines.join('\n')), exitCode };
  } catch (error) {
    if (!(error instanceof StubwireError || error instanceof ProblemsError)) throw error;
    return { text: timeless(formatProblems(error)), exitCode: 2 };
  }
}

/** Times differ from run to run, and paths from machine to machine. */
const timeless = (text: string): string =>
  text.replaceAll(/\((?:\d+ ms|[\d.]+ s)\)/g, '(… ms)').replaceAll(`${resolve('.')}/`, '');

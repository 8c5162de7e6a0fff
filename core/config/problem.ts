import { isAbsolute, relative } from 'node:path';
import { type Place, ProblemsError, type StubwireError } from '../errors.js';

/** A file as a person at the command line would name it: below the working folder without that folder. */
export const shownFile = (file: string): string => {
  const near = isAbsolute(file) ? relative(process.cwd(), file) : file;
  return near === '' || near.startsWith('..') ? file : near;
};

/** Signs that steer a terminal are shown and not obeyed. One for one, so that columns stay. */
const visible = (text: string): string => text.replace(/(?!\n)[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');

/** `file:line:column code message`, and below it the line as written with a caret under the column. */
export const formatProblem = ({ code, message, options: { place } }: StubwireError): string =>
  formatPlaced(`${code} ${message}`, place);

/** As `formatProblem`, for any words about a place. */
export function formatPlaced(words: string, place: Place | undefined): string {
  if (place === undefined) return visible(words);
  const at = [shownFile(place.file), place.line, place.column].filter((part) => part !== undefined).join(':');
  const head = visible(`${at} ${words}`);
  if (place.line === undefined || place.excerpt === undefined) return head;
  const gutter = `${place.line} | `.padStart(8);
  // A long line is cut so that the caret stays in sight.
  const from = Math.max(0, (place.column ?? 1) - 80);
  const excerpt = visible(place.excerpt.slice(from, from + 120).replaceAll('\t', ' '));
  const caret = place.column === undefined ? '' : `\n${' '.repeat(gutter.length + place.column - 1 - from)}^`;
  return `${head}\n${gutter}${excerpt}${caret}`;
}

/** Every problem of an error, each as `formatProblem` prints it, in the order of the files. */
export function formatProblems(error: ProblemsError | StubwireError): string {
  return (error instanceof ProblemsError ? error.problems : [error]).map(formatProblem).join('\n\n');
}

/** In the order of their places: files by name, then lines and columns. */
export function inOrder(problems: readonly StubwireError[]): StubwireError[] {
  const rank = ({ options: { place } }: StubwireError) => [place?.line ?? 0, place?.column ?? 0] as const;
  return [...problems].sort((a, b) => {
    const byFile = (a.options.place?.file ?? '').localeCompare(b.options.place?.file ?? '');
    return byFile || rank(a)[0] - rank(b)[0] || rank(a)[1] - rank(b)[1];
  });
}

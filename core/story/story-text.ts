import { formatPlaced, shownFile } from '../config/problem.js';
import type { Failure, Mismatch, Section, StoryOutcome } from './story-outcome.js';

const tookText = (ms: number): string => (ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`);

const indented = (text: string, by: number): string => text.replaceAll(/^(?=.)/gm, ' '.repeat(by));

/** The line that stands over the stories of a file. */
export const fileText = (file: string): string => `\n  ${shownFile(file)}`;

/** A story that was played, in a line. `number`: of the failure, where it is one. */
export function outcomeText({ story, tookMs, failure }: StoryOutcome, number: number): string {
  return `    ${failure ? `${number})` : '✓'} ${story.name} (${tookText(tookMs)})`;
}

/** What stands below all stories: how many, and each failure with what is good to know. */
export function endText(outcomes: readonly StoryOutcome[], tookMs: number): string {
  const failed = outcomes.filter(({ failure }) => failure);
  const held = outcomes.length - failed.length;
  const counts = [`${held} passing (${tookText(tookMs)})`, ...(failed.length > 0 ? [`${failed.length} failing`] : [])];
  const failures = failed.map(
    ({ story, failure }, at) => `\n  ${at + 1}) ${story.name}\n\n${indented(failureText(failure!), 5)}`,
  );
  return ['', ...counts.map((line) => `  ${line}`), ...failures].join('\n');
}

/** One failure: the step with its place, what was expected and seen, and what is good to know. */
export function failureText({ place, step, message, mismatches, sections }: Failure): string {
  const parts = [formatPlaced(step, place), message, ...mismatches.map(mismatchText), ...sections.map(sectionText)];
  return parts.join('\n\n');
}

function mismatchText({ what, expected, seen }: Mismatch): string {
  const row = (label: string, text: string) => `  ${label.padEnd(10)}${indented(text, 12).trimStart()}`;
  return [...(what === '' ? [] : [`  ${what}`]), row('expected', expected), row('seen', seen)].join('\n');
}

const sectionText = ({ title, lines }: Section): string =>
  [title, ...lines.map((line) => indented(line, 2))].join('\n');

import { shownFile } from '../config/problem.js';
import type { StoryOutcome } from './story-outcome.js';
import { failureText } from './story-text.js';

const ESCAPES: { readonly [character: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** XML takes no control characters, not even escaped. */
const xml = (text: string): string =>
  text.replaceAll(/[&<>"]/g, (character) => ESCAPES[character]!).replaceAll(/[^\P{Cc}\n\t]/gu, '');

const seconds = (ms: number): string => (ms / 1_000).toFixed(3);

/** What came of the stories in the form of JUnit, which build servers read: a suite for each file. */
export function storiesJunit(outcomes: readonly StoryOutcome[], tookMs: number): string {
  const files = [...new Set(outcomes.map(({ story }) => story.file))];
  const failing = outcomes.filter(({ failure }) => failure).length;
  const suites = files.map((file) => {
    const own = outcomes.filter(({ story }) => story.file === file);
    const name = xml(shownFile(file));
    const failures = own.filter(({ failure }) => failure).length;
    const cases = own.map((outcome) => caseXml(outcome, name));
    return `  <testsuite name="${name}" tests="${own.length}" failures="${failures}">\n${cases.join('\n')}\n  </testsuite>`;
  });
  const head = `<testsuites tests="${outcomes.length}" failures="${failing}" time="${seconds(tookMs)}">`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${head}\n${suites.join('\n')}\n</testsuites>`;
}

function caseXml({ story, tookMs, failure }: StoryOutcome, file: string): string {
  const head = `    <testcase name="${xml(story.name)}" classname="${file}" time="${seconds(tookMs)}"`;
  if (!failure) return `${head}/>`;
  return `${head}>\n      <failure message="${xml(failure.message)}">${xml(failureText(failure))}</failure>\n    </testcase>`;
}

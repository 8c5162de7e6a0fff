import { shownFile } from '../config/problem.js';
import type { StoryOutcome } from './story-outcome.js';

/** What came of the stories, for programs: `{passing, failing, took_ms, stories: […]}`. */
export function storiesJson(outcomes: readonly StoryOutcome[], tookMs: number): string {
  const failing = outcomes.filter(({ failure }) => failure).length;
  const stories = outcomes.map(({ story, tookMs: took, failure }) => ({
    file: shownFile(story.file),
    line: story.place.line,
    story: story.name,
    passed: failure === undefined,
    took_ms: Math.round(took),
    ...(failure && {
      failure: {
        line: failure.place.line,
        column: failure.place.column,
        step: failure.step,
        message: failure.message,
        mismatches: failure.mismatches.map(({ what, expected, seen }) => ({ what, expected, seen })),
        sections: failure.sections,
      },
    }),
  }));
  return JSON.stringify({ passing: outcomes.length - failing, failing, took_ms: Math.round(tookMs), stories }, null, 2);
}

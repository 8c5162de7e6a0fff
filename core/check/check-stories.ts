import { loadStories } from '../story/story-loader.js';
import { BASE_ACTIONS } from '../stub/base-actions.js';
import { type CheckFinding, findingOf } from './check-finding.js';
import type { CheckedTemplates } from './check-templates.js';

/** What keeps stories from being played. They are held against templates that are right: else one mistake would be told twice. */
export function checkStories(
  files: readonly string[],
  { findings, outlines }: CheckedTemplates,
  feedbackActions: readonly string[],
): CheckFinding[] {
  if (findings.some(({ level }) => level === 'error')) return [];
  const known = new Map(
    outlines.map(({ name, states, actions }) => [
      name,
      {
        states: states.map((state) => state.name),
        actions: [...new Set([...actions.map((action) => action.name), ...BASE_ACTIONS, ...feedbackActions])],
      },
    ]),
  );
  return files.flatMap((file) => loadStories(file, known).problems.map(findingOf));
}

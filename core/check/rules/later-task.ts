import { didYouMean, listed } from '../../config/nearest.js';
import type { Remark, TemplateCheck } from '../../contract/template-check.js';
import { type ActionText, conditionsOf, textsOf } from '../outline-texts.js';

function problems({ action, tasksBefore, path, references }: ActionText): Remark[] {
  const all = action.tasks.map(({ name }) => name);
  const before = all.slice(0, tasksBefore);
  const named = references.flatMap(([root, part, task]) =>
    root === 'stubpost' && part === 'tasks' ? (task ?? []) : [],
  );
  return [...new Set(named)].flatMap((name): Remark[] => {
    if (before.includes(name)) return [];
    const why = all.includes(name)
      ? `The task "${name}" has not run yet here, so there is no result of it. Put it first (or give it a lower __order).`
      : `The action "${action.name}" has no task "${name}".${didYouMean(name, before)}`;
    return [{ path, message: `${why} Results that are there by now: ${listed(before)}.` }];
  });
}

export const laterTask: TemplateCheck = {
  id: 'later-task',
  level: 'warning',
  means: 'A step uses the result of a task that has not run by then',
  help: 'stubpost.tasks.<name> holds the results of the tasks of this action that ran before the step. Tasks run in the order of the file, or by __order; then notifications.',
  takesBroken: true,
  check: (template) => [...textsOf(template), ...conditionsOf(template)].flatMap(problems),
};

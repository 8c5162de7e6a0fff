import { didYouMean, listed } from '../../config/nearest.js';
import type { Remark, TemplateCheck } from '../../contract/template-check.js';
import { deadEnd, knownPaths } from '../known-paths.js';
import { type ActionText, conditionsOfAction, textsOfAction } from '../outline-texts.js';
import type { Reference } from '../text-references.js';

/** Which is another rule's business. */
const isTaskName = ([root, part]: Reference, at: number): boolean =>
  root === 'stubpost' && part === 'tasks' && at === 2;

export const unknownPath: TemplateCheck = {
  id: 'unknown-path',
  level: 'warning',
  means: 'A path leads to nothing',
  help: 'A {{path}} to nothing is filled with no text, a ~~path is left out with its key, a condition compares with nothing. Correct the path.',
  takesBroken: true,
  check: (template) =>
    template.actions.flatMap((action) => {
      const shape = knownPaths(template, action);
      const problems = ({ path, references }: ActionText, inCondition: boolean): Remark[] =>
        references.flatMap((reference): Remark[] => {
          const end = deadEnd(reference, shape, inCondition);
          if (end === undefined || end.at === 0 || isTaskName(reference, end.at)) return [];
          const owner = reference.slice(0, end.at).join('.');
          const key = reference[end.at]!;
          const there = end.isValue
            ? `${owner} is a single value, with nothing below it.`
            : `${owner} has no "${key}".${didYouMean(key, end.known)} There are: ${listed(end.known)}.`;
          return [{ path, message: `${reference.join('.')} leads to nothing: ${there}` }];
        });
      return [
        ...textsOfAction(action).flatMap((text) => problems(text, false)),
        ...conditionsOfAction(action).flatMap((condition) => problems(condition, true)),
      ];
    }),
};

import { didYouMean, listed } from '../../config/nearest.js';
import type { Remark, TemplateCheck } from '../../contract/template-check.js';
import { conjuncts, textComparison } from '../condition-references.js';
import { type ActionCondition, conditionsOf } from '../outline-texts.js';
import { runsEverywhere } from '../state-graph.js';

const OF_STATES = ['stub.state', 'stubpost.from_state', 'stubpost.to_state'];

export const conditionNever: TemplateCheck = {
  id: 'condition-never',
  level: 'warning',
  means: 'A condition can never hold',
  help: 'It compares the state with one that the template does not have, or with one in which the action cannot run. Compare with a state that lists the action, or list the action there.',
  check(template, around) {
    const states = template.states.map(({ name }) => name);
    const problem = ({ action, tree }: ActionCondition): string | undefined => {
      for (const part of tree === undefined ? [] : conjuncts(tree)) {
        const compared = textComparison(part);
        const path = compared?.path.join('.') ?? '';
        if (compared === undefined || !OF_STATES.includes(path)) continue;
        if (!states.includes(compared.text))
          return `there is no state "${compared.text}".${didYouMean(compared.text, states)} There are: ${listed(states)}.`;
        const allowed = template.states.filter(({ actions }) => actions.some(({ name }) => name === action.name));
        if (path === 'stubpost.to_state' || runsEverywhere(action.name, around)) continue;
        if (allowed.length > 0 && !allowed.some(({ name }) => name === compared.text))
          return `the state "${compared.text}" does not list the action "${action.name}"; it runs in: ${listed(allowed.map(({ name }) => name))}.`;
      }
      return undefined;
    };
    return conditionsOf(template).flatMap((condition): Remark[] => {
      const why = problem(condition);
      if (why === undefined) return [];
      const message = `The condition ${condition.text} never holds: ${why} Correct the state, or take the condition away.`;
      return [{ path: condition.path, message }];
    });
  },
};

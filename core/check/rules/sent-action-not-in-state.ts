import { listed } from '../../config/nearest.js';
import type { Remark, TemplateCheck } from '../../contract/template-check.js';
import { ownTarget } from '../sent-actions.js';
import { runsEverywhere } from '../state-graph.js';

export const sentActionNotInState: TemplateCheck = {
  id: 'sent-action-not-in-state',
  level: 'warning',
  means: 'A task sends an action to a state that does not list it',
  help: 'What sendaction sends runs after the state has changed. List the action in the state that the sending one leads to, or change its to_state.',
  check(template, around) {
    const listing = (action: string) =>
      template.states.filter(({ actions }) => actions.some(({ name }) => name === action)).map(({ name }) => name);
    return template.actions.flatMap(({ name, tasks, toState }) =>
      tasks.flatMap((task): Remark[] => {
        const sent = task.tasktype === 'sendaction' ? ownTarget(task) : undefined;
        const exists = template.actions.some((action) => action.name === sent);
        if (sent === undefined || sent === name || !exists || runsEverywhere(sent, around)) return [];
        const allowed = listing(sent);
        const targets = toState.length > 0 ? toState.map((branch) => branch.name) : listing(name);
        if (allowed.length === 0 || targets.length === 0 || targets.some((state) => allowed.includes(state))) return [];
        const message = `"${sent}" runs after this action, when the stub stands in ${listed([...new Set(targets)])}, and is refused there: it is listed by ${listed(allowed)}. List it there too, or change to_state.`;
        return [{ path: [...task.path, 'params', 'action_name'], message }];
      }),
    );
  },
};

import { listed } from '../../config/nearest.js';
import type { TemplateCheck } from '../../contract/template-check.js';
import { reachedStates } from '../state-graph.js';

export const unreachableState: TemplateCheck = {
  id: 'unreachable-state',
  level: 'warning',
  means: 'No stub can come to this state',
  help: 'Let an action of a state that can be reached lead here with to_state, or remove the state. Base actions count: _close leads to the done state, _reopen to initial_state.',
  check(template, around) {
    const reached = reachedStates(template, around);
    if (template.initialState === undefined) return [];
    return template.states
      .filter(({ name }) => !reached.has(name))
      .map(({ name, path }) => ({
        path,
        at: 'key',
        message: `No action leads from "${template.initialState!.name}" to the state "${name}". A stub can reach: ${listed(template.states.map((state) => state.name).filter((state) => reached.has(state)))}. Give an action of one of these to_state: ${name}, or remove the state.`,
      }));
  },
};

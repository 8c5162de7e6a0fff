import { listed } from '../../config/nearest.js';
import type { TemplateCheck } from '../../contract/template-check.js';
import { exitsOf } from '../state-graph.js';

export const noWayOut: TemplateCheck = {
  id: 'no-way-out',
  level: 'warning',
  means: 'A stub that comes to this state stays in it',
  help: 'List an action with a to_state, or mark the state as an end with structure: { meta: { is_done: true } }. A template of one state is meant so and not reported.',
  check(template, around) {
    if (template.states.length < 2) return [];
    return template.states
      .filter((state) => state.name !== 'done' && !state.isDone && exitsOf(state, template, around).length === 0)
      .map(({ name, path, actions }) => ({
        path,
        at: 'key',
        message: `No action leads out of the state "${name}" (it lists: ${listed(actions.map((action) => action.name))}), and it is not marked as done. List one with a to_state, or mark the end: structure: { meta: { is_done: true } }.`,
      }));
  },
};

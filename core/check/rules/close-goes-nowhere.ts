import { listed } from '../../config/nearest.js';
import type { TemplateCheck } from '../../contract/template-check.js';
import type { OutlineName } from '../../contract/template-outline.js';
import { ownTarget } from '../sent-actions.js';
import { doneState } from '../state-graph.js';

const CLOSE = '_close';

export const closeGoesNowhere: TemplateCheck = {
  id: 'close-goes-nowhere',
  level: 'warning',
  means: '_close is used, and no state is an end',
  help: 'Name a state "done", mark one with structure: { meta: { is_done: true } }, or give the action _close a to_state of its own.',
  check(template) {
    const own = template.actions.find(({ name }) => name === CLOSE);
    if (doneState(template) !== undefined || (own !== undefined && own.toState.length > 0)) return [];
    const sent = template.actions.flatMap((action) =>
      action.tasks.filter((task) => ownTarget(task) === CLOSE).map(({ path }) => [...path, 'params', 'action_name']),
    );
    const inLists = template.states.flatMap(({ actions }) => actions.filter(({ name }) => name === CLOSE));
    const uses: readonly OutlineName['path'][] = [
      ...inLists.map(({ path }) => path),
      ...sent,
      ...(own ? [own.path] : []),
    ];
    return uses.map((path) => ({
      path,
      at: path === own?.path ? 'key' : 'value',
      message: `_close leads to the state "done" or to one that is marked as done, and this template has neither, so the run is refused. States: ${listed(template.states.map(({ name }) => name))}. Mark one of them: structure: { meta: { is_done: true } }.`,
    }));
  },
};

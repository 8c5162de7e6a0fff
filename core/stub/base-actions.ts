import type { Stub } from '../contract/stub.js';
import type { StubTemplate, TemplateAction } from '../contract/stub-template.js';
import { Refusal, type RunOrder } from './run.js';

/** Actions that exist in every template and every state. A template's action of the same name adds its steps. */
export const BASE_ACTIONS = ['_create', '_update', '_close', '_reopen', '_attach'] as const;
type BaseAction = (typeof BASE_ACTIONS)[number];

export const isBaseAction = (name: string): name is BaseAction => (BASE_ACTIONS as readonly string[]).includes(name);

/** The action as it runs: the template's own, or an empty one for a base or feedback action it does not extend. */
export function actionOf(template: StubTemplate, name: string): TemplateAction {
  const own = template.actions.get(name);
  if (own) return own;
  return { name, description: '', conditions: [], fields: [], tasks: [], notifications: [], metrics: [], toState: [] };
}

/** What was posted joins the stub's working data before any step runs; `_update` and `_attach` do their own on top. `order.attachments` are files as stored. */
export function applyPosted(stub: Stub, order: RunOrder): Stub {
  if (order.action === '_update') {
    const { subject, ...data } = order.data;
    return { ...stub, data: { ...stub.data, ...data }, ...(typeof subject === 'string' && { subject }) };
  }
  if (order.action === '_attach') return { ...stub, attachments: [...stub.attachments, ...order.attachments] };
  return { ...stub, data: { ...stub.data, ...order.data } };
}

/** The state a base action leads to where the template's own action names none. */
export function baseTargetState(stub: Stub, template: StubTemplate, action: string): string {
  if (action === '_reopen') return template.initialState;
  if (action !== '_close') return stub.state;
  const done = template.states.get('done') ?? [...template.states.values()].find((state) => state.isDone);
  if (done) return done.name;
  throw new Refusal({
    code: 'action_not_in_state',
    message: `The template "${template.name}" has no state "done" and none with structure.meta.is_done, so _close has nowhere to go. Give one of its states (${[...template.states.keys()].join(', ')}) that mark.`,
  });
}

import { didYouMean } from '../config/nearest.js';
import type { JsonObject } from '../contract/json.js';
import type { Problem, Stub } from '../contract/stub.js';
import type { StubTemplate, TemplateAction } from '../contract/stub-template.js';
import { keepingBeside } from './data-path.js';
import { Refusal, type RunOrder } from './run.js';
import { stateProblem } from './state-problem.js';

/** Actions that exist in every template and every state. A template's action of the same name adds its steps. */
export const BASE_ACTIONS = ['_create', '_update', '_close', '_reopen', '_attach'] as const;
type BaseAction = (typeof BASE_ACTIONS)[number];

/** Files of one stub at most. */
const MAX_ATTACHMENTS = 1_000;
const MAX_SUBJECT = 1_000;

export const isBaseAction = (name: string): name is BaseAction => (BASE_ACTIONS as readonly string[]).includes(name);

/** The action as it runs: the template's own, or an empty one for a base or feedback action it does not extend. */
export function actionOf(template: StubTemplate, name: string): TemplateAction {
  const own = template.actions.get(name);
  if (own) return own;
  return { name, description: '', conditions: [], fields: [], tasks: [], notifications: [], metrics: [], toState: [] };
}

/** What was posted joins the stub's working data before any step runs; base actions do their own on top. `order.attachments` are files as stored. */
export function applyPosted(stub: Stub, order: RunOrder, template: StubTemplate): Stub {
  const nested = actionOf(template, order.action).fields.map(({ landsAt }) => landsAt);
  const data = (posted: JsonObject): Stub => {
    const merged = { ...stub.data, ...posted };
    // What a field puts below `address` leaves the rest of the address alone.
    return { ...stub, data: nested.reduce((after, path) => keepingBeside(stub.data, after, path), merged) };
  };
  switch (order.action) {
    case '_update': {
      const { subject, ...rest } = order.data;
      const moves = movesTo(stub, template, order.data) !== undefined;
      const { state: _, ...withoutState } = rest;
      return { ...data(moves ? withoutState : rest), ...(typeof subject === 'string' && { subject }) };
    }
    case '_attach': // its data says what to attach and is none of the stub's
      return { ...stub, attachments: attached(stub, order) };
    case '_create':
      return { ...data(order.data), attachments: attached(stub, order) };
    default:
      return data(order.data);
  }
}

/** Each file once, however often it is attached. */
function attached(stub: Stub, { action, attachments }: RunOrder): Stub['attachments'] {
  const all = new Map([...stub.attachments, ...attachments].map((file) => [file.fileuuid, file]));
  if (all.size <= MAX_ATTACHMENTS) return [...all.values()];
  throw new Refusal({
    code: 'validation_failed',
    message: `The action "${action}" was not run: the stub would have ${all.size} attachments, and may have ${MAX_ATTACHMENTS}. Keep files on stubposts instead: the attachments of any other action stay there.`,
  });
}

/** Refuses what `_update` cannot do with what was posted. */
export function requireUpdatable(stub: Stub, template: StubTemplate, data: JsonObject): void {
  const { subject } = data;
  if (subject !== undefined && (typeof subject !== 'string' || subject.length > MAX_SUBJECT)) {
    throw new Refusal({
      code: 'validation_failed',
      message: `_update was not run: data.subject is ${JSON.stringify(subject).slice(0, 60)}; expected text of up to ${MAX_SUBJECT} characters.`,
    });
  }
  const state = movesTo(stub, template, data);
  if (state === undefined || template.states.has(state)) return;
  throw new Refusal({
    code: 'state_unknown',
    message: `_update was not run: the template "${template.name}" has no state "${state}" to move the stub to. There are: ${[...template.states.keys()].join(', ')}.`,
  });
}

/** The state that `_update` is to move the stub to: only one whose state is gone is moved, else `state` is plain data. */
function movesTo(stub: Stub, template: StubTemplate, { state }: JsonObject): string | undefined {
  return stateProblem(stub, template) === undefined || state === undefined ? undefined : String(state);
}

/** The state a base action leads to where the template's own action names none. */
export function baseTargetState(stub: Stub, template: StubTemplate, action: string, data: JsonObject): string {
  if (action === '_reopen') return template.initialState;
  if (action === '_update') return movesTo(stub, template, data) ?? stub.state;
  return (action === '_close' ? doneState(template) : undefined) ?? stub.state;
}

function doneState(template: StubTemplate): string | undefined {
  const done = template.states.get('done') ?? [...template.states.values()].find((state) => state.isDone);
  return done?.name;
}

/** Why an action cannot run on the stub as it stands, whatever is posted with it; undefined where it can. */
export function runProblem(stub: Stub, template: StubTemplate, action: string): Problem | undefined {
  if (action === '_close') return closeProblem(template);
  if (isBaseAction(action)) return undefined;
  if (!template.actions.has(action)) {
    const names = [...template.actions.keys()].join(', ') || 'none';
    const hint = didYouMean(action, [...template.actions.keys(), ...BASE_ACTIONS]);
    const message = `The template "${template.name}" has no action "${action}".${hint} It has: ${names}.`;
    return { code: 'action_unknown', message };
  }
  const gone = stateProblem(stub, template);
  if (gone) return { code: 'action_not_in_state', message: gone.message };
  const allowed = template.states.get(stub.state)!.actions;
  if (allowed.includes(action)) return undefined;
  const message = `The action "${action}" cannot run in the state "${stub.state}". This state allows: ${allowed.join(', ') || 'base actions only'}.`;
  return { code: 'action_not_in_state', message };
}

/** Where the template's own `_close` names states, they count; a stub for which no branch holds stays where it is. */
function closeProblem(template: StubTemplate): Problem | undefined {
  if (actionOf(template, '_close').toState.length > 0 || doneState(template) !== undefined) return undefined;
  const states = [...template.states.keys()].join(', ');
  const message = `The template "${template.name}" has no state "done" and none with structure.meta.is_done, so _close has nowhere to go. Give one of its states (${states}) that mark.`;
  return { code: 'action_not_in_state', message };
}

import type { CheckAround } from '../contract/template-check.js';
import type { OutlineAction, OutlineState, TemplateOutline } from '../contract/template-outline.js';
import { ownTarget } from './sent-actions.js';

/** Can this action run in every state: a base or feedback action, or one that a stubsession may name as such? */
export const runsEverywhere = (name: string, { everywhere }: CheckAround): boolean =>
  everywhere.includes(name) || name.startsWith('_');

/** The template's own actions that can run in a state. */
export const actionsIn = (state: OutlineState, { actions }: TemplateOutline, around: CheckAround): OutlineAction[] =>
  actions.filter(({ name }) => runsEverywhere(name, around) || state.actions.some((listed) => listed.name === name));

/** Where `_close` leads when the template does not say. */
export const doneState = ({ states }: TemplateOutline): string | undefined =>
  (states.find(({ name }) => name === 'done') ?? states.find(({ isDone }) => isDone))?.name;

/** The states that lead out of this one: by the template's own actions, and by base actions that it lists or sends. */
export function exitsOf(state: OutlineState, template: TemplateOutline, around: CheckAround): string[] {
  const own = actionsIn(state, template, around);
  const named = [...state.actions.map(({ name }) => name), ...own.flatMap(({ tasks }) => tasks.map(ownTarget))];
  const base = [
    named.includes('_close') ? doneState(template) : undefined,
    named.includes('_reopen') ? template.initialState?.name : undefined,
  ];
  return [...own.flatMap(({ toState }) => toState.map(({ name }) => name)), ...base]
    .filter((name) => name !== undefined)
    .filter((name) => name !== state.name);
}

/** Every state that a stub can come to. */
export function reachedStates(template: TemplateOutline, around: CheckAround): ReadonlySet<string> {
  const done = doneState(template);
  const waiting = [template.initialState?.name, done].filter((name) => name !== undefined);
  const reached = new Set<string>();
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const state = template.states.find((each) => each.name === name);
    if (state === undefined || reached.has(name)) continue;
    reached.add(name);
    waiting.push(...exitsOf(state, template, around));
  }
  return reached;
}

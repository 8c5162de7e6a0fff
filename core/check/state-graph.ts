import type { CheckAround } from '../contract/template-check.js';
import type { OutlineAction, OutlineState, TemplateOutline } from '../contract/template-outline.js';

/** Can this action run in every state: a base or feedback action, or one that a stubsession may name as such? */
export const runsEverywhere = (name: string, { everywhere }: CheckAround): boolean =>
  everywhere.includes(name) || name.startsWith('_');

/** The template's own actions that can run in a state. */
export const actionsIn = (state: OutlineState, { actions }: TemplateOutline, around: CheckAround): OutlineAction[] =>
  actions.filter(({ name }) => runsEverywhere(name, around) || state.actions.some((listed) => listed.name === name));

/** The states that the template's own actions lead to from this one. */
export const exitsOf = (state: OutlineState, template: TemplateOutline, around: CheckAround): string[] =>
  actionsIn(state, template, around)
    .flatMap(({ toState }) => toState.map(({ name }) => name))
    .filter((name) => name !== state.name);

/** Where `_close` leads when the template does not say. */
export const doneState = ({ states }: TemplateOutline): string | undefined =>
  (states.find(({ name }) => name === 'done') ?? states.find(({ isDone }) => isDone))?.name;

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

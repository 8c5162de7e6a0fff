import type { JsonObject } from '../contract/json.js';
import type { CheckAround } from '../contract/template-check.js';
import type { OutlineTask } from '../contract/template-outline.js';
import { hasPlaceholder } from '../template/reference.js';
import { oncePer } from './once-per.js';

/** Ways to write "this stub". */
const THIS_STUB = ['~~stub.stubref', '{{stub.stubref}}', '~~stubpost.stubref', '{{stubpost.stubref}}'];
/** Tasks that have an action run later, on this stub where they name no other. */
const SENDING = ['sendaction', 'set_timer'];

const literal = (value: unknown): string | undefined =>
  typeof value === 'string' && !hasPlaceholder(value) ? value : undefined;

/** The action that a task sends, where it is written out. */
export const sentAction = ({ tasktype, params }: OutlineTask): string | undefined =>
  SENDING.includes(tasktype) ? literal(params['action_name']) : undefined;

/** Does what a task sends go to the stub itself? */
export const goesToItself = ({ params }: Pick<OutlineTask, 'params'>): boolean =>
  params['stubref'] === undefined || THIS_STUB.includes(String(params['stubref']));

/** The action of this template that a task sends to its own stub; undefined where it goes elsewhere or is not written out. */
export const ownTarget = (task: OutlineTask): string | undefined => (goesToItself(task) ? sentAction(task) : undefined);

/** What a task registers to be run when an event comes; undefined where it registers nothing. */
export function registeredTrigger({ tasktype, params }: OutlineTask): JsonObject | undefined {
  const trigger = tasktype === 'heimdall_register' ? params['trigger_stubaction'] : undefined;
  return typeof trigger === 'object' && trigger !== null && !Array.isArray(trigger) ? trigger : undefined;
}

/** Every action that a template of this check has, and those that all have. */
export const allActions = oncePer(
  ({ templates, everywhere }: CheckAround): ReadonlySet<string> =>
    new Set([...templates.flatMap(({ actions }) => actions.map(({ name }) => name)), ...everywhere]),
);

/** The keys that a map of data gives; undefined where it is filled in as a whole. */
export function keysGiven(data: unknown): readonly string[] | undefined {
  if (data === undefined || data === null) return [];
  return typeof data === 'object' && !Array.isArray(data) ? Object.keys(data as JsonObject) : undefined;
}

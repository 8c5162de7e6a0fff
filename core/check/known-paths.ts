import type { Json } from '../contract/json.js';
import type { Contact, FileObject, Stub } from '../contract/stub.js';
import type { OutlineAction, TemplateOutline } from '../contract/template-outline.js';
import type { Reference } from './text-references.js';

/** What is known to stand at a path: anything, a value with nothing below it, a list, or these keys. */
export type Shape =
  | 'anything'
  | 'value'
  | { readonly items: Shape }
  | { readonly keys: { readonly [key: string]: Shape } };

const keys = (of: { readonly [key: string]: Shape }): Shape => ({ keys: of });
const values = (...names: string[]): { readonly [key: string]: Shape } =>
  Object.fromEntries(names.map((name) => [name, 'value']));

/** Every key of a record is named: one that is new does not compile before it stands here. */
type ShapesOf<Record> = { readonly [Key in keyof Required<Record>]: Shape };

const FILE: ShapesOf<FileObject> = {
  fileuuid: 'value',
  filename: 'value',
  originalname: 'value',
  contentType: 'value',
  encoding: 'value',
  size: 'value',
  upload_date: 'value',
};
const FILES: Shape = { items: keys(FILE) };
const PROGRAM = keys({ ...values('templateuuid', 'branch'), context: 'anything' });
const LIST_POINTER = keys(values('list_name'));
const CONTACT: ShapesOf<Contact> = {
  v: 'value',
  contactuuid: 'value',
  name: 'value',
  basic: keys({ contactpoints: { items: keys(values('type', 'contact')) } }),
  merged_from: 'anything',
  former_names: 'anything',
  created_at: 'value',
  updated_at: 'value',
};
const STUB: Omit<ShapesOf<Stub>, 'metrics'> = {
  orguuid: 'value',
  stubref: 'value',
  stubuuid: 'value',
  template: 'value',
  version: 'value',
  state: 'value',
  subject: 'value',
  contact_lists: 'anything',
  pointers: keys({ assigned_to: LIST_POINTER, in_the_pool_of: LIST_POINTER }),
  program: PROGRAM,
  data: 'anything',
  links: 'anything',
  attachments: FILES,
  timers: 'anything',
  loop_guard: keys(values('refused', 'last_refused_at')),
  created_at: 'value',
  updated_at: 'value',
};
const TASK = keys({
  ...values('success', 'skipped', 'task_duration_ms'),
  payload: 'anything',
  error: 'anything',
});
const NOTIFICATION = keys({ ...values('success', 'skipped'), error: 'anything', deliveries: 'anything' });

const named = (names: readonly string[], shape: Shape): Shape =>
  keys(Object.fromEntries(names.map((name) => [name, shape])));

function ofData(value: Json): Shape {
  if (Array.isArray(value)) return 'anything';
  if (value === null || typeof value !== 'object') return 'value';
  return keys(Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, ofData(inner as Json)])));
}

/** What stands under the roots when a step of an action runs. `stub.data` and `stubpost.data` can hold what anybody posts. */
export function knownPaths(template: TemplateOutline, action: OutlineAction): Shape {
  const counters = template.actions.flatMap((each) => each.counters.map(({ name }) => name));
  return keys({
    stub: keys({ v: 'value', ...STUB, metrics: keys({ counters: named(counters, 'value') }) }),
    stubpost: keys({
      ...values('v', 'stubpostuuid', 'stubref', 'action_name', 'message', 'posted_at', 'from_state', 'to_state'),
      data: 'anything',
      attachments: FILES,
      posted_by: keys(values('contactuuid', 'on_behalf_of', 'token')),
      routing: 'anything',
      tasks: named(
        action.tasks.map(({ name }) => name),
        TASK,
      ),
      notifications: named(
        action.notifications.map(({ name }) => name),
        NOTIFICATION,
      ),
    }),
    program: PROGRAM,
    template: keys({ name: 'value', data: ofData(template.data) }),
    org: keys(values('orguuid', 'name', 'default_country')),
    actioningContact: keys(CONTACT),
    heimdall: 'anything',
    lid: 'value',
  });
}

/** The first step of a path that leads nowhere, and what there is instead. `throughLists`: JSONata looks into each item. */
export function deadEnd(
  path: Reference,
  root: Shape,
  throughLists: boolean,
): { readonly at: number; readonly known: readonly string[]; readonly isValue: boolean } | undefined {
  let shape = root;
  for (const [at, key] of path.entries()) {
    if (throughLists && typeof shape === 'object' && 'items' in shape && !/^\d+$/.test(key)) shape = shape.items;
    if (shape === 'anything') return undefined;
    if (shape === 'value') return { at, known: [], isValue: true };
    if ('items' in shape) {
      if (!/^\d+$/.test(key)) return { at, known: ['[0]'], isValue: false };
      shape = shape.items;
      continue;
    }
    if (!Object.hasOwn(shape.keys, key))
      return { at, known: Object.keys(shape.keys).filter((name) => name !== 'v'), isValue: false };
    shape = shape.keys[key]!;
  }
  return undefined;
}

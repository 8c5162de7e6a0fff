import { listed, nearest } from '../../config/nearest.js';
import type { CheckAround, Remark, TemplateCheck } from '../../contract/template-check.js';
import type { OutlineAction, OutlinePath, TemplateOutline } from '../../contract/template-outline.js';
import { oncePer } from '../once-per.js';
import { conditionsOfAction, textsOfAction } from '../outline-texts.js';
import { keysGiven, registeredTrigger } from '../sent-actions.js';

/** Keys that others write: `_incoming_whatsapp_data`, the event of a run. */
const isOthers = (key: string): boolean => key.startsWith('_') || key === 'heimdall';

const fieldsOf = ({ fields }: OutlineAction): string[] => fields.map(({ landsAt }) => landsAt[0]!);

/** All the keys; undefined where one gives a whole that is filled in. */
function allKeys(given: readonly unknown[]): readonly string[] | undefined {
  const keys = given.map(keysGiven);
  return keys.includes(undefined) ? undefined : (keys.flat() as readonly string[]);
}

/** The keys that templates give as data to actions and new stubs. */
const sentKeys = oncePer(({ templates }: CheckAround) => {
  const keys = allKeys(
    templates.flatMap(({ actions, registrations }) => [
      ...actions.flatMap(({ tasks }) =>
        tasks
          .filter(({ tasktype }) => tasktype !== 'savedata')
          .map((task) => (registeredTrigger(task) ?? task.params)['data']),
      ),
      ...registrations.flatMap(({ createStub, triggerStubaction }) => [
        createStub?.['data'],
        triggerStubaction?.['data'],
      ]),
    ]),
  );
  return keys && new Set(keys);
});

/** The keys that fields and savedata of a template write. */
function savedKeys({ actions }: TemplateOutline): readonly string[] | undefined {
  const saved = actions.flatMap(({ tasks }) =>
    tasks.filter(({ tasktype }) => tasktype === 'savedata').map(({ params }) => params['data']),
  );
  const keys = allKeys(saved);
  return keys && [...keys, ...actions.flatMap(fieldsOf)];
}

/** The first keys below `stub.data` or `stubpost.data` that texts and conditions name, each where it stands first. */
function dataKeys(actions: readonly OutlineAction[], root: 'stub' | 'stubpost'): ReadonlyMap<string, OutlinePath> {
  const found = new Map<string, OutlinePath>();
  const all = actions.flatMap((action) => [...textsOfAction(action), ...conditionsOfAction(action)]);
  for (const { path, references } of all) {
    for (const [first, part, key] of references) {
      if (first !== root || part !== 'data' || key === undefined || isOthers(key) || found.has(key)) continue;
      found.set(key, path);
    }
  }
  return found;
}

interface Looked {
  readonly used: ReadonlyMap<string, OutlinePath>;
  /** What this template writes there. */
  readonly own: readonly string[];
  /** What others may. */
  readonly sent: ReadonlySet<string>;
}

/** One warning for each key that is probably misspelt, and one line about all the others. */
function remarks(owner: string, { used, own, sent }: Looked, others: (keys: string) => string): Remark[] {
  const unknown = [...used]
    .filter(([key]) => !own.includes(key) && !sent.has(key))
    .map(([key, path]) => ({ key, path, near: nearest(key, own) }));
  const misspelt = unknown.flatMap(({ key, path, near }): Remark[] => {
    const message = `Nothing writes ${owner}.${key}. Did you mean "${near}"? There are: ${listed(new Set(own))}.`;
    return near === undefined ? [] : [{ path, message, level: 'warning' }];
  });
  const rest = unknown.filter(({ near }) => near === undefined);
  const keys = rest.map(({ key }) => `${owner}.${key}`);
  return rest.length === 0 ? misspelt : [...misspelt, { path: rest[0]!.path, message: others(listed(keys)) }];
}

export const unknownData: TemplateCheck = {
  id: 'unknown-data',
  level: 'info',
  means: 'Data is used that nothing in the template writes',
  help: 'stub.data gets what fields, savedata and those who make the stub write; stubpost.data what the run was posted with. A key that is like a known one is probably misspelt, and then reported as a warning.',
  check(template, around) {
    const sent = sentKeys(around);
    const saved = savedKeys(template);
    if (sent === undefined || saved === undefined) return [];
    const ofStub = remarks(
      'stub.data',
      { used: dataKeys(template.actions, 'stub'), own: saved, sent },
      (keys) =>
        `Nothing in this template writes ${keys}: it has to be given when the stub is made, or posted with an action.`,
    );
    // Base and feedback actions are posted with any data.
    const asked = template.actions.filter(({ name }) => !name.startsWith('_'));
    const ofPosts = asked.flatMap((action) =>
      remarks(
        'stubpost.data',
        { used: dataKeys([action], 'stubpost'), own: fieldsOf(action), sent },
        (keys) => `The action "${action.name}" has no field for ${keys}: nothing asks for it, and nothing checks it.`,
      ),
    );
    return [...ofStub, ...ofPosts];
  },
};

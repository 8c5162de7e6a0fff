import { listed, nearest } from '../../config/nearest.js';
import type { Json } from '../../contract/json.js';
import type { CheckAround, Remark, TemplateCheck } from '../../contract/template-check.js';
import type { OutlineAction, TemplateOutline } from '../../contract/template-outline.js';
import { conditionReferences, conditionTree } from '../condition-references.js';
import { type ActionText, conditionsOfAction, textsOfAction } from '../outline-texts.js';
import { keysGiven } from '../sent-actions.js';
import { type Reference, textReferences } from '../text-references.js';

/** Keys that others write: `_incoming_whatsapp_data`, the event of a run. */
const isOthers = (key: string): boolean => key.startsWith('_') || key === 'heimdall';

/** The keys that templates give as data to actions and new stubs; undefined where one gives a whole that is filled in. */
function sentKeys({ templates }: CheckAround): readonly string[] | undefined {
  const given = templates.flatMap(({ actions, registrations }): (Json | undefined)[] => [
    ...actions.flatMap(({ tasks }) =>
      tasks.filter(({ tasktype }) => tasktype !== 'savedata').map(({ params }) => params['data']),
    ),
    ...registrations.flatMap(({ createStub, triggerStubaction }) => [
      createStub?.['data'],
      triggerStubaction?.['data'],
    ]),
  ]);
  const all = given.map(keysGiven);
  return all.includes(undefined) ? undefined : (all.flat() as readonly string[]);
}

const fieldsOf = ({ fields }: OutlineAction): string[] => fields.map(({ landsAt }) => landsAt[0]!);

/** What an action or a registration writes to the stub's data; undefined where that cannot be told. */
function savedKeys({ actions }: TemplateOutline): readonly string[] | undefined {
  const saved = actions.flatMap(({ tasks }) =>
    tasks.filter(({ tasktype }) => tasktype === 'savedata').map(({ params }) => keysGiven(params['data'])),
  );
  return saved.includes(undefined) ? undefined : ([...saved.flat(), ...actions.flatMap(fieldsOf)] as readonly string[]);
}

/** The first keys below `stub.data` or `stubpost.data` that texts and conditions of an action name. */
function dataKeys(action: OutlineAction, root: string): { readonly key: string; readonly text: ActionText }[] {
  const keysOf = (references: readonly Reference[]): string[] =>
    references.flatMap(([first, part, key]) => (first === root && part === 'data' ? (key ?? []) : []));
  return [
    ...textsOfAction(action).flatMap((text) => keysOf(textReferences(text.text)).map((key) => ({ key, text }))),
    ...conditionsOfAction(action).flatMap((text) =>
      keysOf(conditionReferences(conditionTree(text.text))).map((key) => ({ key, text })),
    ),
  ].filter(({ key }) => !isOthers(key));
}

export const unknownData: TemplateCheck = {
  id: 'unknown-data',
  level: 'info',
  means: 'Data is used that nothing in the template writes',
  help: 'stub.data gets what fields, savedata and those who make the stub write; stubpost.data what the run was posted with. A key that is like a known one is probably misspelt, and then reported as a warning.',
  check(template, around) {
    const told = new Set<string>();
    const sent = sentKeys(around);
    const saved = savedKeys(template);
    if (sent === undefined || saved === undefined) return [];
    const remark = (
      where: string,
      key: string,
      known: readonly string[],
      otherwise: string,
      path: ActionText['path'],
    ): Remark[] => {
      if (known.includes(key) || told.has(`${where} ${key}`)) return [];
      told.add(`${where} ${key}`);
      const near = nearest(key, known);
      if (near === undefined) return [{ path, message: `${where}.${key}: ${otherwise}` }];
      const message = `${where}.${key}: nothing writes "${key}" there. Did you mean "${near}"? There are: ${listed(new Set(known))}.`;
      return [{ path, message, level: 'warning' }];
    };
    return template.actions.flatMap((action) => {
      const ofStub = dataKeys(action, 'stub').flatMap(({ key, text }) =>
        remark(
          'stub.data',
          key,
          [...saved, ...sent],
          'no field and no savedata of this template writes it, so it has to be given when the stub is made, or posted.',
          text.path,
        ),
      );
      if (action.name.startsWith('_')) return ofStub; // base and feedback actions are posted with any data
      const ofPost = dataKeys(action, 'stubpost').flatMap(({ key, text }) =>
        remark(
          'stubpost.data',
          key,
          [...fieldsOf(action), ...sent],
          `the action "${action.name}" has no field "${key}", so nothing asks for it. Add the field, and it is checked and shown.`,
          text.path,
        ),
      );
      return [...ofStub, ...ofPost];
    });
  },
};

import { didYouMean, listed, nearest } from '../config/nearest.js';
import type { Path, YamlDocument } from '../config/yaml-document.js';
import type { ErrorCode, StubwireError } from '../errors.js';
import { itemsAt, nameAt, type TemplateNames } from './template-names.js';

/** Does everything that a template names exist in it? Values of a wrong form are the schema's business and passed over. */
export function referenceProblems(document: YamlDocument, names: TemplateNames): StubwireError[] {
  const unknown = (code: ErrorCode, what: string, path: Path, known: readonly string[]): StubwireError[] => {
    const name = document.value(path);
    if (typeof name !== 'string' || known.includes(name)) return [];
    const todo = didYouMean(name, known) || ` Correct the name, or add it under ${what}s:.`;
    const message = `There is no ${what} "${name}".${todo} There are: ${listed(known)}.`;
    return [document.problem(code, message, path)];
  };
  // Where there is no map to look a name up in, that is said, and nothing of what hangs on it.
  const hasStates = document.keys(['states']).length > 0;
  const hasActions = [undefined, 'map'].includes(document.node(['actions'])?.kind);
  const state = (path: Path) => (hasStates ? unknown('state_unknown', 'state', path, names.states) : []);
  const action = (path: Path) =>
    hasActions ? unknown('action_unknown', 'action', path, [...names.actions, ...names.everywhere]) : [];

  const ofStates = itemsAt(document, ['states']).flatMap((item) => {
    const list = document.node([...item, 'actions']);
    const length = list?.kind === 'list' ? list.items.length : 0;
    return Array.from({ length }, (_, index) => action([...item, 'actions', index])).flat();
  });
  const ofActions = itemsAt(document, ['actions']).flatMap((item) => [
    ...misspeltBaseAction(document, item, names),
    ...state([...item, 'to_state']),
    ...itemsAt(document, [...item, 'to_state']).flatMap((branch) => state([...branch, 'state'])),
  ]);
  const ofRegistrations = itemsAt(document, ['heimdall']).flatMap((item) => action([...item, 'create_stub', 'run']));
  return [
    ...state(['initial_state']),
    ...state(['details', 'busy_start_state']),
    ...ofStates,
    ...ofActions,
    ...ofRegistrations,
  ];
}

/** `_update_from_watsapp` would never run. Names with _ at the front that are like no base action are left alone. */
function misspeltBaseAction(document: YamlDocument, path: Path, { everywhere }: TemplateNames): StubwireError[] {
  const name = nameAt(document, path);
  const meant = name.startsWith('_') && !everywhere.includes(name) ? nearest(name, everywhere) : undefined;
  if (meant === undefined) return [];
  const message = `"${name}" is not a base action, so nothing runs it by itself. Did you mean "${meant}"? There are: ${listed(everywhere)}.`;
  return [document.problem('action_unknown', message, path, 'key')];
}

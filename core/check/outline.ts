import type { Path, YamlDocument } from '../config/yaml-document.js';
import { dataOf, type YamlNode } from '../config/yaml-node.js';
import type { JsonObject } from '../contract/json.js';
import type * as Outline from '../contract/template-outline.js';
import { ignoredKeys } from '../template/ignored-keys.js';
import { itemsAt, nameAt, templateName } from '../template/template-names.js';

/** The outline of a template, whatever its form: what is not of the documented form is passed over. */
export function outlineOf(document: YamlDocument): Outline.TemplateOutline {
  const text = (path: Path): string | undefined => {
    const node = document.node(path);
    if (node?.kind !== 'scalar') return undefined;
    const value = dataOf(node);
    return value === null ? undefined : String(value);
  };
  const map = (path: Path): JsonObject | undefined => {
    const node = document.node(path);
    return node?.kind === 'map' ? (dataOf(node) as JsonObject) : undefined;
  };
  const named = (path: Path): Outline.OutlineName | undefined => {
    const name = text(path);
    return name === undefined ? undefined : { name, path };
  };
  const textsBelow = (path: Path): Outline.OutlineText[] => {
    const node = document.node(path);
    return node === undefined ? [] : textsIn(node, path);
  };
  const conditions = (owner: Path): Outline.OutlineText[] => textsBelow([...owner, 'conditions']);
  const ordered = (path: Path): Path[] => {
    const rank = (item: Path): number => Number(text([...item, '__order']) ?? Number.POSITIVE_INFINITY);
    return itemsAt(document, path).sort((a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b)));
  };
  const isTrue = (path: Path): boolean => text(path) === 'true';

  const stateAt = (path: Path): Outline.OutlineState => {
    const list = document.node([...path, 'actions']);
    const actions = list?.kind === 'list' ? list.items.map((_, index) => named([...path, 'actions', index])) : [];
    return {
      name: nameAt(document, path),
      path,
      actions: actions.filter((action) => action !== undefined),
      isDone: isTrue([...path, 'structure', 'meta', 'is_done']),
    };
  };

  const validationAt = (path: Path): Outline.OutlineValidation[] => {
    const type = text([...path, 'validationtype']);
    if (type !== 'regex' && type !== 'jsonata') return [];
    const at = [...path, 'params', type];
    const written = text(at);
    return written === undefined
      ? []
      : [{ type, text: written, path: at, flags: text([...path, 'params', 'flags']) ?? '' }];
  };

  const fieldAt = (path: Path): Outline.OutlineField => {
    const name = text([...path, 'name']) ?? nameAt(document, path);
    const key = text([...path, 'details', 'keyname']) ?? name;
    const at = text([...path, 'details', 'datapath'])?.replace(/^stubpost\.data\.?/, '') ?? '';
    return {
      name,
      path,
      landsAt: [...at.split('.').filter((part) => part !== ''), key],
      required: itemsAt(document, [...path, 'validations']).some(
        (validation) => text([...validation, 'validationtype']) === 'required',
      ),
      validations: itemsAt(document, [...path, 'validations']).flatMap(validationAt),
      conditions: conditions(path),
    };
  };

  const notificationAt = (path: Path): Outline.OutlineNotification => ({
    name: nameAt(document, path),
    path,
    recipients: ordered([...path, 'send_to']).map((at) => ({
      name: nameAt(document, at),
      path: at,
      type: text([...at, 'type']) ?? '',
      value: text([...at, 'value']) ?? '',
    })),
    channels: itemsAt(document, [...path, 'platforms']).map((at) => ({
      name: String(at.at(-1)),
      path: at,
      settings: document.value(at) ?? null,
    })),
    texts: [...textsBelow([...path, 'send_to']), ...textsBelow([...path, 'platforms'])],
    conditions: conditions(path),
  });

  const branchesAt = (path: Path): Outline.OutlineBranch[] => {
    const plain = named(path);
    if (plain !== undefined) return [{ ...plain, conditions: [], isDefault: true }];
    return ordered(path).flatMap((at) => {
      const state = named([...at, 'state']);
      const isDefault = isTrue([...at, 'meta', 'default']);
      return state === undefined ? [] : [{ ...state, conditions: conditions(at), isDefault }];
    });
  };

  const actionAt = (path: Path): Outline.OutlineAction => ({
    name: nameAt(document, path),
    path,
    conditions: conditions(path),
    fields: ordered([...path, 'fields']).map(fieldAt),
    tasks: ordered([...path, 'tasks']).map((at) => ({
      name: nameAt(document, at),
      path: at,
      tasktype: text([...at, 'tasktype']) ?? '',
      params: map([...at, 'params']) ?? {},
      texts: textsBelow([...at, 'params']),
      conditions: conditions(at),
    })),
    notifications: ordered([...path, 'notifications']).map(notificationAt),
    counters: itemsAt(document, [...path, 'metrics']).flatMap((at) => named([...at, 'counter']) ?? []),
    toState: branchesAt([...path, 'to_state']),
  });

  const registrationAt = (path: Path): Outline.OutlineRegistration => {
    const createStub = map([...path, 'create_stub']);
    const triggerStubaction = map([...path, 'trigger_stubaction']);
    return {
      name: nameAt(document, path),
      path,
      pattern: text([...path, 'path']) ?? '',
      mechanism: text([...path, 'mechanism']) ?? '',
      ...(createStub && { createStub }),
      ...(triggerStubaction && { triggerStubaction }),
      texts: [...textsBelow([...path, 'create_stub']), ...textsBelow([...path, 'trigger_stubaction'])],
    };
  };

  const initialState = named(['initial_state']) ?? named(['details', 'busy_start_state']);
  return {
    name: templateName(document),
    file: document.file,
    ...(initialState && { initialState }),
    data: map(['data']) ?? {},
    states: ordered(['states']).map(stateAt),
    actions: ordered(['actions']).map(actionAt),
    registrations: ordered(['heimdall']).map(registrationAt),
    ignoredKeys: [...ignoredKeys(document.root)].map(([name, path]) => ({ name, path })),
  };
}

function textsIn(node: YamlNode, path: Path): Outline.OutlineText[] {
  if (node.kind === 'map') return [...node.entries].flatMap(([key, entry]) => textsIn(entry.node, [...path, key]));
  if (node.kind === 'list') return node.items.flatMap((item, index) => textsIn(item, [...path, index]));
  const value = dataOf(node);
  return typeof value === 'string' ? [{ text: value, path }] : [];
}

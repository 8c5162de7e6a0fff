import { deepFreeze } from '../config/deep-freeze.js';
import type { Path, YamlDocument } from '../config/yaml-document.js';
import type { JsonObject } from '../contract/json.js';
import type * as Template from '../contract/stub-template.js';
import { templateName } from './template-names.js';
import type { WrittenField } from './written-field.js';
import type { WrittenAction, WrittenTemplate } from './written-form.js';

interface Keyed {
  readonly __key?: string | undefined;
  readonly __order?: number | undefined;
}
type Ordered<Item> = readonly (readonly [string, Item, Path])[];
type WrittenConditions = string | readonly string[] | undefined;

const conditionsOf = (written: WrittenConditions): Template.Conditions =>
  written === undefined ? [] : typeof written === 'string' ? [written] : written;

function toField(
  key: string,
  field: WrittenField,
  validations: Ordered<WrittenField['validations'][string]>,
): Template.TemplateField {
  const { details, initvalue } = field;
  const name = field.name ?? key;
  const keyname = details.keyname ?? name;
  return {
    name,
    keyname,
    landsAt: details.datapath ? [...details.datapath.split('.'), keyname] : [keyname],
    fieldtype: field.fieldtype,
    title: field.title ?? name,
    description: details.description ?? '',
    hideLabel: field.hide_label,
    required: validations.some(([, { validationtype }]) => validationtype === 'required'),
    conditions: conditionsOf(field.conditions),
    validations: validations.map(([validation, written]) => toValidation(validation, written)),
    initvalue: initvalue as Template.TemplateField['initvalue'],
    params: field.params as JsonObject,
  };
}

function toValidation(
  key: string,
  { validationtype, params, invalid_message, valid_message }: WrittenField['validations'][string],
): Template.FieldValidation {
  const messages = {
    ...(invalid_message !== undefined && { invalidMessage: invalid_message }),
    ...(valid_message !== undefined && { validMessage: valid_message }),
  };
  switch (validationtype) {
    case 'required':
      return { key, validationtype, ...messages };
    case 'regex':
      return { key, validationtype, regex: params.regex!, flags: params.flags ?? '', ...messages };
    case 'jsonata':
      return { key, validationtype, jsonata: params.jsonata!, ...messages };
  }
}

/**
 * Turns a checked template into the form that the engine reads: lists in running order (`__order` where given, else as
 * in the file), one spelling for each thing, frozen. `document` is where it was written; it knows the file's order.
 */
export function toStubTemplate(written: WrittenTemplate, document: YamlDocument): Template.StubTemplate {
  /** The items of a map by name, in running order. */
  function ordered<Item extends Keyed>(
    map: Readonly<Record<string, Item>>,
    path: Path,
  ): (readonly [string, Item, Path])[] {
    const items = document.keys(path).map((key) => [map[key]!.__key ?? key, map[key]!, [...path, key]] as const);
    const rank = (item: Item): number => item.__order ?? Number.POSITIVE_INFINITY;
    return items.sort(([, a], [, b]) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b)));
  }

  function toAction(name: string, action: WrittenAction, path: Path): Template.TemplateAction {
    return {
      name,
      description: action.details.description ?? action.details.title ?? '',
      conditions: conditionsOf(action.conditions),
      fields: ordered(action.fields, [...path, 'fields']).map(([key, field, at]) =>
        toField(key, field, ordered(field.validations, [...at, 'validations'])),
      ),
      tasks: ordered(action.tasks, [...path, 'tasks']).map(([key, task]) => ({
        key,
        tasktype: task.tasktype,
        params: task.params as JsonObject,
        conditions: conditionsOf(task.conditions),
        stopOnFailure: task.stop_on_failure,
      })),
      notifications: ordered(action.notifications, [...path, 'notifications']).map(([key, notification, at]) => ({
        key,
        conditions: conditionsOf(notification.conditions),
        sendTo: Object.fromEntries(
          ordered(notification.send_to, [...at, 'send_to']).map(([recipient, { type, value }]) => [
            recipient,
            { type, value },
          ]),
        ),
        platforms: notification.platforms as { readonly [channel: string]: JsonObject },
      })),
      metrics: ordered(action.metrics, [...path, 'metrics']).map(([key, { counter, increment }]) => ({
        key,
        counter,
        increment,
      })),
      toState: branchesOf(action.to_state, [...path, 'to_state']),
    };
  }

  function branchesOf(toState: WrittenAction['to_state'], path: Path): Template.StateBranch[] {
    if (toState === undefined) return [];
    if (typeof toState === 'string') return [{ key: toState, state: toState, conditions: [], isDefault: true }];
    return ordered(toState, path).map(([key, { state, conditions, meta }]) => ({
      key,
      state,
      conditions: conditionsOf(conditions),
      isDefault: meta?.default ?? false,
    }));
  }

  const states = ordered(written.states, ['states']).map(
    ([name, { actions, structure }]): [string, Template.TemplateState] => [
      name,
      { name, actions, isDone: structure?.meta?.is_done ?? false },
    ],
  );
  const actions = ordered(written.actions, ['actions']).map(
    ([name, action, path]): [string, Template.TemplateAction] => [name, toAction(name, action, path)],
  );
  const registrations = ordered(written.heimdall, ['heimdall']).map(
    ([name, { path, mechanism, create_stub: create, trigger_stubaction: trigger }]): Template.TemplateRegistration => ({
      name,
      path,
      mechanism,
      ...(create && {
        createStub: {
          subject: create.subject,
          data: create.data as JsonObject,
          ...(create.stubsession_hours !== undefined && { stubsessionHours: create.stubsession_hours }),
          ...(create.run !== undefined && { run: create.run }),
        },
      }),
      ...(trigger && { triggerStubaction: { ...trigger, data: trigger.data as JsonObject } }),
    }),
  );
  return Object.freeze({
    name: templateName(document),
    file: document.file,
    initialState: (written.initial_state ?? written.details.busy_start_state)!,
    data: deepFreeze(written.data as JsonObject),
    states: new Map(deepFreeze(states)),
    actions: new Map(deepFreeze(actions)),
    registrations: deepFreeze(registrations),
  });
}

import { FIELD_TYPES } from '../contract/stub-template.js';
import { BASE_ACTIONS } from '../stub/base-actions.js';
import { TAKES, type WrittenParams } from '../template/field-params.js';
import { helperUsages } from '../template/helper-book.js';
import { EDITOR_KEY, FREE_DATA } from '../template/ignored-keys.js';
import type { Vocabulary } from '../template/vocabulary.js';
import { WrittenTemplate } from '../template/written-form.js';
import { titled } from './as-written.js';
import { choice } from './choice.js';
import { editorSchema } from './editor-schema.js';
import type { JsonSchema } from './json-schema-form.js';

/** In place of a key: the schema of every item of a map. */
const EACH = '*';

/**
 * The JSON Schema of stub templates, for editors: the schema that the loader checks them with, and in it the parameters of
 * every task type and the settings of every channel that are loaded.
 */
export function templateSchema(vocabulary: Vocabulary): JsonSchema {
  const schema = editorSchema(WrittenTemplate);
  const { actions, ...properties } = schema.properties!;
  const { additionalProperties: action, ...map } = actions!;
  return withEditorKeys({
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'urn:stubwire:stub-template',
    title: 'Stub template',
    ...schema,
    properties: { ...properties, actions: { ...map, ...actionsOf(vocabulary) } },
    definitions: { action: actionSchema(action as JsonSchema, vocabulary) },
  });
}

const ACTION: JsonSchema = { $ref: '#/definitions/action' };
const BASE_ACTION_WORDS: { readonly [name in (typeof BASE_ACTIONS)[number]]: string } = {
  _create: 'Base action that runs when the stub is made; steps and to_state join it.',
  _update: 'Base action that changes data and subject of the stub; steps and to_state join it.',
  _close: 'Base action that moves the stub to its done state; steps join it, and to_state wins.',
  _reopen: 'Base action that moves the stub back to initial_state; steps join it, and to_state wins.',
  _attach: 'Base action that puts files on the stub; steps and to_state join it.',
};

/** Actions that there are without being written are offered by name. */
function actionsOf({ feedbackActions }: Vocabulary): JsonSchema {
  const feedback = feedbackActions.map((name) => {
    return [
      name,
      `Feedback action: runs when ${name.replace(/^_update_from_/, '')} brings something back; steps and to_state join it.`,
    ] as const;
  });
  const named = [...Object.entries(BASE_ACTION_WORDS), ...feedback].map(([name, description]) => {
    const known: JsonSchema = { title: name, type: 'object', description, allOf: [ACTION] };
    return [name, known] as const;
  });
  return { properties: Object.fromEntries(named), additionalProperties: ACTION };
}

function actionSchema(action: JsonSchema, vocabulary: Vocabulary): JsonSchema {
  const filling = fillingWords(helperUsages(vocabulary.helpers));
  return [
    at(['fields', EACH], fieldSchema),
    at(['tasks', EACH], (task) => taskSchema(task, vocabulary, filling)),
    at(['notifications', EACH, 'platforms'], (platforms) => platformsSchema(platforms, vocabulary, filling)),
  ].reduce((changed, change) => change(changed), action);
}

/** A change of what stands at a path of keys. A path that leads nowhere is a mistake of ours. */
function at(path: readonly string[], change: (schema: JsonSchema) => JsonSchema): (schema: JsonSchema) => JsonSchema {
  const [key, ...deeper] = path;
  if (key === undefined) return change;
  return (schema) => {
    if (key === EACH) {
      return { ...schema, additionalProperties: at(deeper, change)(schema.additionalProperties as JsonSchema) };
    }
    return { ...schema, properties: { ...schema.properties, [key]: at(deeper, change)(schema.properties![key]!) } };
  };
}

function fillingWords(helpers: readonly string[]): string {
  const forms = helpers.map((helper) => `\`${helper}\``).join(', ');
  return `Texts in it are filled in when the action runs: \`{{path}}\` inside a text, \`~~path\` as a whole value that keeps its type. Helpers, as \`~~#name(…)\` or \`{{#name …}}{{/name}}\`: ${forms}.`;
}

/** What the platform's editor keeps for itself is read past wherever keys are known. */
function withEditorKeys(schema: JsonSchema): JsonSchema {
  const { properties = {}, additionalProperties: values, definitions, anyOf } = schema;
  const all = (parts: { [key: string]: JsonSchema }): { [key: string]: JsonSchema } =>
    Object.fromEntries(
      Object.entries(parts).map(([key, part]) => [key, FREE_DATA.includes(key) ? part : withEditorKeys(part)]),
    );
  return {
    ...schema,
    ...(schema.properties && { properties: all(properties) }),
    ...(typeof values === 'object' && { additionalProperties: withEditorKeys(values) }),
    ...(values === false && { patternProperties: { [EDITOR_KEY.source]: {} } }),
    ...(definitions && { definitions: all(definitions) }),
    ...(anyOf && { anyOf: anyOf.map(withEditorKeys) }),
  };
}

/** `base` with one key changed for one value of the key `by`. What the value does is told by that key, but for what the base says. */
function form(
  base: JsonSchema,
  by: string,
  value: string,
  key: string,
  part: JsonSchema,
  isRequired: boolean,
): JsonSchema {
  const { description: _, ...rest } = base;
  const { description } = part;
  return {
    ...rest,
    ...(description !== base.properties![key]!.description && { description }),
    properties: { ...base.properties, [by]: { ...withoutValues(base.properties![by]!), const: value }, [key]: part },
    ...(isRequired && { required: [...(base.required ?? []), key] }),
  };
}

const withoutValues = ({ enum: _, anyOf: __, ...around }: JsonSchema): JsonSchema => around;

function taskSchema(task: JsonSchema, { tasktypes }: Vocabulary, filling: string): JsonSchema {
  const about = task.properties!['params']!.description;
  const forms = [...tasktypes].map(([name, params]) => {
    const isNeeded = !params.safeParse({}).success;
    return form(task, 'tasktype', name, 'params', titled('params', editorSchema(params, { filledIn: true })), isNeeded);
  });
  const made = choice('tasktype', forms, { filledIn: false });
  return {
    ...told(task),
    ...made,
    properties: {
      ...made.properties,
      params: { title: 'params', type: 'object', description: about, markdownDescription: `${about} ${filling}` },
    },
  };
}

function platformsSchema(platforms: JsonSchema, { channels }: Vocabulary, filling: string): JsonSchema {
  const properties = [...channels].map(
    ([id, settings]) => [id, titled(id, editorSchema(settings, { filledIn: true }))] as const,
  );
  const { description } = platforms;
  return {
    ...platforms,
    markdownDescription: `${description} ${filling}`,
    properties: Object.fromEntries(properties),
    additionalProperties: false,
  };
}

/** What params a field takes is said by its type, and what a validation takes by its own. */
function fieldSchema(field: JsonSchema): JsonSchema {
  const { params, validations } = field.properties!;
  const forms = FIELD_TYPES.map((name) => {
    const own = only(params!, TAKES[name], name === 'select' ? ['options'] : []);
    return form(field, 'fieldtype', name, 'params', own, name === 'select');
  });
  const made = choice('fieldtype', forms, { filledIn: false, otherwise: 'text' });
  return {
    ...told(field),
    ...made,
    properties: { ...made.properties, validations: at([EACH], validationSchema)(validations!) },
  };
}

function validationSchema(validation: JsonSchema): JsonSchema {
  const { params } = validation.properties!;
  const takes = { required: [], regex: ['regex', 'flags'], jsonata: ['jsonata'] };
  const forms = Object.entries(takes).map(([name, keys]) => {
    const needed = keys.slice(0, 1);
    return form(validation, 'validationtype', name, 'params', only(params!, keys, needed), needed.length > 0);
  });
  return { ...told(validation), ...choice('validationtype', forms, { filledIn: false }) };
}

const told = ({ title, description }: JsonSchema): JsonSchema => ({
  ...(title && { title }),
  ...(description && { description }),
});

/** An object schema with some of its keys. */
function only(
  schema: JsonSchema,
  keys: readonly (string | keyof WrittenParams)[],
  required: readonly string[],
): JsonSchema {
  const properties = Object.fromEntries(keys.map((key) => [key, schema.properties![key]!]));
  return { ...schema, properties, ...(required.length > 0 && { required: [...required] }) };
}

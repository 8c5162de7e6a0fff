import { choice } from './choice.js';
import type { JsonSchema } from './json-schema-form.js';
import { withLimits } from './limits-in-words.js';
import { NULL, PLACEHOLDER, textSchema, valuesSchema, withoutAbsent } from './written-scalar.js';

/** What is expected where a placeholder is not the only thing that may stand. */
const VALUE_WORDS: { readonly [type: string]: string } = {
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
  object: 'a map of keys and values',
  array: 'a list',
};
/** What zod adds to every whole number. */
const SAFE = Number.MAX_SAFE_INTEGER;
/** In front of any number that is written as text. */
const NUMBER = '^\\s*[-+]?[.\\d]';

/**
 * Turns the JSON Schema of data into that of YAML as people write it: where text is expected a number or `true` is text
 * too, and with `filledIn` a placeholder may stand for every value.
 */
export function asWritten(schema: JsonSchema, filledIn: boolean): JsonSchema {
  const { by, takesText, unlisted, refused, ...kept } = withParts(schema, filledIn);
  const hidden = unlisted ? { doNotSuggest: true } : {};
  if (by !== undefined && kept.oneOf) {
    const { oneOf, ...around } = kept;
    const forms = oneOf.map((form) => formOf(by, form, filledIn));
    return { ...written(withLimits({ ...around, ...choice(by, forms, { filledIn }) }), filledIn, false), ...hidden };
  }
  return { ...written(withoutEmptyDefault(withLimits(kept)), filledIn, takesText === true), ...hidden };
}

function written(schema: JsonSchema, filledIn: boolean, takesText: boolean): JsonSchema {
  const { type } = schema;
  if (schema.enum !== undefined || schema.const !== undefined) return valuesSchema(schema, filledIn);
  if (type === 'string') return textSchema(schema, filledIn);
  if (type === 'integer' || type === 'number') {
    if (schema.minimum === -SAFE) delete schema.minimum;
    if (schema.maximum === SAFE) delete schema.maximum;
  }
  if (!filledIn || typeof type !== 'string' || type === 'null') return schema;
  const pattern = takesText ? `${PLACEHOLDER}|${NUMBER}` : PLACEHOLDER;
  const patternErrorMessage = `Write ${VALUE_WORDS[type] ?? type}, or a whole ~~path`;
  return { ...schema, type: [type, 'string'], pattern, patternErrorMessage };
}

/** Inserting `actions: {}` helps nobody. */
function withoutEmptyDefault(schema: JsonSchema): JsonSchema {
  const { default: value, ...rest } = schema;
  const isEmpty = value === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
  return isEmpty ? rest : schema;
}

/** The same of every schema inside. */
function withParts(schema: JsonSchema, filledIn: boolean): JsonSchema {
  const made: JsonSchema = { ...schema };
  const { propertyNames } = made;
  const inner = (part: JsonSchema) => asWritten(part, filledIn);
  if (made.properties) {
    const taken = Object.entries(made.properties).filter(([, part]) => !part.refused);
    const required = made.required ?? [];
    const orAbsent = (key: string, part: JsonSchema) => (required.includes(key) ? part : orNull(part));
    made.properties = Object.fromEntries(taken.map(([key, part]) => [key, titled(key, orAbsent(key, inner(part)))]));
  }
  if (typeof made.additionalProperties === 'object') made.additionalProperties = inner(made.additionalProperties);
  if (made.items) made.items = inner(made.items);
  if (made.anyOf) made.anyOf = made.anyOf.map(inner).flatMap(alternatives);
  if (made.oneOf && made.by === undefined) made.oneOf = made.oneOf.map(inner);
  // Every key is text, `4711` too.
  if (propertyNames?.pattern === undefined) delete made.propertyNames;
  else made.propertyNames = { pattern: propertyNames.pattern };
  return made;
}

/** An optional key also accepts `null`, but editors do not suggest it. */
function orNull(schema: JsonSchema): JsonSchema {
  const { type, anyOf, const: only, enum: values, enumDescriptions } = schema;
  // Editors show the descriptions of values only if the list is at the key itself.
  if (values && enumDescriptions) {
    return {
      ...schema,
      enum: [...values, null],
      enumDescriptions: [...enumDescriptions, 'The same as leaving it out'],
    };
  }
  if (anyOf) return { ...schema, anyOf: [...anyOf, NULL] };
  if (only !== undefined || values !== undefined) {
    const { title, description, markdownDescription, default: value, doNotSuggest, ...one } = schema;
    const around = { title, description, markdownDescription, default: value, doNotSuggest };
    return { ...withoutAbsent(around), anyOf: [one, NULL] };
  }
  return type === undefined ? schema : { ...schema, type: [...new Set([type, 'null'].flat())] };
}

/** One form of a choice; the value that it is chosen by stays as it is. */
function formOf(by: string, form: JsonSchema, filledIn: boolean): JsonSchema {
  const { properties, ...made } = withParts(form, filledIn);
  return { ...made, properties: { ...properties, [by]: form.properties![by]! } };
}

/** Of a part that is nothing but alternatives itself, these. */
const alternatives = (part: JsonSchema): JsonSchema[] =>
  part.anyOf && Object.keys(part).length === 1 ? part.anyOf : [part];

/** Editors head what they show and offer with a title. */
export function titled(key: string, schema: JsonSchema): JsonSchema {
  const { items, additionalProperties: values } = schema;
  const one = (part: JsonSchema): JsonSchema => (isMap(part) ? { title: `one of ${key}`, ...part } : part);
  return {
    title: key,
    ...schema,
    ...(items && { items: one(items) }),
    ...(typeof values === 'object' && { additionalProperties: one(values) }),
  };
}

const isMap = ({ type }: JsonSchema): boolean => [type].flat().includes('object');

import { isDeepStrictEqual } from 'node:util';
import type { JsonSchema } from './json-schema-form.js';
import { valuesSchema } from './written-scalar.js';

export interface ChoiceOptions {
  readonly filledIn: boolean;
  /** Taken where the key is left out. */
  readonly otherwise?: string;
}

/**
 * An object whose key `by` decides what else it holds, from one object schema for each value of that key. Editors complete
 * and judge by the value that is written: with `oneOf` they would show the best of several misfits.
 */
export function choice(by: string, forms: readonly JsonSchema[], { filledIn, otherwise }: ChoiceOptions): JsonSchema {
  const keys = [...new Set(forms.flatMap((form) => Object.keys(form.properties ?? {})))].filter((key) => key !== by);
  const inAll = (key: string) => forms.every((form) => form.properties?.[key] !== undefined);
  const shared = keys.filter(inAll);
  const isClosed = shared.length === keys.length;
  const properties = Object.fromEntries(
    shared.map((key) => [key, common(forms.map((form) => form.properties![key]!))]),
  );
  const required = [by, ...shared].filter((key) => forms.every((form) => form.required?.includes(key)));
  return {
    type: 'object',
    properties: { [by]: valuesOf(by, forms, filledIn), ...properties },
    ...(required.length > 0 && { required }),
    ...(isClosed && { additionalProperties: false }),
    allOf: forms.map((form) => ({
      if: condition(by, form, otherwise),
      // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
      then: rest(by, form, { properties, required, isClosed }),
    })),
  };
}

const valueIn = (by: string, form: JsonSchema): string => String(form.properties![by]!.const);

function valuesOf(by: string, forms: readonly JsonSchema[], filledIn: boolean): JsonSchema {
  const { const: _, description, ...around } = forms[0]!.properties![by]!;
  const words = forms.map((form) => form.description ?? '');
  const enumDescriptions = words.some((text) => text !== '') ? words : around.enumDescriptions;
  return valuesSchema(
    {
      ...around,
      ...(description && { description }),
      enum: forms.map((form) => valueIn(by, form)),
      ...(enumDescriptions && { enumDescriptions }),
    },
    filledIn,
  );
}

/** By a pattern, not `const`: while somebody types, editors take a value for the beginning of a longer one. */
function condition(by: string, form: JsonSchema, otherwise: string | undefined): JsonSchema {
  const value = valueIn(by, form);
  const properties = { [by]: { type: 'string', pattern: `^${value}$` } };
  return value === otherwise ? { properties } : { properties, required: [by] };
}

/** What one form has beside what all have. */
function rest(
  by: string,
  form: JsonSchema,
  base: {
    readonly properties: JsonSchema['properties'];
    readonly required: readonly string[];
    readonly isClosed: boolean;
  },
): JsonSchema {
  const { [by]: _, ...own } = form.properties!;
  const entries = Object.entries(own).map(([key, part]): [string, JsonSchema] => {
    const told = base.properties?.[key];
    if (told === undefined) return [key, part];
    return [key, isDeepStrictEqual(told, part) ? { doNotSuggest: true } : { ...part, doNotSuggest: true }];
  });
  const differing = base.isClosed ? entries.filter(([, part]) => Object.keys(part).length > 1) : entries;
  const required = (form.required ?? []).filter((key) => !base.required.includes(key));
  return {
    properties: { ...(!base.isClosed && { [by]: { doNotSuggest: true } }), ...Object.fromEntries(differing) },
    ...(required.length > 0 && { required }),
    ...(!base.isClosed && form.additionalProperties === false && { additionalProperties: false }),
  };
}

/** What several schemas of one key have in common: all, or what kind of thing it is. */
function common(schemas: readonly JsonSchema[]): JsonSchema {
  const [first] = schemas as [JsonSchema];
  const same = (key: keyof JsonSchema) => schemas.every((schema) => isDeepStrictEqual(schema[key], first[key]));
  if (schemas.every((schema) => isDeepStrictEqual(schema, first))) return first;
  const told = [
    'type',
    'pattern',
    'patternErrorMessage',
    'description',
    'markdownDescription',
    'doNotSuggest',
  ] as const;
  return Object.fromEntries(
    told.filter((key) => first[key] !== undefined && same(key)).map((key) => [key, first[key]]),
  );
}

import { plainValue } from '../config/yaml-node.js';
import type { JsonSchema } from './json-schema-form.js';
import { rangeOf } from './limits-in-words.js';

/** What is filled in later: a whole value `~~…`, or a text that holds `{{…}}`. */
export const PLACEHOLDER = '^~~|\\{\\{';

/** Takes `true` and `false`, and has no editor offer them, as a type would. */
const BOOLEANS: JsonSchema = {
  title: 'true or false',
  not: { type: ['string', 'number', 'object', 'array', 'null'] },
};

/** Accepts `null`, but editors do not suggest it. */
export const NULL: JsonSchema = {
  title: 'null',
  not: { type: ['string', 'number', 'boolean', 'object', 'array'] },
};

/** Text: of a scalar that looks like a number or a boolean its own source text is taken. */
export function textSchema(schema: JsonSchema, filledIn: boolean): JsonSchema {
  const { type, pattern, patternErrorMessage, minLength, maxLength, allOf, ...around } = schema;
  const own = { pattern, patternErrorMessage, minLength, maxLength, allOf };
  const text = withoutAbsent({ type: ['string', 'number'], ...(filledIn ? orPlaceholder(own) : own) });
  return { ...around, anyOf: [text, BOOLEANS] };
}

/** Everything that a text must be as one pattern, with placeholders beside it: their own length counts for nothing. */
function orPlaceholder({ pattern, patternErrorMessage, minLength = 0, maxLength }: JsonSchema): JsonSchema {
  if (pattern === undefined && maxLength === undefined) return minLength > 0 ? { minLength } : {};
  const length = minLength > 0 || maxLength !== undefined ? `(?=[^]{${minLength},${maxLength ?? ''}}$)` : '';
  const form = pattern === undefined ? '' : `(?=[^]*?(?:${pattern}))`;
  const range = rangeOf(minLength, maxLength, 'characters');
  return {
    pattern: `${PLACEHOLDER}|^${length}${form}`,
    patternErrorMessage: patternErrorMessage ?? (range === undefined ? 'not of this form' : `It takes ${range}`),
  };
}

/** One of some values; `3` is the text "3" where that is one of them. */
export function valuesSchema(schema: JsonSchema, filledIn: boolean): JsonSchema {
  const { const: only, enum: several, enumDescriptions, type, ...around } = schema;
  const values = several ?? [only];
  const unquoted = values.filter((value) => typeof value === 'string').map(plainValue);
  const all = [...new Set([...values, ...unquoted])];
  const one = all.length === 1 ? { const: all[0] } : withoutAbsent({ enum: all, enumDescriptions });
  if (!filledIn) return { ...around, ...one };
  return { ...around, anyOf: [one, { title: 'placeholder', type: 'string', pattern: PLACEHOLDER }] };
}

export const withoutAbsent = (
  schema: { readonly [key in keyof JsonSchema]: JsonSchema[key] | undefined },
): JsonSchema => Object.fromEntries(Object.entries(schema).filter(([, value]) => value !== undefined));

import { type ZodType, z } from 'zod';
import { badParam, type GraphError, invalid, missing } from '../graph/graph-error.js';

/** Text of `min` to `max` characters as Meta counts them: a surrogate pair is one. */
export const chars = (min: number, max: number) =>
  z.string().refine((text) => {
    const length = text.length <= max && text.length >= 2 * min ? text.length : [...text].length;
    return length >= min && length <= max;
  }, `must be ${min} to ${max} characters`);

/** `param` and a path below it as Meta writes them: `interactive['action']['buttons'][0]`. */
function paramName(param: string, path: readonly PropertyKey[]): string {
  return param + path.map((step) => (typeof step === 'number' ? `[${step}]` : `['${String(step)}']`)).join('');
}

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((at, step) => (at as { [key: PropertyKey]: unknown } | null | undefined)?.[step], value);

function asGraphError(issue: z.core.$ZodIssue, value: unknown, param: string): GraphError {
  const name = paramName(param, issue.path);
  if (issue.code === 'unrecognized_keys') return badParam(`Unexpected key "${issue.keys[0]}" on param "${name}".`);
  if (valueAt(value, issue.path) === undefined) return missing(name);
  return invalid(`${name}: ${issue.message}.`);
}

/** The value in the schema's form, or Meta's error for the first thing wrong with it. */
export function shaped<T>(schema: ZodType<T>, value: unknown, param: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw asGraphError(result.error.issues[0]!, value, param);
}

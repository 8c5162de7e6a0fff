import { type ZodType, z } from 'zod';
import { issueWords } from '../../../core/index.js';
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
  return invalid(`${name}: ${issueWords(issue, value)}`);
}

/** Parsed JSON if it has the expected type, else undefined. */
function fromText(text: string, expected: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (expected === 'array') return Array.isArray(value) ? value : undefined;
  if (expected === 'object')
    return typeof value === 'object' && !Array.isArray(value) ? (value ?? undefined) : undefined;
  const type = expected === 'int' ? 'number' : expected;
  return (type === 'number' || type === 'boolean') && typeof value === type ? value : undefined;
}

/** The allowed words of an issue. */
function wordsOf(issue: z.core.$ZodIssue): readonly unknown[] {
  if (issue.code === 'invalid_value') return issue.values;
  return issue.code === 'invalid_union' ? ((issue as { options?: readonly unknown[] }).options ?? []) : [];
}

function readAs(issue: z.core.$ZodIssue, text: string): unknown {
  if (issue.code === 'invalid_type') return fromText(text, issue.expected);
  return wordsOf(issue).find((word) => typeof word === 'string' && word.toLowerCase() === text.toLowerCase());
}

/** Normalises the value of an issue if Graph accepts its spelling. Returns whether it did. */
function respelled(issue: z.core.$ZodIssue, value: unknown): boolean {
  if (issue.code === 'unrecognized_keys') {
    const holder = valueAt(value, issue.path) as { [key: string]: unknown };
    const empty = issue.keys.filter((key) => holder[key] === null);
    for (const key of empty) delete holder[key];
    return empty.length > 0;
  }
  const key = issue.path.at(-1);
  const holder = valueAt(value, issue.path.slice(0, -1)) as { [key: PropertyKey]: unknown } | null | undefined;
  if (key === undefined || typeof holder !== 'object' || holder === null) return false;
  const found = holder[key];
  if (found === null && !Array.isArray(holder)) return delete holder[key];
  const meant = typeof found === 'string' ? readAs(issue, found) : undefined;
  if (meant === undefined) return false;
  holder[key] = meant;
  return true;
}

/**
 * Returns the value in the schema's form, or Meta's error for its first problem. Like Graph, it accepts `null` for absent, fixed
 * words in any case, and JSON text for an object, a list, a number or a boolean. It changes these in `value` itself, so that the
 * chat shows the usual form.
 */
export function shaped<T>(schema: ZodType<T>, value: unknown, param: string): T {
  for (;;) {
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    const { issues } = result.error;
    if (issues.filter((issue) => respelled(issue, value)).length === 0) throw asGraphError(issues[0]!, value, param);
  }
}

import type { ZodType, z } from 'zod';
import { isOfOtherKind, valueAt } from './issue-words.js';
import { isOptionalKey } from './schema-shape.js';
import { numberIn } from './yaml-node.js';

type Issue = z.core.$ZodIssue;

/** Each round reveals issues one level deeper, so this bounds the depth. */
const MAX_ROUNDS = 16;

export interface ReadOptions {
  /** `null` is kept, and therefore refused: leaving the key out would change the meaning of the value. */
  readonly keepNull?: boolean;
}

/**
 * Like `schema.safeParse`, for values after placeholders were filled in. `null` under an optional key counts as left out. Text
 * that reads as a number or a boolean is accepted as one if the schema expects that.
 */
export function readValue<Value>(
  schema: ZodType<Value>,
  given: unknown,
  { keepNull = false }: ReadOptions = {},
): z.ZodSafeParseResult<Value> {
  let value = given;
  for (let round = 1; ; round += 1) {
    const result = schema.safeParse(value);
    if (result.success || round === MAX_ROUNDS) return result;
    const changes = result.error.issues
      .flatMap((issue) => leaves(issue, value))
      .flatMap((issue) => change(issue, value, keepNull ? undefined : schema));
    if (changes.length === 0) return result;
    value = structuredClone(value);
    for (const apply of changes) apply(value);
  }
}

/** The issue, or for a union the issues of its branches: if possible only of those that fit the value's type. */
function leaves(issue: Issue, given: unknown): readonly Issue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
  const value = valueAt(given, issue.path);
  const fitting = issue.errors.filter(
    (branch) => !branch.some((inner) => inner.path.length === 0 && isOfOtherKind(inner as never, value)),
  );
  const branches = fitting.length > 0 ? fitting : issue.errors;
  return branches.flat().flatMap((inner) => leaves({ ...inner, path: [...issue.path, ...inner.path] } as Issue, given));
}

type Change = (value: unknown) => void;

/** Another way to read the value of an issue, if there is one. With the schema, null may be left out. */
function change(issue: Issue, given: unknown, schema: ZodType | undefined): readonly Change[] {
  const key = issue.path.at(-1);
  const around = issue.path.slice(0, -1);
  const found = valueAt(given, issue.path);
  if (key === undefined) return [];
  const put = (read: unknown): Change[] => [
    (value) => {
      (valueAt(value, around) as { [key: PropertyKey]: unknown })[key] = read;
    },
  ];
  if (found === null && schema !== undefined && isOptionalKey(schema, issue.path)) {
    return [
      (value) => {
        delete (valueAt(value, around) as { [key: PropertyKey]: unknown })[key];
      },
    ];
  }
  if (issue.code !== 'invalid_type' || typeof found !== 'string') return [];
  const text = found.trim();
  if (issue.expected === 'number' || issue.expected === 'int') {
    const number = numberIn(text);
    return number === undefined ? [] : put(number);
  }
  return issue.expected === 'boolean' && (text === 'true' || text === 'false') ? put(text === 'true') : [];
}

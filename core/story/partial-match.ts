import { dotted } from '../config/describe-issue.js';
import type { Json } from '../contract/json.js';
import { textMatches } from './text-pattern.js';

/** One place where what is there is not what was expected. */
export interface Difference {
  readonly path: readonly PropertyKey[];
  readonly expected: string;
  readonly seen: string;
}

const MAX_SHOWN = 500;

/** A value as YAML in one line, cut where it is long. */
export function shownValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

/**
 * Holds a value against what a story expects of it. Of a map the keys named count; a list is expected whole, in order.
 * A text may have `…` or be a `/regex/`; null expects that nothing is there.
 */
export function differences(
  expected: Json | undefined,
  seen: unknown,
  path: readonly PropertyKey[] = [],
): Difference[] {
  const differs = (): Difference[] => [{ path, expected: shownValue(expected), seen: shownValue(seen) }];
  if (expected === null) return seen === undefined || seen === null ? [] : differs();
  if (typeof expected === 'string') return typeof seen === 'string' && textMatches(expected, seen) ? [] : differs();
  if (typeof expected !== 'object') return expected === seen ? [] : differs();
  if (Array.isArray(expected)) {
    if (!Array.isArray(seen) || seen.length !== expected.length) return differs();
    return expected.flatMap((item, at) => differences(item, seen[at], [...path, at]));
  }
  if (typeof seen !== 'object' || seen === null || Array.isArray(seen)) return differs();
  return Object.entries(expected).flatMap(([key, value]) =>
    differences(value, (seen as { readonly [key: string]: unknown })[key], [...path, key]),
  );
}

/** `data.eta`: of a difference, below a name. */
export const pathText = (name: string, { path }: Difference): string => dotted([name, ...path]);

import type { ZodError, z } from 'zod';
import type { Problem } from '../../../core/index.js';
import { PLUGIN } from '../profile.js';

type Issue = z.core.$ZodIssue;

const KINDS: { readonly [expected: string]: string } = {
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys',
  record: 'a map of keys',
};

/**
 * The first thing wrong with settings once all is filled in: the key, what WhatsApp takes, what was given. Of texts only
 * their length is told.
 */
export function settingsProblem(error: ZodError, given: unknown): Problem {
  const issue = nearestIssue(error.issues[0]!);
  const key = ['platforms', PLUGIN, ...issue.path].reduce<string>(
    (path, part) =>
      typeof part === 'number' ? `${path}[${part}]` : path === '' ? String(part) : `${path}.${String(part)}`,
    '',
  );
  return { code: 'validation_failed', message: `${key} ${sentence(issue, given)}` };
}

/** Of a union's branches the one that takes a value of this kind and finds least wrong with it. */
function nearestIssue(issue: Issue): Issue {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return issue;
  const fitting = issue.errors
    .filter((branch) => !branch.some((inner) => inner.path.length === 0 && inner.code === 'invalid_type'))
    .sort((a, b) => a.length - b.length)[0];
  const inner = fitting?.[0];
  if (inner !== undefined) return nearestIssue({ ...inner, path: [...issue.path, ...inner.path] } as Issue);
  const expected = issue.errors.flat().flatMap((found) => (found.code === 'invalid_type' ? [found.expected] : []));
  return { ...issue, code: 'invalid_type', expected: [...new Set(expected)].join('|') } as unknown as Issue;
}

function sentence(issue: Issue, given: unknown): string {
  switch (issue.code) {
    case 'invalid_type': {
      const expected = issue.expected.split('|').map((kind) => KINDS[kind] ?? kind);
      return `${found(valueAt(given, issue.path))}; it takes ${expected.join(' or ')}.`;
    }
    case 'invalid_value':
      return `${found(valueAt(given, issue.path))} that is not among: ${issue.values.map(String).join(', ')}.`;
    case 'invalid_union': {
      const options = 'options' in issue ? (issue.options as readonly unknown[]) : [];
      return `${found(valueAt(given, issue.path))} that is not among: ${options.map(String).join(', ')}.`;
    }
    case 'unrecognized_keys':
      return `has the unknown key ${issue.keys.map((key) => `"${key}"`).join(', ')}. Take it away.`;
    default:
      return issue.message;
  }
}

const valueAt = (given: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((value, key) => (value as { [key: PropertyKey]: unknown } | null | undefined)?.[key], given);

function found(value: unknown): string {
  if (value === undefined) return 'is missing';
  if (value === null) return 'is empty';
  if (Array.isArray(value)) return 'is a list';
  return `is ${typeof value === 'object' ? 'a map of keys' : (KINDS[typeof value] ?? `a ${typeof value}`)}`;
}

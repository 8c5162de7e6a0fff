import { z } from 'zod';
import { didYouMean } from './nearest.js';
import { numberIn } from './yaml-node.js';

type Issue = z.core.$ZodIssue;

/** The parts of an issue that its message uses. */
export interface IssueParts {
  readonly code: string;
  readonly expected?: string;
  readonly values?: readonly unknown[];
  readonly options?: readonly unknown[];
  readonly maximum?: number | bigint;
  readonly minimum?: number | bigint;
  /** Whether the bound itself is allowed. Default: true. */
  readonly inclusive?: boolean;
  readonly exact?: boolean;
  readonly origin?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly divisor?: number;
}

/** Names of the types of values. */
export interface KindWords {
  readonly [expected: string]: string;
}

const YAML_KINDS: KindWords = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys',
  record: 'a map of keys',
  undefined: 'nothing',
  null: 'null',
};
/** For callers of the API, who write JSON. */
export const JSON_KINDS: KindWords = { ...YAML_KINDS, string: 'a string', object: 'an object', record: 'an object' };

const FORMATS: { readonly [format: string]: string } = {
  url: 'a URL such as https://example.org',
  email: 'an e-mail address',
  uuid: 'a UUID',
  guid: 'a UUID',
  date: 'a date such as 2026-03-05',
  datetime: 'a date and time such as 2026-03-05T10:00:00Z',
  time: 'a time such as 10:00:00',
  duration: 'a duration such as PT1H',
};

/** What the value should have been: `text`, `one of: a, b`, `a multiple of 5`. */
export function expectation(issue: IssueParts, kinds: KindWords = YAML_KINDS): string {
  const values = issue.values ?? issue.options;
  if (values !== undefined && values.length > 0) {
    return values.length === 1 ? String(values[0]) : `one of: ${values.map(String).join(', ')}`;
  }
  if (issue.code === 'invalid_format') {
    const form = FORMATS[issue.format ?? ''];
    if (form !== undefined) return form;
    return issue.pattern === undefined ? `text of the format ${issue.format}` : `text of the form ${issue.pattern}`;
  }
  if (issue.code === 'not_multiple_of') return `a multiple of ${issue.divisor}`;
  return (issue.expected ?? 'another value')
    .split('|')
    .map((kind) => kinds[kind] ?? kind)
    .join(' or ');
}

/** `has 300 characters; it may have at most 200`. The size of a text or list, or the number itself; undefined: unknown. */
export function limitWords(issue: IssueParts, size: number | string | undefined): string | undefined {
  const { code, origin, maximum, minimum, inclusive = true, exact = false } = issue;
  if (code !== 'too_big' && code !== 'too_small') return undefined;
  const limit = code === 'too_big' ? maximum : minimum;
  const bound = exact ? `exactly ${limit}` : `${code === 'too_big' ? 'at most' : 'at least'} ${limit}`;
  const verb = code === 'too_big' && !exact ? 'may' : 'must';
  if (origin === 'string') {
    if (size === 0) return `is empty; it needs ${bound} character${Number(limit) === 1 ? '' : 's'}`;
    return `has ${size} characters; it ${verb} have ${bound}`;
  }
  if (origin === 'array' || origin === 'set' || origin === 'map')
    return `has ${size} entries; it ${verb} have ${bound}`;
  const allowed = inclusive ? `${verb} be ${bound}` : `must be ${code === 'too_big' ? 'less' : 'more'} than ${limit}`;
  return size === undefined ? `is out of bounds; it ${allowed}` : `is ${size}; it ${allowed}`;
}

/** Zod's default messages. Users must not see them: they do not say what was found or what to do. */
const zodSays = z.locales.en().localeError;

/** Zod's messages about a value that it has transformed, or an entry of another value: the value itself is not available. */
const ZODS_TYPE = /^Invalid input: expected .+, received \w+$/;

/** The schema's own message for an issue, if it has one. */
export function ownWords(issue: Issue, input: unknown): string | undefined {
  if (issue.code === 'invalid_type' && ZODS_TYPE.test(issue.message)) return undefined;
  return issue.message === zodSays({ ...issue, input } as z.core.$ZodRawIssue) ? undefined : issue.message;
}

export const valueAt = (given: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((value, key) => (value as { [key: PropertyKey]: unknown } | null | undefined)?.[key], given);

/** Whether a branch of a union expects another type than the given value has. */
export const isOfOtherKind = (issue: IssueParts & { readonly path: readonly PropertyKey[] }, value: unknown): boolean =>
  issue.code === 'invalid_type' ||
  (issue.code === 'invalid_value' && !(typeof value === 'string' && issue.values?.some(isText) === true));

const isText = (value: unknown): value is string => typeof value === 'string';

/** The issues of the union's branch that fits the value's type and has the fewest problems. */
export function nearestIssues(issue: Issue, given: unknown): readonly Issue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
  const value = valueAt(given, issue.path);
  if (ownWords(issue, value) !== undefined) return [issue];
  const isOther = (inner: Issue) => inner.path.length === 0 && isOfOtherKind(inner as never, value);
  const [nearest] = issue.errors.filter((branch) => !branch.some(isOther)).sort((a, b) => a.length - b.length);
  if (nearest !== undefined) {
    return nearest.flatMap((inner) =>
      nearestIssues({ ...inner, path: [...issue.path, ...inner.path] } as Issue, given),
    );
  }
  const kinds = issue.errors
    .flat()
    .filter(isOther)
    .flatMap((inner) => (inner.code === 'invalid_type' ? [inner.expected] : 'values' in inner ? inner.values : []));
  const expected = [...new Set(kinds.map(String))].join('|');
  const made = { code: 'invalid_type', path: issue.path, expected } as const;
  return [{ ...made, message: zodSays({ ...made, input: value } as never) } as unknown as Issue];
}

/**
 * What is wrong with a value, as a phrase that follows its path: `is missing; it takes text.` It never shows the value's
 * text, which may be a message or a phone number.
 */
export function issueWords(issue: Issue, given: unknown, kinds: KindWords = YAML_KINDS): string {
  const value = valueAt(given, issue.path);
  const own = ownWords(issue, value);
  if (own !== undefined) return own.replace(/[^.?!]$/, '$&.');
  const parts = issue as IssueParts;
  const limit = limitWords(parts, sizeOf(value, parts));
  if (limit !== undefined) return `${limit}.`;
  switch (issue.code) {
    case 'unrecognized_keys':
      return `has the unknown key ${issue.keys.map((key) => `"${key}"`).join(', ')}. Remove it.`;
    case 'invalid_key':
      return 'is a key that is not allowed here.';
    case 'invalid_element':
      return 'has an entry that is not allowed here.';
    case 'custom':
      return 'is not valid here.';
    default: {
      const values = (parts.values ?? parts.options ?? []).map(String);
      const hint = isText(value) ? didYouMean(value, values) : '';
      return `${found(value, parts, kinds)}; it takes ${expectation(parts, kinds)}.${hint}`;
    }
  }
}

function sizeOf(value: unknown, { origin }: IssueParts): number | undefined {
  if (origin === 'string' || origin === 'array')
    return isText(value) || Array.isArray(value) ? value.length : undefined;
  return isText(value) ? numberIn(value.trim()) : typeof value === 'number' ? value : undefined;
}

function found(value: unknown, { expected = '', code }: IssueParts, kinds: KindWords): string {
  if (value === undefined) return 'is missing';
  if (value === '') return 'is an empty text';
  if (value === null || typeof value === 'boolean') return `is ${value}`;
  const wantsNumber = code === 'invalid_type' && /\b(?:number|int)\b/.test(expected);
  const number = isText(value) && wantsNumber ? numberIn(value.trim()) : value;
  if (typeof number === 'number' && (wantsNumber || code !== 'invalid_type')) return `is ${number}`;
  if (isText(value) && wantsNumber) return 'is text that is not a number';
  if (Array.isArray(value)) return `is ${kinds['array']}`;
  return `is ${typeof value === 'object' ? kinds['object'] : (kinds[typeof value] ?? `a ${typeof value}`)}`;
}

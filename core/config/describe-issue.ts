import type { ZodType } from 'zod';
import type { ErrorCode } from '../errors.js';
import { expectation, type IssueParts, limitWords } from './issue-words.js';
import { didYouMean, listed, nearest } from './nearest.js';
import { knownKeys, nestedKey } from './schema-shape.js';
import type { YamlNode } from './yaml-node.js';
import { numberIn, scalarValue } from './yaml-node.js';

/** What zod found wrong, with what we know beside it. */
export interface SchemaIssue extends IssueParts {
  readonly path: PropertyKey[];
  /** The schema's own words, if it has some. */
  readonly message?: string | undefined;
  readonly keys?: readonly string[];
  readonly issues?: readonly SchemaIssue[];
  readonly params?: { readonly code?: ErrorCode };
  readonly discriminator?: string;
  /** Of one unknown key: the one key that is missing beside it. */
  readonly missing?: string;
  /** The schema that refused an unknown key. */
  readonly shape?: ZodType | undefined;
}

export interface IssueContext {
  readonly issue: SchemaIssue;
  /** From the root of the document, as its author names what is on the way. */
  readonly path: readonly PropertyKey[];
  readonly node: YamlNode | undefined;
  /** The value must not be shown. */
  readonly hidden: boolean;
  /** The data around it: siblings tell what was probably meant. */
  readonly around: unknown;
}

export interface Described {
  readonly code: ErrorCode;
  readonly message: string;
  /** The key below the path that is meant; without: what the path leads to. */
  readonly key?: string;
  readonly at: 'value' | 'key';
}

/** A path as people write it: `states.open.actions[0]`. */
export const dotted = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');

function found(node: YamlNode, hidden: boolean): string {
  if (node.kind !== 'scalar') return node.kind === 'map' ? 'a map of keys' : 'a list';
  const value = scalarValue(node);
  if (hidden) return 'something else';
  if (node.fromVariable) return `what ${node.written} gives`;
  if (typeof value !== 'string') return node.source;
  return value.length > 60 ? `"${value.slice(0, 57)}…"` : `"${value}"`;
}

/** One sentence or two on what is wrong and what to do; unknown keys give one description each. */
export function describeIssue(context: IssueContext): Described[] {
  const { issue } = context;
  if (issue.code === 'unrecognized_keys') return (issue.keys ?? []).map((key) => unknownKey(context, key));
  const code = issue.params?.code ?? 'value_invalid';
  return [{ code, message: describe(context), at: context.node?.kind === 'scalar' ? 'value' : 'key' }];
}

function unknownKey({ issue, path, around }: IssueContext, key: string): Described {
  const known = knownKeys(issue.shape);
  const siblings = Object.values((around as object | undefined) ?? {}).filter((value) => typeof value === 'string');
  const nested = nearest(key, known) === undefined ? nestedKey(issue.shape, key, siblings) : undefined;
  const where = path.length === 0 ? 'here' : `in ${dotted(path)}`;
  const hint = nested ? ` Did you mean "${dotted([...path.slice(-1), nested])}"?` : didYouMean(key, known);
  const missing = issue.missing === undefined ? '' : `, and "${issue.missing}" is missing there`;
  const exists = known.length > 0 ? ` What exists: ${listed(known)}.` : '';
  return {
    code: 'key_unknown',
    message: `"${key}" is not a key ${where}${missing}.${hint}${exists}`,
    key,
    at: 'key',
  };
}

/** Words of a schema that make one sentence with the key that stands before them. */
const GOES_ON = /^(?:has|is|names|needs|begins|holds) /;

function describe({ issue, path, node, hidden }: IssueContext): string {
  const name = dotted(path) || 'The file';
  if (issue.message !== undefined) {
    const colon = GOES_ON.test(issue.message) ? '' : ':';
    return `${name}${colon} ${issue.message.replace(/[^.?!]$/, '$&.')}`;
  }
  if (node === undefined) return `${name} is missing. It takes ${expectation(issue)}.`;
  const isEmpty = node.kind === 'scalar' && node.plain && node.source === '';
  if (isEmpty && issue.code !== 'too_small') {
    return `${name} is empty. Give it ${expectation(issue)}.`;
  }
  if (issue.code === 'invalid_key') {
    const key = String(path.at(-1));
    const why = (issue.issues ?? [])
      .map((inner) => inner.message ?? limitWords(inner, key.length) ?? `it takes ${expectation(inner)}`)
      .join(', ');
    return `${dotted(path.slice(0, -1)) || 'The file'}: "${key}" cannot be a name here: ${why}.`;
  }
  const limit = limitWords(issue, sizeOf(issue, node));
  if (limit !== undefined) return `${name} ${limit}.`;
  return `${name} is ${found(node, hidden)}; it takes ${expectation(issue)}.${suggestion(issue, node)}`;
}

function suggestion(issue: SchemaIssue, node: YamlNode): string {
  const kinds = (issue.expected ?? '').split('|');
  const wantsMap = issue.expected === 'object' || issue.expected === 'record';
  if (node.kind === 'list') return wantsMap ? ' Write each item as name: …, without a dash.' : '';
  if (node.kind !== 'scalar') return '';
  if (issue.expected === 'array') {
    const text = node.source.replace(/^-/, '').trim();
    return text === node.source
      ? ` Write [${text}].`
      : ` A dash takes a space behind it and a line of its own; or write [${text}].`;
  }
  const values = (issue.values ?? issue.options ?? []).map(String);
  if (values.length > 0) return didYouMean(node.source, values);
  if (kinds.includes('boolean') && /^(?:yes|no|on|off)$/i.test(node.source)) {
    return ` Write ${/^(?:yes|on)$/i.test(node.source) ? 'true' : 'false'}.`;
  }
  const isNull = node.plain && scalarValue(node) === null;
  if (isNull && kinds.includes('string')) return ` If you mean the word, write "${node.source}".`;
  const wantsNumber = kinds.includes('number') || kinds.includes('int');
  return wantsNumber && !node.plain && numberIn(node.source) !== undefined ? ' Remove the quotes.' : '';
}

/** The size that a limit counts: characters, entries, or the number itself. */
function sizeOf({ origin }: SchemaIssue, node: YamlNode): number | string | undefined {
  if (origin === 'array') return node.kind === 'list' ? node.items.length : 0;
  if (node.kind !== 'scalar') return undefined;
  return origin === 'string' ? node.source.length : node.source;
}

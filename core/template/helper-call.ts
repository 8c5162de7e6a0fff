import type { Json } from '../contract/json.js';
import { parseReference, REFERENCE } from './reference.js';

/** Something that is handed to a helper: a value as written, or a path that is looked up. */
export type HelperArgument = { readonly value: Json } | { readonly path: readonly string[] };

/** `~~#name(args)` as it is written. */
export interface WrittenCall {
  readonly name: string;
  readonly args: readonly HelperArgument[];
}

const MAX_CHARACTERS = 4_096;
const MAX_ARGUMENTS = 16;
const HEAD = /~~#([A-Za-z_]\w*)\s*\(/y;
const NUMBER = /-?\d{1,15}(?:\.\d{1,15})?(?=\s*[,)])/y;
const WORD = /(?:true|false|null)(?=\s*[,)])/y;
const QUOTED = /"((?:[^"\\]|\\["'\\n])*)"|'((?:[^'\\]|\\["'\\n])*)'/y;
const PATH = /[^\s,()"']+/y;
const BLANK = /\s*/y;

const isProblem = (read: WrittenCall | string): read is string => typeof read === 'string';

/** Does this text call a helper for its whole value? */
export const isCall = (text: string): boolean => text.startsWith(`${REFERENCE}#`);

/** The call, or what is wrong with how it is written. */
export function parseCall(text: string): WrittenCall | string {
  if (text.length > MAX_CHARACTERS) return `a helper is called with ${MAX_CHARACTERS} characters at most`;
  const read = readCall(text.trimEnd());
  return isProblem(read) ? `${read}. Write for example ~~#name(stub.data.x, "text", 24)` : read;
}

function readCall(text: string): WrittenCall | string {
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) at = pattern.lastIndex;
    return found ?? undefined;
  };
  const head = take(HEAD);
  if (head === undefined) return 'the name of a helper and its arguments in ( ) belong behind ~~#';
  const args: HelperArgument[] = [];
  take(BLANK);
  const isEmpty = text[at] === ')';
  while (!isEmpty) {
    if (args.length === MAX_ARGUMENTS) return `a helper has ${MAX_ARGUMENTS} arguments at most`;
    take(BLANK);
    const arg = readArgument(take);
    if (arg === undefined) return `a path, "text", number, true, false or null is expected at character ${at + 1}`;
    args.push(arg);
    take(BLANK);
    if (text[at] !== ',') break;
    at += 1;
  }
  if (text[at] !== ')') return `a ) or a comma is missing at character ${at + 1}`;
  if (at + 1 < text.length) return `nothing may follow the ) at character ${at + 1}`;
  return { name: head[1]!, args };
}

function readArgument(take: (pattern: RegExp) => RegExpExecArray | undefined): HelperArgument | undefined {
  const quoted = take(QUOTED);
  if (quoted !== undefined) {
    const written = quoted[1] ?? quoted[2]!;
    return { value: written.replace(/\\(.)/g, (_, sign: string) => (sign === 'n' ? '\n' : sign)) };
  }
  const number = take(NUMBER);
  if (number !== undefined) return { value: Number(number[0]) };
  const word = take(WORD);
  if (word !== undefined) return { value: JSON.parse(word[0]) as boolean | null };
  const written = take(PATH);
  const path = written && parseReference(REFERENCE + written[0]);
  return path && { path };
}

/** `substitute` takes nothing that anybody outside may have written. */
export const isOfTemplate = ([root]: readonly string[]): boolean => root === 'template';
export const ONLY_TEMPLATE =
  'substitute fills in a second time, so it takes only what the template itself says: a path under template, such as template.data.greeting';

/** What is wrong with the argument of `skip` or `substitute` in a `~~#`, or undefined. */
export function wordProblem(name: string, arg: HelperArgument): string | undefined {
  if (name === 'skip' && !('value' in arg && typeof arg.value === 'string'))
    return 'skip takes a text in quotes, which stays as it is written.';
  if (name === 'substitute' && 'path' in arg && !isOfTemplate(arg.path)) return `${ONLY_TEMPLATE}.`;
  return undefined;
}

import { ProblemsError, StubwireError } from '../errors.js';
import { masked } from './masked.js';

/** The parts of an error that are logged. Any other property may contain what people wrote. */
export interface LoggedError {
  readonly type: string;
  readonly code?: string;
  readonly message?: string;
  /** Frames only: the head of a stack repeats the message. */
  readonly stack?: string;
  readonly cause?: LoggedError;
  readonly errors?: readonly LoggedError[];
}

const DEPTH = 5;
const ERRORS = 5;
const FRAMES = 15;
const MESSAGE_CHARACTERS = 300;

/**
 * The only form in which errors reach the log. Libraries attach arguments of Redis commands, request bodies and jobs to their
 * errors. So only the fields of `LoggedError` are kept, for causes too. Pure. Never throws.
 */
export function loggedError(error: unknown, depth = 0): LoggedError {
  if (typeof error !== 'object' || error === null) return { type: typeof error };
  const { code, stack } = error as { readonly code?: unknown; readonly stack?: unknown };
  const message = loggedMessage(error);
  const frames = typeof stack === 'string' ? stack.split('\n').filter((line) => /^ {4}at /.test(line)) : [];
  const [cause, ...others] = depth < DEPTH ? inner(error).map((each) => loggedError(each, depth + 1)) : [];
  return {
    type: typeOf(error),
    ...(typeof code === 'string' && /^\w{1,60}$/.test(code) && { code: withoutNumbers(code) }),
    ...(message && { message }),
    ...(frames.length > 0 && { stack: frames.slice(0, FRAMES).join('\n') }),
    ...(cause && others.length === 0 && { cause }),
    ...(cause && others.length > 0 && { errors: [cause, ...others] }),
  };
}

/** `cause`, the errors of an AggregateError, and their equivalents in ioredis. */
function inner(error: object): unknown[] {
  const { cause, errors, previousErrors, lastNodeError } = error as { readonly [key: string]: unknown };
  const lists = [errors, previousErrors].flatMap((list) => (Array.isArray(list) ? list.slice(0, ERRORS) : []));
  return [cause, lastNodeError, ...lists].filter((each) => typeof each === 'object' && each !== null).slice(0, ERRORS);
}

function typeOf(error: object): string {
  const { name } = error as { readonly name?: unknown };
  return typeof name === 'string' && /^\w{1,60}$/.test(name) ? name : 'Error';
}

/** Node's own errors contain the value they are about, with or without quotes. These beginnings contain none. */
const ENGINE_ERRORS = new Set(['TypeError', 'SyntaxError', 'RangeError', 'ReferenceError', 'URIError', 'EvalError']);
const WITHOUT_VALUES =
  /^(?:Cannot (?:read|set) properties of (?:undefined|null)|[\w.]+ is not (?:a function|defined|iterable|a constructor)|Maximum call stack size exceeded|Invalid URL$|Invalid time value$|fetch failed$|terminated$)/;

/** The message without values, which may be a person's text, number or secret. */
function loggedMessage(error: object): string | undefined {
  const { message } = error as { readonly message?: unknown };
  if (typeof message !== 'string') return undefined;
  const type = typeOf(error);
  // Our own messages contain what an operator needs, and no text of people.
  if (error instanceof StubwireError || error instanceof ProblemsError) return withoutNumbers(message);
  if (type === 'ZodError' || type === '$ZodError') return undefined; // its message lists all issues, with values
  if (ENGINE_ERRORS.has(type)) return WITHOUT_VALUES.exec(message)?.[0];
  const [line = ''] = message.split('\n');
  return withoutNumbers(withoutQuotes(line.replace(/,? with args beginning with.*$/, ''))).slice(0, MESSAGE_CHARACTERS);
}

/** Removes everything from the first quote to the last, because quoted text may contain quotes. */
const withoutQuotes = (text: string): string =>
  text
    .replace(/".*"|".*$/, '"…"')
    .replace(/`.*`/, '`…`')
    .replace(/(?<!\w)'.*'(?!\w)/, "'…'");

/** UUIDs, hashes and dates also have digits, but are kept. */
const KEPT = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\\b[0-9a-f]{32,64}\\b|\\b\\d{4}-\\d\\d-\\d\\d(?!\\d)';
const NUMBERS = new RegExp(`(${KEPT})|wamid\\.[\\w+/=-]+|\\d(?:[ -]?\\d){6,}`, 'gi');

/** Masks phone numbers, and the ids of WhatsApp messages, which contain one. */
export const withoutNumbers = (text: string): string =>
  text.replace(NUMBERS, (found: string, kept?: string) =>
    kept ? found : found.startsWith('wamid.') ? 'wamid.…' : masked(found),
  );

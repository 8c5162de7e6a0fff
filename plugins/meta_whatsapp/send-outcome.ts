import type { Problem, SendOutcome } from '../../core/index.js';
import { adviceFor, type GraphTarget } from './call-advice.js';
import { type CodeClass, entryOf } from './error-codes.js';
import type { Hide } from './hidden-words.js';

const LATER_MS = 60_000;
/** A template is spread in up to ten minutes; the lane tries eight times. */
const SYNCING_MS = 120_000;
const TEMPLATE_SYNCING = 134101;
const OPTED_OUT = 131050;
export const WINDOW_CLOSED_CODE = 131047;
const DETAILS_CHARACTERS = 500;

interface TakenMessage {
  readonly id?: unknown;
  /** Of WhatsApp templates only. */
  readonly message_status?: unknown;
}

/** What Meta does with a template that it took and does not send yet. */
const HELD_BACK: ReadonlyMap<unknown, string> = new Map([
  [
    'held_for_quality_assessment',
    'Meta holds it until it has judged the template by its first readers; it is then sent, or fails. Nothing is to be done.',
  ],
  [
    'paused',
    'Meta has paused the template for its quality. Look at it in WhatsApp Manager; the message is sent or fails when Meta decides.',
  ],
]);

interface GraphError {
  readonly code?: unknown;
  readonly error_subcode?: unknown;
  readonly message?: unknown;
  readonly is_transient?: unknown;
  readonly error_data?: { readonly details?: unknown } | null;
}

/**
 * The outcome of an answered call, by Meta's code alone (`error-codes.ts`). `hide` takes out of Meta's words what must not
 * be shown. `target` says what the call is about, so that the advice fits it. Pure.
 */
export function outcomeOf(
  httpStatus: number,
  text: string,
  hide: Hide = asIs,
  target: GraphTarget = 'message',
): SendOutcome {
  const body = parsed(text) as { messages?: TakenMessage[]; error?: GraphError } | null | undefined;
  const { id, message_status } = (Array.isArray(body?.messages) ? body.messages[0] : undefined) ?? {};
  if (isSuccess(httpStatus) && typeof id === 'string') {
    const note = HELD_BACK.get(message_status);
    return { result: 'accepted', providerId: id, ...(note !== undefined && { note }) };
  }
  const error = body?.error;
  const code = codeOf(error?.code);
  if (!error || code === undefined) return outcomeWithoutCode(httpStatus);
  const details = shown(error.error_data?.details ?? error.message, hide);
  const subcode = codeOf(error.error_subcode);
  const advice = adviceFor(target, code, subcode);
  const problem = problemOfCode(code, 'provider_refused', `Meta refused with ${code}`, details, advice);
  const mayHaveBeenSent = error.is_transient === true || httpStatus >= 500;
  return outcomeOfClass(entryOf(code, subcode)?.class ?? (mayHaveBeenSent ? 'unknown' : 'final'), code, problem);
}

/** An answer whose body broke off: of a refusal the code is lost, and nothing was processed. Pure. */
export function outcomeOfBroken(httpStatus: number): SendOutcome {
  if (httpStatus < 400 || httpStatus >= 500) return outcomeWithoutCode(httpStatus);
  const message = `Meta answered HTTP ${httpStatus}, and the answer broke off before it said why.`;
  return { result: 'retry', limit: 'none', problem: { code: 'provider_refused', message } };
}

/** A failure that Meta reports by webhook, after it had taken the message. */
export function problemOfStatus(error: { readonly [key: string]: unknown } | undefined, hide: Hide = asIs): Problem {
  const code = codeOf(error?.['code']);
  const data = error?.['error_data'] as { details?: unknown } | null | undefined;
  const details = shown(data?.details ?? error?.['details'] ?? error?.['title'] ?? 'no reason given', hide);
  if (code === undefined) return { code: 'provider_failed', message: `Meta reports a failure: ${details}` };
  const passes = PASSING.includes(entryOf(code)?.class ?? 'final');
  const advice = passes ? AGAIN_BY_HAND : adviceFor('message', code);
  return problemOfCode(code, 'provider_failed', `Meta reports a failure with ${code}`, details, advice);
}

/** Whether a code says that the profile is refused, whatever it sends. */
export const concernsProfile = (code: number | undefined): boolean =>
  code !== undefined && entryOf(code)?.class === 'halt';

export const isOptOut = (problem: Problem): boolean => problem.provider_code === OPTED_OUT;

function outcomeOfClass(kind: CodeClass, code: number, problem: Problem): SendOutcome {
  switch (kind) {
    case 'retry':
      return { result: 'retry', limit: 'none', problem };
    case 'rate':
    case 'pair':
      return { result: 'retry', limit: kind, problem };
    case 'unknown':
      return { result: 'unknown', problem };
    case 'later':
      return { result: 'later', afterMs: code === TEMPLATE_SYNCING ? SYNCING_MS : LATER_MS, problem };
    case 'window':
      return { result: 'window_closed', problem };
    case 'halt':
      return { result: 'halt', problem };
    case 'final':
      return { result: 'rejected', problem };
  }
}

/** The request did not come through as a whole, or too early. */
const NOT_HEARD: readonly number[] = [408, 425];

/** A redirect, or a proxy that wants a login: without a word of Meta's it meets whatever is sent. */
const meetsAll = (httpStatus: number): boolean =>
  (httpStatus >= 300 && httpStatus < 400) || httpStatus === 401 || httpStatus === 407;

/** No word of Meta's: a proxy or a broken answer. Below 500 nothing was processed, unless it says that it was. */
function outcomeWithoutCode(httpStatus: number): SendOutcome {
  const message = `Meta answered HTTP ${httpStatus} without an id and without an error code.`;
  if (httpStatus === 429) return { result: 'retry', limit: 'rate', problem: { code: 'provider_refused', message } };
  if (httpStatus >= 500 || isSuccess(httpStatus))
    return { result: 'unknown', problem: { code: 'unknown_outcome', message } };
  const what = 'This is no answer of Meta’s own. Check the profile’s graph_url and what stands between.';
  const problem: Problem = { code: 'provider_refused', message: `${message} ${what}` };
  if (NOT_HEARD.includes(httpStatus)) return { result: 'retry', limit: 'none', problem };
  return { result: meetsAll(httpStatus) ? 'halt' : 'rejected', problem };
}

/** What passes by itself. A call is tried again then; what Meta had taken and then failed is not. */
const PASSING: readonly CodeClass[] = ['retry', 'rate', 'pair', 'unknown', 'later'];
const AGAIN_BY_HAND =
  'Meta had taken the message and gave it up; it passes, and nothing is repeated by itself. Send it again with POST /api/deliveries/<id>/retry.';

function problemOfCode(code: number, problemCode: string, what: string, details: string, advice: string): Problem {
  const said = details.replace(/[\s.]+$/, '');
  return {
    code: code === OPTED_OUT ? 'client_opted_out' : problemCode,
    message: `${what}${said && `: ${said}`}. ${advice}`,
    provider_code: code,
  };
}

/** Hidden first and cut then: half a token is no longer found. */
const shown = (details: unknown, hide: Hide): string =>
  typeof details === 'string' ? hide(details).slice(0, DETAILS_CHARACTERS) : '';
const asIs: Hide = (text) => text;
const isSuccess = (httpStatus: number): boolean => httpStatus >= 200 && httpStatus < 300;

/** Meta writes codes as numbers, now and then as text. */
function codeOf(value: unknown): number | undefined {
  const code = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(code) ? (code as number) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Meta and what stands before it also answer pages and nothing at all
  }
}

import type { Json } from '../contract/json.js';
import type { Problem } from '../contract/stub.js';
import type { SecretRedactor } from './secret-redactor.js';

/** What came back: the whole body, or that it is longer than asked for. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: { readonly [name: string]: string | string[] | undefined };
  readonly body: Uint8Array | 'too_long';
}

export interface CallPayload {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  /** Parsed where the callee says that it is JSON, else text; null where there is none or it cannot be kept. */
  readonly body: Json;
  readonly attempts: number;
}

/** Those that later steps may need. */
const KEPT_HEADERS: readonly string[] = [
  'content-type',
  'date',
  'etag',
  'last-modified',
  'location',
  'link',
  'retry-after',
  'x-request-id',
];
const MAX_HEADER = 500;
/** Lists and maps inside one another. */
const MAX_DEPTH = 50;

/** What an answer leaves on the stubpost, and what is wrong with it. Pure. */
export function callAnswer(
  { status, headers, body }: RawAnswer,
  redactor: SecretRedactor,
  { host, attempts, maxBytes }: { readonly host: string; readonly attempts: number; readonly maxBytes: number },
): { readonly payload: CallPayload; readonly problem?: Problem } {
  const payload = { status, headers: keptHeaders(headers, redactor), attempts };
  const read = contentOf(body, String(headers['content-type'] ?? ''), maxBytes);
  const content = 'unfit' in read ? null : redactor.value(read.content);
  const isGood = status >= 200 && status < 300;
  if (!isGood) {
    const redirect =
      status >= 300 && status < 400 ? ' A redirect is not followed: write the address that it names.' : '';
    const problem = { code: 'apicall_status', message: `${host} answered HTTP ${status}.${redirect}` };
    return { payload: { ...payload, body: content }, problem };
  }
  if (!('unfit' in read)) return { payload: { ...payload, body: content } };
  const problem = { code: 'apicall_answer_unfit', message: `${host} answered HTTP ${status}, and ${read.unfit}` };
  return { payload: { ...payload, body: null }, problem };
}

type Content = { readonly content: Json } | { readonly unfit: string };

function contentOf(body: RawAnswer['body'], contentType: string, maxBytes: number): Content {
  if (body === 'too_long')
    return {
      unfit: `its body is over ${maxBytes} bytes, the most that is taken. Ask for less, or raise max_answer_kb.`,
    };
  if (body.length === 0) return { content: null };
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return { unfit: 'its body is no text in UTF-8, so it cannot be kept.' };
  }
  if (!/[/+]json\b/i.test(contentType)) return { content: text };
  if (depthOf(text) > MAX_DEPTH) return { unfit: `its JSON is nested over ${MAX_DEPTH} deep.` };
  try {
    return { content: JSON.parse(text) as Json };
  } catch {
    return { unfit: 'its body is not the JSON that its content type says.' };
  }
}

/**
 * How deep brackets outside of strings are nested: told before parsing, for a parser would run out of stack. One look at
 * each letter, whatever the text: a pattern for strings would begin anew at every quote of a broken one.
 */
function depthOf(json: string): number {
  let [depth, deepest] = [0, 0];
  let isString = false;
  for (let at = 0; at < json.length; at += 1) {
    const sign = json[at]!;
    if (isString && sign === '\\') at += 1;
    else if (sign === '"') isString = !isString;
    else if (!isString && '[{'.includes(sign)) deepest = Math.max(deepest, ++depth);
    else if (!isString && ']}'.includes(sign)) depth -= 1;
  }
  return deepest;
}

function keptHeaders(headers: RawAnswer['headers'], redactor: SecretRedactor): CallPayload['headers'] {
  const kept = KEPT_HEADERS.flatMap((name) => {
    const value = headers[name];
    return value === undefined ? [] : [[name, redactor.text(String(value)).slice(0, MAX_HEADER)]];
  });
  return Object.fromEntries(kept);
}

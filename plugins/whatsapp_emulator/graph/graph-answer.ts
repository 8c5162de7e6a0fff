import type { BrokenBody } from '../fault/answering-faults.js';
import type { Struck } from '../fault/fault.js';
import { GraphError } from './graph-error.js';

/** How one Graph call is answered. */
export interface GraphAnswer {
  readonly status: number;
  /** JSON, or a text for an answer that is none. */
  readonly body: unknown;
  /** Of a text. Default: plain text. */
  readonly contentType?: string;
  /** A fault: the answer waits this long. */
  readonly delayMs?: number;
  /** A fault: the connection is destroyed in place of the answer. */
  readonly dropped?: true;
  /** The call is in the list already, by the commit that carried it out. */
  readonly logged?: true;
}

const HTML = 'text/html; charset=utf-8';
const BROKEN: { readonly [Body in BrokenBody]: Pick<GraphAnswer, 'body' | 'contentType'> } = {
  html: { body: '<html><body><h1>Sorry, something went wrong.</h1></body></html>', contentType: HTML },
  text: { body: 'upstream connect error or disconnect/reset before headers' },
  empty: { body: '' },
  cut_json: { body: '{"messaging_product":"whatsapp","contacts":[{"inp', contentType: 'application/json' },
};

const late = ({ latency }: Struck): Pick<GraphAnswer, 'delayMs'> => (latency ? { delayMs: latency.ms } : {});

export const refusal = (error: GraphError, struck: Struck = {}): GraphAnswer => ({
  status: error.status,
  body: error.body(),
  ...late(struck),
});

/** The answer of a call that a fault ends before anything is done, or undefined. */
export function endedByFault(struck: Struck): GraphAnswer | undefined {
  const { error_code, http_error, http_500, drop_request } = struck;
  if (error_code) {
    const { code, status, is_transient, subcode, details } = error_code;
    const form = { status, isTransient: is_transient, subcode };
    return refusal(new GraphError(code, details ?? 'A fault asked for this code.', form), struck);
  }
  if (http_error) return { status: http_error.status, ...BROKEN[http_error.body], ...late(struck) };
  if (http_500) return { status: 500, body: 'Internal Server Error', ...late(struck) };
  return drop_request && { status: 0, body: undefined, dropped: true, ...late(struck) };
}

/** What the caller gets of an answer: late, lost or broken where a fault says so. */
export function arriving(answer: GraphAnswer, struck: Struck): GraphAnswer {
  const { bad_answer, drop_answer } = struck;
  return {
    ...answer,
    ...late(struck),
    ...(bad_answer && { status: bad_answer.status, ...BROKEN[bad_answer.body] }),
    ...(drop_answer && { dropped: true as const }),
  };
}

/** The answer of a call that was carried out and noted by its own commit. */
export const carriedOut = (body: unknown, struck: Struck): GraphAnswer =>
  arriving({ status: 200, body, logged: true }, struck);

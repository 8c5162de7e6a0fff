import type { Struck } from '../fault/fault.js';
import { GraphError } from './graph-error.js';

/** How one Graph call is answered. */
export interface GraphAnswer {
  readonly status: number;
  /** JSON, or a text for an answer that is none. */
  readonly body: unknown;
  /** A fault: the answer waits this long. */
  readonly delayMs?: number;
  /** A fault: the connection is destroyed in place of the answer. */
  readonly dropped?: true;
  /** The call is in the list already, by the commit that carried it out. */
  readonly logged?: true;
}

export const refusal = (error: GraphError, struck: Struck = {}): GraphAnswer => ({
  status: error.status,
  body: error.body(),
  ...(struck.latency && { delayMs: struck.latency.ms }),
});

/** The answer of a call that a fault ends before anything is done, or undefined. */
export function endedByFault(struck: Struck): GraphAnswer | undefined {
  if (struck.error_code) return refusal(new GraphError(struck.error_code.code, 'A fault asked for this code.'), struck);
  if (!struck.http_500) return undefined;
  return { status: 500, body: 'Internal Server Error', ...(struck.latency && { delayMs: struck.latency.ms }) };
}

/** The answer of a call that was carried out and noted: late or lost where a fault says so. */
export const carriedOut = (body: unknown, struck: Struck): GraphAnswer => ({
  status: 200,
  body,
  logged: true,
  ...(struck.latency && { delayMs: struck.latency.ms }),
  ...(struck.drop_answer && { dropped: true as const }),
});

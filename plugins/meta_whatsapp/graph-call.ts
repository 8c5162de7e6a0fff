import type { JsonObject } from '../../core/index.js';
import type { GraphTarget } from './call-advice.js';
import type { Hide } from './hidden-words.js';
import { outcomeOf } from './send-outcome.js';

/** What a call of the Graph API came to. */
export type GraphAnswer =
  | { readonly ok: true; readonly status: number; readonly body: JsonObject }
  | GraphRefusal
  | GraphSilence;

/** It answered, and not as asked. `transient`: the same call may go through later. */
export interface GraphRefusal {
  readonly ok: false;
  readonly kind: 'refused';
  /** HTTP status; 0 where nothing was asked. */
  readonly status: number;
  /** Meta's own code. */
  readonly code?: number;
  readonly message: string;
  readonly transient: boolean;
  /** The token, the number or the account was refused, so every call of the profile would be. */
  readonly profileRefused?: true;
}

/** No answer, or a broken one. What was asked may have been done nevertheless. */
export interface GraphSilence {
  readonly ok: false;
  readonly kind: 'unreachable';
  readonly message: string;
}

/** Reads the answer of a call from HTTP status and text. It uses the same table of codes as sends. Pure. */
export function graphAnswerOf(status: number, text: string, hide: Hide, target: GraphTarget): GraphAnswer {
  const body = jsonObject(text);
  if (status >= 200 && status < 300 && body && !('error' in body)) return { ok: true, status, body };
  if (status >= 300 && status < 400) {
    const message = `Meta answered HTTP ${status}, a redirect. The access token is not taken elsewhere: correct the profile's graph_url.`;
    return { ok: false, kind: 'refused', status, message, transient: false, profileRefused: true };
  }
  const outcome = outcomeOf(status, text, hide, target);
  if (outcome.result === 'accepted') return { ok: true, status, body: body! };
  const { message, provider_code: code } = outcome.problem;
  const transient = status === 429 || ['retry', 'later', 'unknown'].includes(outcome.result);
  return {
    ok: false,
    kind: 'refused',
    status,
    ...(code !== undefined && { code }),
    message,
    transient,
    ...(outcome.result === 'halt' && { profileRefused: true }),
  };
}

/** The text of a body of at most `maxBytes`; `undefined` if it is longer. */
export async function textWithin(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes) return undefined; // leaving the loop ends the connection
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function jsonObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined; // what stands before Meta also answers pages
  }
}

import type { JsonObject } from '../../../core/index.js';
import type { Conversation } from './conversation.js';

/** Payloads of the interaction request's own buttons, set when it is sent. */
export const ALLOW = 'stubwire.interaction_request.allow';
export const REJECT = 'stubwire.interaction_request.reject';

/** What a message says about consent, if it is a tap on a request's own button. */
export function consentOf(message: JsonObject): 'allow' | 'reject' | undefined {
  if (message['type'] !== 'button') return undefined;
  const { payload } = (message['button'] ?? {}) as JsonObject;
  if (payload === ALLOW) return 'allow';
  return payload === REJECT ? 'reject' : undefined;
}

/** A rejection outranks the window that its own tap opened, until the client writes or it is time to ask again. */
export const rejectionInForce = ({ rejectedAtMs }: Conversation, askAgainMs: number, nowMs: number): boolean =>
  rejectedAtMs !== undefined && nowMs < rejectedAtMs + askAgainMs;

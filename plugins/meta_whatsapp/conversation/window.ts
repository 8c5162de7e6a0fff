import type { JsonObject } from '../../../core/index.js';
import { secondsIn, textIn } from '../webhook-json.js';
import type { Conversation } from './conversation.js';

const WINDOW_MS = 24 * 3_600_000;
const OPENS_NO_WINDOW = new Set(['system', 'revoke']);

export const windowOpen = ({ windowUntilMs }: Conversation, nowMs: number): boolean => nowMs < windowUntilMs;

/** The conversation after a client's message: Meta's window runs 24 h from the message's own time, never from the future; one without a time was sent now. */
export function openedBy(conversation: Conversation, message: JsonObject, nowMs: number): Conversation {
  if (OPENS_NO_WINDOW.has(textIn(message['type']) ?? '')) return conversation;
  const untilMs = Math.min(secondsIn(message['timestamp']) ?? nowMs, nowMs) + WINDOW_MS;
  return untilMs > conversation.windowUntilMs ? { ...conversation, windowUntilMs: untilMs } : conversation;
}

import type { JsonObject } from '../../../core/index.js';
import { secondsIn } from '../webhook-json.js';
import type { Conversation } from './conversation.js';

/** Meta repeats a webhook for 7 days, and the marks of messages that came are kept for 8. */
const OLDEST_MS = 8 * 86_400_000;

/** When the messages of a client were sent, as Meta says. */
export interface Heard {
  readonly firstSentAtMs: number;
  readonly newestSentAtMs: number;
  /** When the newest one was stored here. */
  readonly storedAtMs: number;
}

/**
 * Whether a message repeats one that was taken so long ago that no mark of it is left: it was sent after the first message
 * of this client that is known here, and more than 8 days ago, when Meta would send it no more. The 8 days are measured on
 * Meta's clock, as far as it is known from the newest message, for ours may be wrong. Pure.
 */
export function isReplay({ heard }: Conversation, message: JsonObject, storedAtMs: number): boolean {
  const sentAtMs = secondsIn(message['timestamp']);
  if (heard === undefined || sentAtMs === undefined) return false;
  return sentAtMs >= heard.firstSentAtMs && sentAtMs < metaNow(heard, storedAtMs) - OLDEST_MS;
}

/** The conversation after this message. Pure. */
export function withHeard(conversation: Conversation, message: JsonObject, storedAtMs: number): Conversation {
  const given = secondsIn(message['timestamp']);
  if (given === undefined) return conversation;
  const sentAtMs = Math.min(given, storedAtMs); // a time in the future would make replays of all that follow
  const { heard } = conversation;
  const now: Heard = { firstSentAtMs: sentAtMs, newestSentAtMs: sentAtMs, storedAtMs };
  // Sent further ahead than time has passed: one of the clocks was wrong before, and what it told says nothing now.
  if (heard === undefined || sentAtMs > metaNow(heard, storedAtMs) + OLDEST_MS) return { ...conversation, heard: now };
  // From long before the first one: no repeat of anything, and no sign of when the client became known.
  if (sentAtMs < heard.firstSentAtMs - OLDEST_MS) return conversation;
  return { ...conversation, heard: heardOf(heard, now)! };
}

/** What is known of two conversations of one person. Pure. */
export function heardOf(one: Heard | undefined, other: Heard | undefined): Heard | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const atMs = Math.max(one.storedAtMs, other.storedAtMs);
  const newest = metaNow(one, atMs) >= metaNow(other, atMs) ? one : other;
  return { ...newest, firstSentAtMs: Math.min(one.firstSentAtMs, other.firstSentAtMs) };
}

/** What Meta's clock shows at least. */
const metaNow = ({ newestSentAtMs, storedAtMs }: Heard, atMs: number): number =>
  newestSentAtMs + Math.max(0, atMs - storedAtMs);

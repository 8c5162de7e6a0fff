import type { JsonObject } from '../../../core/index.js';
import { secondsIn } from '../webhook-json.js';
import type { Conversation } from './conversation.js';

/** Meta repeats a webhook for 7 days, and the marks of handled messages are kept for 8. */
const OLDEST_MS = 8 * 86_400_000;

/** When the messages of a client were sent, by Meta's timestamps. */
export interface Heard {
  readonly firstSentAtMs: number;
  readonly newestSentAtMs: number;
  /** When the newest one was stored here. */
  readonly storedAtMs: number;
}

/**
 * Whether a message is a repeat whose mark has expired: it was sent after the first known message of this client, and more than
 * 8 days ago, when Meta no longer repeats it. The 8 days are measured by Meta's clock, estimated from the newest message, because
 * our clock may be wrong. Pure.
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
  const sentAtMs = Math.min(given, storedAtMs); // a time in the future would turn all later messages into replays
  const { heard } = conversation;
  const now: Heard = { firstSentAtMs: sentAtMs, newestSentAtMs: sentAtMs, storedAtMs };
  // The jump is longer than the time that has passed: a clock was wrong before, so the old times are useless.
  if (heard === undefined || sentAtMs > metaNow(heard, storedAtMs) + OLDEST_MS) return { ...conversation, heard: now };
  // Long before the first message: not a repeat, and it does not tell when the client became known.
  if (sentAtMs < heard.firstSentAtMs - OLDEST_MS) return conversation;
  return { ...conversation, heard: heardOf(heard, now)! };
}

/** Merges the times of two conversations of one person. Pure. */
export function heardOf(one: Heard | undefined, other: Heard | undefined): Heard | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const atMs = Math.max(one.storedAtMs, other.storedAtMs);
  const newest = metaNow(one, atMs) >= metaNow(other, atMs) ? one : other;
  return { ...newest, firstSentAtMs: Math.min(one.firstSentAtMs, other.firstSentAtMs) };
}

/** The earliest time that Meta's clock can show now. */
const metaNow = ({ newestSentAtMs, storedAtMs }: Heard, atMs: number): number =>
  newestSentAtMs + Math.max(0, atMs - storedAtMs);

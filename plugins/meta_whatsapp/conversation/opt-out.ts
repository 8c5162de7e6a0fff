import type { Problem } from '../../../core/index.js';
import type { Conversation, OptOut } from './conversation.js';

/** Words of a profile, as it lists them. */
export interface ConsentWords {
  readonly stop_words: readonly string[];
  readonly start_words: readonly string[];
}

const plain = (text: string): string => text.trim().toLocaleLowerCase();

/** What a text of the client's says about writing to them at all, if the whole of it is one of the profile's words. */
export function wordOf(text: string, { stop_words, start_words }: ConsentWords): 'stop' | 'start' | undefined {
  const said = plain(text);
  if (stop_words.some((word) => plain(word) === said)) return 'stop';
  return start_words.some((word) => plain(word) === said) ? 'start' : undefined;
}

/** The client wants no more. Marketing alone takes nothing back from a stop of everything. */
export function optedOut(conversation: Conversation, optOut: OptOut): Conversation {
  const { optedOut: before, optedInAtMs } = conversation;
  if (optOut.atMs < optedInAtMs) return conversation; // older than what they said since
  if (before && before.scope === optOut.scope && before.atMs > optOut.atMs) return conversation;
  if (before?.scope === 'all' && optOut.scope === 'marketing') return conversation;
  return { ...conversation, optedOut: optOut };
}

/** The client wants to hear from us again. */
export function optedIn(conversation: Conversation, atMs: number): Conversation {
  const { optedOut: before, ...rest } = conversation;
  if (before && before.atMs > atMs) return conversation;
  return { ...rest, optedInAtMs: Math.max(atMs, conversation.optedInAtMs) };
}

/** Consent by the request's own button takes a stop word back. What was set in WhatsApp itself is taken back there. */
export const allowed = (conversation: Conversation, atMs: number): Conversation =>
  conversation.optedOut?.by === 'word' ? optedIn(conversation, atMs) : conversation;

/** Why a message may not go to this client, if it may not. `category`: of its WhatsApp template, where it is one and known. */
export function refusalOf({ optedOut: out }: Conversation, category: string | undefined): Problem | undefined {
  if (!out) return undefined;
  if (out.scope === 'marketing' && category?.toUpperCase() !== 'MARKETING') return undefined;
  const how = out.by === 'word' ? 'The client wrote a stop word' : 'The client stopped marketing messages in WhatsApp';
  const message = `${how} on ${new Date(out.atMs).toISOString()}. Nothing is sent until they resume, write a start word of the profile, or an operator lifts the opt-out (POST …/lift-opt-out).`;
  return { code: 'client_opted_out', message };
}

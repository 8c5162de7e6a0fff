import { encodeSegment, type JsonObject, type Mechanism } from '../../../core/index.js';
import type { Conversation } from '../conversation/conversation.js';

/** What the rules look at: one message of a client, and what is known when it was stored. */
export interface RoutingInput {
  readonly profile: string;
  readonly conversation: Conversation;
  /** Text, caption, button title, or a short description. */
  readonly text: string;
  readonly isText: boolean;
  /** A reaction, an edit, a deletion, a note of Meta's: goes to the stub of its message or the open stubsession, or is recorded only. */
  readonly isAside: boolean;
  /** When the message was stored: sessions are judged by this. */
  readonly storedAtMs: number;
  /** When it was taken in; later than that only where it waited for a file. A nextreply set since then did not wait for it. */
  readonly takenAtMs: number;
  /** The client as it stands in event paths: the number, or the user id with its dot encoded. */
  readonly from: string;
  /** Listed commands of the profile, when they are enabled. */
  readonly commands: readonly string[];
  /** `specificreply_uuid` of the message that this one quotes or taps. */
  readonly specificReplyUuid?: string;
  /** The message that an aside is about, and the stub it belongs to, where that is known. */
  readonly referred?: { readonly stubref?: string };
  /** Of the stubs that could get it, those that do not exist. */
  readonly unknownStubs: ReadonlySet<string>;
}

/** Where a message goes. */
export interface Routed {
  readonly event?: { readonly paths: readonly string[]; readonly mechanism: Mechanism; readonly data?: JsonObject };
  /** The stub that gets it through a feedback action; the default one where none is named. */
  readonly stub?: { readonly stubref: string; readonly feedbackAction?: string };
  readonly usesUpNextreply?: true;
}

/** One rule: where the message goes, or a sentence that says why the rule does not apply. Pure. */
export interface RoutingRule {
  readonly name: string;
  apply(input: RoutingInput): Routed | string;
}

export const incomingPath = (profile: string, ...segments: readonly string[]): string =>
  ['stubber', 'systems', 'notifications', 'whatsapp', 'incoming', encodeSegment(profile), ...segments].join('.');

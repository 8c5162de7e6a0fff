import type { JsonObject } from '../../../core/index.js';
import type { SessionChanges } from '../settings.js';
import type { Heard } from './message-age.js';
import type { WaitingMessage } from './waiting-messages.js';

/** A message that waits for the client's consent. */
export interface StashedMessage {
  readonly delivery: string;
  /** Order of acceptance: ms on the one clock, or one more than the message before. So those of two conversations can be joined. */
  readonly seq: number;
  readonly round: number;
  /** The address it was accepted for: a number or a user id. */
  readonly to?: string;
  readonly stubref?: string;
  readonly changes?: SessionChanges;
}

/** Which stub gets the client's next messages (`session`) or the next one only (`nextreply`). */
export interface Hold {
  readonly stubref: string;
  readonly untilMs: number;
  readonly feedbackAction: string;
}

/** An interaction request that the client has not answered. */
export interface PendingRequest {
  readonly delivery: string;
  readonly askedAtMs: number;
  readonly untilMs: number;
}

/** The client wants no more: of anything (`all`, a stop word), or of marketing (Meta's own setting). */
export interface OptOut {
  readonly scope: 'all' | 'marketing';
  readonly by: 'word' | 'meta';
  readonly atMs: number;
}

/** A letter that waits until it is known whose conversation this is. */
export interface HeldLetter {
  readonly id: string;
  readonly atMs: number;
  readonly body: unknown;
}

/** What is known of one profile and one client. All of it is judged by the product's clock. */
export interface Conversation {
  readonly name: string;
  readonly number?: string;
  readonly userId?: string;
  /** When Meta last showed this number and this user id together, by the time of the message. */
  readonly provenAtMs?: number;
  /** Since when this is the conversation of another person than before; what was accepted earlier is not theirs. */
  readonly bornAtMs?: number;
  /** Other numbers and user ids that proved to be this person. */
  readonly aliases: readonly string[];
  /** The user id whose conversation is being fetched; until it is here letters are held. */
  readonly awaiting?: string;
  readonly held: readonly HeldLetter[];
  /** Meta's customer service window: open before this time. 0: never was. */
  readonly windowUntilMs: number;
  /** The interaction requests that are pending: one, or those of conversations that proved to be one. */
  readonly requests: readonly PendingRequest[];
  /** The client rejected; in force until they write, or it is time to ask again. */
  readonly rejectedAtMs?: number;
  /** When the client last said yes or no, in words or by a tap. */
  readonly answeredAtMs: number;
  readonly optedOut?: OptOut;
  readonly optedInAtMs: number;
  readonly stash: readonly StashedMessage[];
  /** Consent came; the flush job is on its way, and what comes meanwhile joins the stash behind it. */
  readonly releasing: boolean;
  /** Place of the newest accepted message; a change of session by an earlier one never undoes a later one's. */
  readonly seq: number;
  readonly session?: Hold;
  readonly sessionSeq: number;
  /** When the session was last set or ended. */
  readonly sessionSetAtMs: number;
  readonly nextreply?: Hold;
  readonly nextreplySeq: number;
  readonly nextreplySetAtMs: number;
  /** When the client's messages were sent; used to recognise replays. */
  readonly heard?: Heard;
  /** Messages that wait for a file, oldest first. */
  readonly waiting: readonly WaitingMessage[];
  /** What was routed to a stub in the turn of this time, for its index can be read only after the commit. */
  readonly routedNow?: { readonly atMs: number; readonly messages: readonly RoutedMessage[] };
}

/** Meta's id of a client's message, and the stub that got it. */
export interface RoutedMessage {
  readonly id: string;
  readonly stubref: string;
}

/** The client is known under another address now; letters go on to it. */
export interface Moved {
  readonly movedTo: string;
  /** Time of the message or note that showed it: what is older says nothing against it. */
  readonly sinceMs: number;
  /** At a user id: what else this person was called, newest first. */
  readonly ids: readonly string[];
}

/** What stands at one address. */
export type ConversationState = Conversation | Moved;
export const isMoved = (state: ConversationState): state is Moved => 'movedTo' in state;

export const NEW_CONVERSATION: Conversation = {
  name: '',
  aliases: [],
  held: [],
  windowUntilMs: 0,
  requests: [],
  answeredAtMs: 0,
  optedInAtMs: 0,
  stash: [],
  releasing: false,
  seq: 0,
  sessionSeq: 0,
  sessionSetAtMs: 0,
  nextreplySeq: 0,
  nextreplySetAtMs: 0,
  waiting: [],
};

export const DEFAULT_FEEDBACK_ACTION = '_update_from_whatsapp';

/** The place of what is accepted now: after all before it, and by time against other conversations. */
export const nextSeq = ({ seq }: Conversation, nowMs: number): number => Math.max(seq + 1, nowMs);

/** What a lane gives back with its reports: all that the conversation needs to know of the message again. */
export const ticketOf = ({ delivery: _, ...ticket }: StashedMessage, userId?: string): JsonObject =>
  ({ ...ticket, ...(userId !== undefined && { person: userId }) }) as unknown as JsonObject;
export const messageOfTicket = (delivery: string, ticket: JsonObject | undefined): StashedMessage => {
  const { person: _, ...message } = ticket ?? {};
  return { seq: 0, round: 1, ...message, delivery };
};
/** Whose message it was when the lane got it, if that was known. */
export const personOfTicket = (ticket: JsonObject | undefined): string | undefined =>
  typeof ticket?.['person'] === 'string' ? ticket['person'] : undefined;

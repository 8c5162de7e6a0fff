import type { JsonObject } from '../../../core/index.js';
import type { SessionChanges } from '../settings.js';

/** A message that waits for the client's consent. */
export interface StashedMessage {
  readonly delivery: string;
  /** Order of acceptance in this conversation. */
  readonly seq: number;
  readonly round: number;
  readonly stubref?: string;
  readonly changes?: SessionChanges;
}

/** Which stub gets the client's next messages (`session`) or the next one only (`nextreply`). */
export interface Hold {
  readonly stubref: string;
  readonly untilMs: number;
  readonly feedbackAction: string;
}

/** What is known of one profile and one client. All of it is judged by the product's clock. */
export interface Conversation {
  readonly name: string;
  readonly number?: string;
  readonly userId?: string;
  /** Meta's customer service window: open before this time. 0: never was. */
  readonly windowUntilMs: number;
  /** The interaction request that is pending. */
  readonly request?: { readonly delivery: string; readonly askedAtMs: number; readonly untilMs: number };
  /** The client rejected; in force until they write, or it is time to ask again. */
  readonly rejectedAtMs?: number;
  readonly stash: readonly StashedMessage[];
  /** Consent came; the flush job is on its way, and what comes meanwhile joins the stash behind it. */
  readonly releasing: boolean;
  /** Counts accepted messages; a change of session by an earlier one never undoes a later one's. */
  readonly seq: number;
  readonly session?: Hold;
  readonly sessionSeq: number;
  readonly nextreply?: Hold;
  readonly nextreplySeq: number;
}

export const NEW_CONVERSATION: Conversation = {
  name: '',
  windowUntilMs: 0,
  stash: [],
  releasing: false,
  seq: 0,
  sessionSeq: 0,
  nextreplySeq: 0,
};

export const DEFAULT_FEEDBACK_ACTION = '_update_from_whatsapp';

/** What a lane gives back with its reports: all that the conversation needs to know of the message again. */
export const ticketOf = ({ delivery: _, ...ticket }: StashedMessage): JsonObject => ticket as unknown as JsonObject;
export const messageOfTicket = (delivery: string, ticket: JsonObject | undefined): StashedMessage => ({
  seq: 0,
  round: 1,
  ...ticket,
  delivery,
});

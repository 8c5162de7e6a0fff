import {
  deliveryWrites,
  type Keys,
  type LaneLetter,
  type Org,
  type Problem,
  type Timer,
  type Turn,
  type Write,
} from '../../core/index.js';
import type { Conversation, PendingRequest } from './conversation/conversation.js';
import { partsOf } from './conversation/conversation-id.js';
import type { ConversationDecision } from './conversation/decisions.js';
import { interactionRequest } from './interaction-request.js';
import { sendQueueOf, type WhatsAppConfig } from './profile.js';

const HOUR_MS = 3_600_000;

/** Interaction requests: asked once while one is pending, and what becomes of one that is not answered. */
export class ConversationRequests {
  constructor(
    private readonly config: WhatsAppConfig,
    private readonly keys: Keys,
    private readonly org: Org,
  ) {}

  ask({ id, nowMs }: Turn<Conversation>, state: Conversation, writes: readonly Write[]): ConversationDecision {
    const { name, profile, client } = partsOf(this.config, id);
    const delivery = interactionRequest(id, state.seq, this.org.name, name, profile, client, nowMs);
    const untilMs = nowMs + profile.interaction_request.stash_hours * HOUR_MS;
    const request: PendingRequest = { delivery: delivery.id, askedAtMs: nowMs, untilMs };
    const letter: LaneLetter = {
      type: 'deliver',
      delivery: delivery.id,
      owner: { kind: 'conversation', id },
      announce: 'ended',
    };
    return {
      state: { ...state, requests: [...state.requests, request] },
      writes: [
        ...writes,
        ...deliveryWrites(this.keys, delivery, { status: 'queued', at: new Date(nowMs).toISOString() }),
      ],
      tells: [{ to: { kind: sendQueueOf(name), id: client }, id: delivery.id, body: letter }],
      timers: [this.expiryTimer(id, request)],
    };
  }

  expiryTimer(id: string, { delivery, untilMs }: PendingRequest): Timer {
    const expiry = `${id}:${delivery}:expired`;
    const body = { type: 'stash_expired', request: delivery };
    return {
      queue: 'stash-flush',
      id: expiry,
      atMs: untilMs,
      tell: { to: { kind: 'conversation', id }, id: expiry, body },
    };
  }

  /** Without a request that came to nothing. `problem`: why the stash fails, where no other request is pending. */
  without(
    state: Conversation,
    delivery: string,
    problem: Problem,
  ): { readonly state: Conversation; readonly problem?: Problem } {
    const requests = state.requests.filter((request) => request.delivery !== delivery);
    if (requests.length === state.requests.length) return { state }; // answered, or of another time
    return { state: { ...state, requests }, ...(requests.length === 0 && { problem }) };
  }
}

export const EXPIRED: Problem = {
  code: 'interaction_request_expired',
  message: 'The client did not answer the interaction request in time. The next message asks again.',
};

export const requestFailedProblem = ({ message, provider_code }: Problem): Problem => ({
  code: 'interaction_request_failed',
  message: `The interaction request could not be sent, so what waited for its answer was not sent either: ${message}`,
  ...(provider_code !== undefined && { provider_code }),
});

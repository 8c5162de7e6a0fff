import {
  deliveryWrites,
  type Keys,
  type LaneLetter,
  type Org,
  type Problem,
  stepWrites,
  type Timer,
  type Turn,
  type Write,
} from '../../core/index.js';
import type { WhatsAppTemplates } from './catalogue/whatsapp-templates.js';
import type { Conversation, PendingRequest } from './conversation/conversation.js';
import { partsOf } from './conversation/conversation-id.js';
import type { ConversationDecision } from './conversation/decisions.js';
import { interactionRequest } from './interaction-request.js';
import { chooseTemplate } from './messages/template-language.js';
import { sendQueueOf, type WhatsAppConfig } from './profile.js';

const HOUR_MS = 3_600_000;

/** Interaction requests: asked once while one is pending, and what becomes of one that is not answered. */
export class ConversationRequests {
  constructor(
    private readonly config: WhatsAppConfig,
    private readonly keys: Keys,
    private readonly org: Org,
    private readonly templates: WhatsAppTemplates,
  ) {}

  /** Where the account is known to have no WhatsApp template to ask with, what waits fails at once. */
  ask({ id, nowMs }: Turn<Conversation>, state: Conversation, writes: readonly Write[]): ConversationDecision {
    const { name, profile, client } = partsOf(this.config, id);
    const template = chooseTemplate(profile.interaction_request.template, undefined, {
      language: profile.language,
      whatsappTemplate: (template, language) => this.templates.lookup(name, template, language),
    });
    if (!template.ok) {
      const dropped = withoutStash(this.keys, state, requestFailedProblem(withAdvice(template.problem)), nowMs);
      return { state: dropped.state, writes: [...writes, ...dropped.writes] };
    }
    const delivery = interactionRequest(id, state.seq, this.org.name, name, template, client, nowMs);
    const note = template.warning !== undefined && { note: template.warning };
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
        ...deliveryWrites(this.keys, delivery, { status: 'queued', at: new Date(nowMs).toISOString(), ...note }),
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

const withAdvice = (problem: Problem): Problem => ({
  ...problem,
  message: `${problem.message} \`npx stubwire doctor\` says what to create.`,
});

/** The whole stash fails with one reason, and no request is pending any more. */
export function withoutStash(
  keys: Keys,
  state: Conversation,
  error: Problem,
  nowMs: number,
): { state: Conversation; writes: Write[] } {
  const step = { status: 'failed', at: new Date(nowMs).toISOString(), error } as const;
  return {
    state: { ...state, requests: [], stash: [], releasing: false },
    writes: state.stash.flatMap(({ delivery }) => stepWrites(keys, delivery, step)),
  };
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

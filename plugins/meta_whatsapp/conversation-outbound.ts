import {
  type Decision,
  deliveryWrites,
  type JsonObject,
  type Keys,
  type LaneLetter,
  type Org,
  type Problem,
  type StubStore,
  stepWrite,
  type Tell,
  type Timer,
  type Turn,
  type Write,
} from '../../core/index.js';
import { type Conversation, messageOfTicket, type StashedMessage, ticketOf } from './conversation/conversation.js';
import { acceptOutgoing, type Outgoing, type StashLimits, takeBack } from './conversation/outgoing.js';
import { hold, leftWith } from './conversation/stubsession.js';
import { interactionRequest } from './interaction-request.js';
import { type Profile, sendQueueOf, type WhatsAppConfig } from './profile.js';
import type { SessionChanges } from './settings.js';

export interface DeliverLetter {
  readonly type: 'deliver';
  readonly delivery: string;
  readonly needs_no_window: boolean;
  readonly stubsession?: SessionChanges;
  readonly origin?: { readonly stubref: string };
}

/** What an operator does to a conversation by hand. */
export type OperatorLetter = { readonly type: 'operator' } & (
  | { readonly verb: 'set_session'; readonly stubref: string; readonly hours: number; readonly feedbackAction: string }
  | { readonly verb: 'end_session' | 'release_stash' | 'drop_stash' | 'lift_rejection' }
);

type ConversationTurn = Turn<Conversation>;
type ConversationDecision = Decision<Conversation>;

const HOUR_MS = 3_600_000;

/** The conversation's side of sending: to the lane, into the stash, or refused; the interaction request; the flush. */
export class ConversationOutbound {
  constructor(
    private readonly config: WhatsAppConfig,
    private readonly keys: Keys,
    private readonly org: Org,
    private readonly stubs: StubStore,
  ) {}

  async deliver(
    turn: ConversationTurn,
    { delivery, needs_no_window, stubsession, origin }: DeliverLetter,
  ): Promise<ConversationDecision> {
    const target = stubsession?.set_stubsession_stubref;
    if (target && !(await this.stubs.exists(target))) {
      const message = `stubsession.set_stubsession_stubref names the stub "${target}", which does not exist. Nothing was sent.`;
      return { state: turn.state, writes: [this.failed(delivery, { code: 'unknown_stubref', message }, turn.nowMs)] };
    }
    const outgoing = {
      delivery,
      needsNoWindow: needs_no_window,
      ...(origin && { stubref: origin.stubref }),
      ...(stubsession && { changes: stubsession }),
    };
    return this.settle(turn, delivery, acceptOutgoing(turn.state, outgoing, this.limits(turn.id), turn.nowMs));
  }

  windowClosed(turn: ConversationTurn, delivery: string, ticket: JsonObject | undefined): ConversationDecision {
    return this.settle(
      turn,
      delivery,
      takeBack(turn.state, messageOfTicket(delivery, ticket), this.limits(turn.id), turn.nowMs),
    );
  }

  /** The lane starts to send it: its session changes take effect and their clock starts. */
  leaving(turn: ConversationTurn, delivery: string, ticket: JsonObject | undefined): ConversationDecision {
    const state = leftWith(turn.state, messageOfTicket(delivery, ticket), turn.nowMs);
    const ends = [
      state.session !== turn.state.session && state.session,
      state.nextreply !== turn.state.nextreply && state.nextreply,
    ];
    return {
      state,
      timers: ends.flatMap((held, at) => (held ? [this.sessionTimer(turn.id, held.untilMs, `${delivery}:${at}`)] : [])),
    };
  }

  /** Consent: the stash is flushed by a queue job of its own; what comes until then joins it. */
  release(id: string, state: Conversation, nowMs: number): { state: Conversation; timers: Timer[] } {
    const { request: _, ...rest } = state;
    if (state.releasing || state.stash.length === 0) return { state: rest, timers: [] };
    const flush = `${id}:flush:${state.stash[0]!.delivery}:${state.stash[0]!.round}`;
    const tell: Tell = { to: { kind: 'conversation', id }, id: flush, body: { type: 'flush' } };
    return { state: { ...rest, releasing: true }, timers: [{ queue: 'stash-flush', id: flush, atMs: nowMs, tell }] };
  }

  flush({ id, state }: ConversationTurn): ConversationDecision {
    if (!state.releasing) return { state }; // rejected or failed in between
    return {
      state: { ...state, stash: [], releasing: false },
      tells: state.stash.map((message) => this.toLane(id, message)),
    };
  }

  /** The whole stash fails with one reason, and no request is pending any more. */
  drop(state: Conversation, problem: Problem, nowMs: number): { state: Conversation; writes: Write[] } {
    const { request: _, ...rest } = state;
    return {
      state: { ...rest, stash: [], releasing: false },
      writes: state.stash.map(({ delivery }) => this.failed(delivery, problem, nowMs)),
    };
  }

  requestFailed(
    { state, nowMs }: ConversationTurn,
    delivery: string,
    { message, provider_code }: Problem,
  ): ConversationDecision {
    if (state.request?.delivery !== delivery) return { state };
    const text = `The interaction request could not be sent, so what waited for its answer was not sent either: ${message}`;
    return this.drop(
      state,
      { code: 'interaction_request_failed', message: text, ...(provider_code !== undefined && { provider_code }) },
      nowMs,
    );
  }

  stashExpired({ state, nowMs }: ConversationTurn, request: string): ConversationDecision {
    if (state.request?.delivery !== request) return { state };
    return this.drop(
      state,
      {
        code: 'interaction_request_expired',
        message: 'The client did not answer the interaction request in time. The next message asks again.',
      },
      nowMs,
    );
  }

  operator({ id, state, nowMs }: ConversationTurn, letterId: string, letter: OperatorLetter): ConversationDecision {
    const { session: _session, rejectedAtMs: _rejected, ...rest } = state;
    const seq = state.seq + 1;
    switch (letter.verb) {
      case 'set_session': {
        const session = hold(letter.stubref, nowMs + letter.hours * HOUR_MS, letter.feedbackAction);
        return {
          state: { ...state, seq, session, sessionSeq: seq },
          timers: [this.sessionTimer(id, session.untilMs, letterId)],
        };
      }
      case 'end_session':
        return {
          state: { ...rest, ...(_rejected !== undefined && { rejectedAtMs: _rejected }), seq, sessionSeq: seq },
        };
      case 'release_stash':
        return this.release(id, state, nowMs);
      case 'drop_stash':
        return this.drop(
          state,
          { code: 'stash_dropped', message: 'An operator dropped what waited for the client’s consent.' },
          nowMs,
        );
      case 'lift_rejection':
        return { state: { ...rest, ...(_session && { session: _session }) } };
    }
  }

  sessionTimer(id: string, atMs: number, name: string): Timer {
    const timer = `${id}:session-expired:${name}`;
    return {
      queue: 'session-expiry',
      id: timer,
      atMs,
      tell: { to: { kind: 'conversation', id }, id: timer, body: { type: 'session_expired' } },
    };
  }

  askAgainMs(id: string): number {
    return this.limits(id).askAgainMs;
  }

  private settle(turn: ConversationTurn, delivery: string, outgoing: Outgoing): ConversationDecision {
    const state = outgoing.conversation;
    const seen: Write = ['ZADD', this.keys.conversations(), turn.nowMs, turn.id];
    switch (outgoing.to) {
      case 'lane':
        return { state, writes: [seen], tells: [this.toLane(turn.id, outgoing.message)] };
      case 'nobody':
        return { state, writes: [seen, this.failed(delivery, outgoing.problem, turn.nowMs)] };
      case 'stash': {
        const stashed = this.stashed(delivery, state, turn.nowMs);
        if (!outgoing.ask) return { state, writes: [seen, stashed] };
        return this.ask(turn, state, [seen, stashed]);
      }
    }
  }

  private ask({ id, nowMs }: ConversationTurn, state: Conversation, writes: Write[]): ConversationDecision {
    const { name, profile } = this.profile(id);
    const client = id.slice(name.length + 1);
    const request = interactionRequest(id, state.seq, this.org.name, name, profile, client, nowMs);
    const untilMs = nowMs + profile.interaction_request.stash_hours * HOUR_MS;
    const expiry = `${request.id}:expired`;
    const letter: LaneLetter = {
      type: 'deliver',
      delivery: request.id,
      owner: { kind: 'conversation', id },
      announce: 'ended',
    };
    return {
      state: { ...state, request: { delivery: request.id, askedAtMs: nowMs, untilMs } },
      writes: [
        ...writes,
        ...deliveryWrites(this.keys, request, { status: 'queued', at: new Date(nowMs).toISOString() }),
      ],
      tells: [{ to: { kind: sendQueueOf(name), id: client }, id: request.id, body: letter }],
      timers: [
        {
          queue: 'stash-flush',
          id: expiry,
          atMs: untilMs,
          tell: { to: { kind: 'conversation', id }, id: expiry, body: { type: 'stash_expired', request: request.id } },
        },
      ],
    };
  }

  private toLane(id: string, message: StashedMessage): Tell {
    const { name } = this.profile(id);
    const { delivery, round, changes } = message;
    const announce = changes && { announce: 'leaving' as const };
    const body: LaneLetter = {
      type: 'deliver',
      delivery,
      round,
      owner: { kind: 'conversation', id },
      ticket: ticketOf(message),
      ...announce,
    };
    return { to: { kind: sendQueueOf(name), id: id.slice(name.length + 1) }, id: `${delivery}:${round}`, body };
  }

  private failed(delivery: string, error: Problem, nowMs: number): Write {
    return stepWrite(this.keys, delivery, { status: 'failed', at: new Date(nowMs).toISOString(), error });
  }

  /** Noted once for each time that it goes into the stash. */
  private stashed(delivery: string, { stash }: Conversation, nowMs: number): Write {
    const round = stash.find((message) => message.delivery === delivery)?.round ?? 1;
    return stepWrite(this.keys, delivery, { status: 'stashed', at: new Date(nowMs).toISOString() }, `#${round}`);
  }

  private limits(id: string): StashLimits {
    const { stash_limit, stash_hours, ask_again_after_hours } = this.profile(id).profile.interaction_request;
    return { messages: stash_limit, keepMs: stash_hours * HOUR_MS, askAgainMs: ask_again_after_hours * HOUR_MS };
  }

  private profile(id: string): { readonly name: string; readonly profile: Profile } {
    const name = id.slice(0, id.indexOf(':'));
    const profile = this.config.profiles[name];
    if (!profile)
      throw new Error(
        `A conversation is of the profile "${name}", which is not configured. Profiles: ${Object.keys(this.config.profiles).join(', ')}.`,
      );
    return { name, profile };
  }
}

import {
  type JsonObject,
  type Keys,
  type LaneLetter,
  type LaneReport,
  type Problem,
  type StubStore,
  stepWrites,
  type Tell,
  type Timer,
  type Turn,
  type Write,
} from '../../core/index.js';
import type { TemplateCategories } from './catalogue/template-categories.js';
import { type Conversation, messageOfTicket, type StashedMessage, ticketOf } from './conversation/conversation.js';
import { partsOf } from './conversation/conversation-id.js';
import type { ConversationDecision } from './conversation/decisions.js';
import { acceptOutgoing, type Outgoing, type StashLimits, takeBack } from './conversation/outgoing.js';
import { leftWith } from './conversation/stubsession.js';
import { type ConversationRequests, withoutStash } from './conversation-requests.js';
import { sendQueueOf, type WhatsAppConfig } from './profile.js';
import type { SessionChanges } from './settings.js';

export interface DeliverLetter {
  readonly type: 'deliver';
  readonly delivery: string;
  readonly needs_no_window: boolean;
  readonly stubsession?: SessionChanges;
  readonly origin?: { readonly stubref: string };
  /** Which time it sets out; absent the first time. */
  readonly round?: number;
}

type ConversationTurn = Turn<Conversation>;

const HOUR_MS = 3_600_000;

/** The conversation's side of sending: to the lane, into the stash, or refused; the flush. */
export class ConversationOutbound {
  constructor(
    private readonly config: WhatsAppConfig,
    private readonly keys: Keys,
    private readonly stubs: StubStore,
    private readonly categories: TemplateCategories,
    private readonly requests: ConversationRequests,
  ) {}

  /** `to`: the address that was asked for; another one of the same person, where this conversation has moved. */
  async deliver(turn: ConversationTurn, letter: DeliverLetter, to: string): Promise<ConversationDecision> {
    const { delivery, needs_no_window, stubsession, origin, round = 1 } = letter;
    const target = stubsession?.set_stubsession_stubref;
    if (target && !(await this.stubs.exists(target))) {
      const message = `stubsession.set_stubsession_stubref names the stub "${target}", which does not exist. Nothing was sent.`;
      return { state: turn.state, writes: this.failed(delivery, { code: 'unknown_stubref', message }, turn.nowMs) };
    }
    // Only a client who stopped marketing is asked for by category: the look-up is theirs alone.
    const asksCategory = needs_no_window && turn.state.optedOut?.scope === 'marketing';
    const templateCategory = asksCategory ? await this.categories.of(delivery) : undefined;
    const outgoing = {
      delivery,
      needsNoWindow: needs_no_window,
      round,
      to,
      ...(origin && { stubref: origin.stubref }),
      ...(stubsession && { changes: stubsession }),
      ...(templateCategory !== undefined && { templateCategory }),
    };
    return this.settle(turn, delivery, acceptOutgoing(turn.state, outgoing, this.limits(turn.id), turn.nowMs));
  }

  windowClosed(
    turn: ConversationTurn,
    { delivery, ticket, problem }: Extract<LaneReport, { type: 'window_closed' }>,
  ): ConversationDecision {
    if (turn.state.stash.some((message) => message.delivery === delivery)) return { state: turn.state }; // it is back already
    const taken = takeBack(turn.state, messageOfTicket(delivery, ticket), this.limits(turn.id), turn.nowMs);
    return this.settle(turn, delivery, taken, problem);
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
    const answered = { ...state, requests: [] };
    if (state.releasing || state.stash.length === 0) return { state: answered, timers: [] };
    const { delivery, round } = state.stash[0]!;
    return {
      state: { ...answered, releasing: true },
      timers: [this.flushTimer(id, `${delivery}:${round}`, nowMs)],
    };
  }

  flushTimer(id: string, name: string, atMs: number): Timer {
    const flush = `${id}:flush:${name}`;
    const tell: Tell = { to: { kind: 'conversation', id }, id: flush, body: { type: 'flush' } };
    return { queue: 'stash-flush', id: flush, atMs, tell };
  }

  flush({ id, state }: ConversationTurn): ConversationDecision {
    if (!state.releasing) return { state }; // rejected or failed in between
    const sent = state.stash.map((message) => this.toLane(id, state, message));
    return {
      state: { ...state, stash: [], releasing: false },
      tells: sent.map(({ tell }) => tell),
      writes: sent.flatMap(({ writes }) => writes),
    };
  }

  /** The whole stash fails with one reason, and no request is pending any more. */
  drop(state: Conversation, problem: Problem, nowMs: number): { state: Conversation; writes: Write[] } {
    return withoutStash(this.keys, state, problem, nowMs);
  }

  /** A person wants it not to be sent: out of the stash, else the lane is asked. */
  cancel({ id, state, nowMs }: ConversationTurn, letterId: string, delivery: string): ConversationDecision {
    const stash = state.stash.filter((message) => message.delivery !== delivery);
    if (stash.length < state.stash.length) {
      const problem = { code: 'cancelled', message: 'Cancelled by hand while it waited for the client’s consent.' };
      return { state: { ...state, stash }, writes: this.failed(delivery, problem, nowMs) };
    }
    const { name, client } = partsOf(this.config, id);
    const body: LaneLetter = { type: 'cancel', delivery };
    return { state, tells: [{ to: { kind: sendQueueOf(name), id: client }, id: letterId, body, urgent: true }] };
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

  failed(delivery: string, error: Problem, nowMs: number): Write[] {
    return stepWrites(this.keys, delivery, { status: 'failed', at: new Date(nowMs).toISOString(), error });
  }

  limits(id: string): StashLimits {
    const { stash_limit, stash_hours, ask_again_after_hours } = partsOf(this.config, id).profile.interaction_request;
    return { messages: stash_limit, keepMs: stash_hours * HOUR_MS, askAgainMs: ask_again_after_hours * HOUR_MS };
  }

  private settle(turn: ConversationTurn, delivery: string, outgoing: Outgoing, why?: Problem): ConversationDecision {
    const state = outgoing.conversation;
    const seen: Write = ['ZADD', this.keys.conversations(), turn.nowMs, turn.id];
    switch (outgoing.to) {
      case 'lane': {
        const { tell, writes } = this.toLane(turn.id, state, outgoing.message);
        return { state, writes: [seen, ...writes], tells: [tell] };
      }
      case 'nobody':
        return { state, writes: [seen, ...this.failed(delivery, outgoing.problem, turn.nowMs)] };
      case 'stash': {
        const stashed = this.stashed(delivery, state, turn.nowMs, why);
        if (!outgoing.ask) return { state, writes: [seen, ...stashed] };
        return this.requests.ask(turn, state, [seen, ...stashed]);
      }
    }
  }

  /** Lanes are those of the address where the conversation stands, whichever of the person's a message names. */
  private toLane(id: string, { userId }: Conversation, message: StashedMessage): { tell: Tell; writes: Write[] } {
    const { name, client } = partsOf(this.config, id);
    const { delivery, round, changes, to = client } = message;
    const body: LaneLetter = {
      type: 'deliver',
      delivery,
      round,
      owner: { kind: 'conversation', id },
      ticket: ticketOf(message, userId),
      ...(changes && { announce: 'leaving' as const }),
    };
    const isElsewhere = to !== client || round > 1;
    return {
      tell: { to: { kind: sendQueueOf(name), id: client }, id: `${delivery}:${round}`, body },
      writes: isElsewhere ? [['HSET', this.keys.delivery(delivery), 'lane', client]] : [],
    };
  }

  /** Noted once for each time that it goes into the stash; `error`: what Meta said when it came back. */
  private stashed(delivery: string, { stash }: Conversation, nowMs: number, error?: Problem): Write[] {
    const round = stash.find((message) => message.delivery === delivery)?.round ?? 1;
    const step = { status: 'stashed', at: new Date(nowMs).toISOString(), ...(error && { error }) } as const;
    return stepWrites(this.keys, delivery, step, `#${round}`);
  }
}

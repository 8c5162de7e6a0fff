import {
  type Keys,
  type LaneReport,
  type Letter,
  type Problem,
  type RedisConnection,
  readDelivery,
  type Turn,
} from '../../core/index.js';
import type { Conversation } from './conversation/conversation.js';
import type { ConversationDecision } from './conversation/decisions.js';
import { optedOut } from './conversation/opt-out.js';
import type { ConversationOutbound } from './conversation-outbound.js';
import { type ConversationRequests, EXPIRED, requestFailedProblem } from './conversation-requests.js';

/** Reports of statuses, beside those of lanes. */
export type ReportLetter =
  | { readonly type: 'request_failed'; readonly delivery: string; readonly code?: number; readonly message: string }
  /** Meta refused a message because the client stopped marketing messages. */
  | { readonly type: 'opted_out'; readonly by: 'meta' };

/** Meta's code for a client who stopped marketing messages. */
export const OPTED_OUT_CODE = 131050;

/** What lanes and statuses say about messages that went out, and how long the conversation waits for an answer. */
export class ConversationReports {
  constructor(
    private readonly keys: Keys,
    private readonly redis: RedisConnection,
    private readonly outbound: ConversationOutbound,
    private readonly requests: ConversationRequests,
  ) {}

  take(
    turn: Turn<Conversation>,
    { body, atMs }: Letter<LaneReport | ReportLetter>,
  ): ConversationDecision | Promise<ConversationDecision> {
    switch (body.type) {
      case 'leaving':
        return this.outbound.leaving(turn, body.delivery, body.ticket);
      case 'window_closed':
        return this.windowClosed(turn, body);
      case 'ended': {
        const { problem } = body;
        if (!problem) return { state: turn.state };
        const state = problem.provider_code === OPTED_OUT_CODE ? ofMarketing(turn.state, atMs) : turn.state;
        return this.requestFailed({ ...turn, state }, body.delivery, problem);
      }
      case 'request_failed': {
        const { code, message } = body;
        const problem = { code: 'provider_refused', message, ...(code !== undefined && { provider_code: code }) };
        return this.requestFailed(turn, body.delivery, problem);
      }
      case 'opted_out':
        return { state: ofMarketing(turn.state, atMs) };
    }
  }

  stashExpired(turn: Turn<Conversation>, request: string): ConversationDecision {
    return this.over(turn, request, EXPIRED);
  }

  /** One that was accepted before the number had its owner of now is not theirs: it goes out no more. */
  private async windowClosed(
    turn: Turn<Conversation>,
    report: Extract<LaneReport, { type: 'window_closed' }>,
  ): Promise<ConversationDecision> {
    const { bornAtMs } = turn.state;
    const { delivery } = report;
    if (bornAtMs !== undefined) {
      const stored = readDelivery(await this.redis.client.hgetall(this.keys.delivery(delivery)));
      if (stored && Date.parse(stored.delivery.created_at) < bornAtMs)
        return { state: turn.state, writes: this.outbound.failed(delivery, CHANGED, turn.nowMs) };
    }
    return this.outbound.windowClosed(turn, report);
  }

  private requestFailed(turn: Turn<Conversation>, delivery: string, problem: Problem): ConversationDecision {
    return this.over(turn, delivery, requestFailedProblem(problem));
  }

  /** A request came to nothing: what waited for it fails, unless another one is pending. */
  private over({ state, nowMs }: Turn<Conversation>, request: string, problem: Problem): ConversationDecision {
    const after = this.requests.without(state, request, problem);
    return after.problem ? this.outbound.drop(after.state, after.problem, nowMs) : { state: after.state };
  }
}

const ofMarketing = (state: Conversation, atMs: number): Conversation =>
  optedOut(state, { scope: 'marketing', by: 'meta', atMs });

/** Why a message is not sent after its address turned out to be somebody else's. */
export const CHANGED: Problem = {
  code: 'client_changed',
  message:
    'The number has another owner now, so what waited for the one before was not sent to it. Send it again to where the person is reached now.',
};

import type { ActorRef, Decision, Tell, Write } from '../contract/actor-kind.js';
import type { LaneGroup } from '../contract/channel.js';
import type { DeliveryStatus, Problem } from '../contract/stub.js';
import type { Keys } from '../redis/keys.js';
import { stepWrite } from './delivery.js';
import type { Current, LaneCall, LaneItem, LaneLetter, LaneOutcome, LaneReport, LaneState } from './lane-state.js';

type LaneDecision = Decision<LaneState, LaneCall>;

const MAX_RETRIES = 8;
const MAX_PAIR_RETRIES = 6;
/** How long a repeat is held back for reports that wait to be read. */
const UNHEARD_MS = 1_000;

/** How a lane sends: one message at a time, the next one only when the one before is done. Pure. */
export class SendLane {
  constructor(
    private readonly channel: string,
    private readonly group: LaneGroup,
    private readonly keys: Keys,
  ) {}

  decide(lane: LaneState, letter: LaneLetter, nowMs: number): LaneDecision {
    switch (letter.type) {
      case 'deliver': {
        const { delivery, owner, announce, round = 1, ticket } = letter;
        const item: LaneItem = {
          delivery,
          round,
          ...(owner && { owner }),
          ...(announce && { announce }),
          ...(ticket !== undefined && { ticket }),
        };
        return { state: { ...lane, waiting: [...lane.waiting, item] } };
      }
      case 'settled':
        return this.settled(lane, letter.delivery, letter.providerId, nowMs);
      case 'outcome':
        return this.outcome(lane, letter.attempt, letter.outcome, nowMs);
    }
  }

  /**
   * The next attempt, if one is due. `hearingMs`: how long statuses have been able to reach us without a break. A send
   * whose outcome is unknown is not repeated before they had their time: what was away was this program, not the status.
   */
  next(lane: LaneState, nowMs: number, hearingMs: number): LaneDecision | undefined {
    const { current, waiting } = lane;
    if (!current) {
      const [item, ...rest] = waiting;
      if (!item) return undefined;
      const first: Current = {
        ...item,
        phase: 'sending',
        untilMs: 0,
        attempts: 0,
        retries: 0,
        pairRetries: 0,
        resends: 0,
      };
      return this.attempt({ waiting: rest, current: first }, first, nowMs, leaving(item));
    }
    if (current.phase === 'sending' || nowMs < current.untilMs) return undefined;
    if (current.phase === 'resting') return this.attempt(lane, current, nowMs);
    const unheardMs = this.group.unknownOutcomeWaitMs - hearingMs;
    if (unheardMs > 0) return { state: { ...lane, current: { ...current, untilMs: nowMs + unheardMs } } };
    if (current.resends >= this.group.unknownOutcomeResends) {
      const message = `The provider’s answer was lost and no status came within ${this.group.unknownOutcomeWaitMs} ms, after ${current.attempts} attempts. It may or may not have arrived: look in the client’s chat before sending it again.`;
      return this.finish(lane, 'failed', nowMs, { problem: { code: 'unknown_outcome', message } });
    }
    return this.resend(lane, current);
  }

  /** When the lane wants a turn by itself; 0 for at once. */
  wakeAtMs({ current, waiting }: LaneState): number | undefined {
    if (!current) return waiting.length > 0 ? 0 : undefined;
    return current.phase === 'sending' ? undefined : current.untilMs;
  }

  private attempt(lane: LaneState, current: Current, nowMs: number, tells: readonly Tell[] = []): LaneDecision {
    const sending: Current = { ...current, attempts: current.attempts + 1, phase: 'sending', untilMs: 0 };
    return {
      state: { ...lane, current: sending },
      writes: [this.sendingStep(sending, nowMs)],
      tells,
      call: { id: attemptId(sending), task: { delivery: current.delivery } },
    };
  }

  /** Once more, unless reports wait that may settle it: so the attempt is noted when it is known to have been made. */
  private resend(lane: LaneState, current: Current): LaneDecision {
    const { attempts, resends } = current;
    const sending: Current = {
      ...current,
      attempts: attempts + 1,
      resends: resends + 1,
      phase: 'sending',
      untilMs: 0,
      isResend: true,
    };
    const task: LaneCall = { delivery: current.delivery, resend: true };
    return { state: { ...lane, current: sending }, call: { id: attemptId(sending), task } };
  }

  private sendingStep(current: Current, nowMs: number, note?: string): Write {
    const step = { status: 'sending', at: iso(nowMs), ...(note && { note }) } as const;
    return stepWrite(this.keys, current.delivery, step, `#${current.round}.${current.attempts}`);
  }

  private outcome(lane: LaneState, attempt: string, outcome: LaneOutcome, nowMs: number): LaneDecision {
    const { current } = lane;
    if (!current || attempt !== attemptId(current) || current.phase === 'resting') {
      return { state: lane, writes: this.lateAcceptance(attempt, outcome, nowMs) };
    }
    if (!current.isResend) return this.outcomeOf(lane, current, attempt, outcome, nowMs);
    const { isResend: _, ...resent } = current;
    if (outcome.result === 'unheard') {
      const again: Current = {
        ...resent,
        resends: resent.resends - 1,
        phase: 'unsettled',
        untilMs: nowMs + UNHEARD_MS,
      };
      return current.settledAs === undefined
        ? { state: { ...lane, current: again } }
        : this.finish(lane, 'accepted', nowMs, { providerId: current.settledAs });
    }
    const note = 'Sent again: the answer to the attempt before was lost and no status came.';
    const decision = this.outcomeOf({ ...lane, current: resent }, resent, attempt, outcome, nowMs);
    return { ...decision, writes: [this.sendingStep(resent, nowMs, note), ...(decision.writes ?? [])] };
  }

  private outcomeOf(
    lane: LaneState,
    current: Current,
    attempt: string,
    outcome: LaneOutcome,
    nowMs: number,
  ): LaneDecision {
    // A status proves that an attempt arrived, whatever became of this one.
    if (current.settledAs !== undefined && outcome.result !== 'accepted')
      return this.finish(lane, 'accepted', nowMs, { providerId: current.settledAs });
    switch (outcome.result) {
      case 'unheard':
        return { state: lane }; // only a repeat is ever held back
      case 'accepted':
        return this.finish(lane, 'accepted', nowMs, { providerId: outcome.providerId });
      case 'rejected':
        return this.finish(lane, 'failed', nowMs, { problem: outcome.problem });
      case 'window_closed':
        return this.giveBack(lane, current, outcome.problem);
      case 'later':
        return this.retry(lane, current, outcome.afterMs, outcome.problem, nowMs);
      case 'retry':
        if (outcome.limit !== 'pair')
          return this.retry(lane, current, backOffMs(attempt, current.retries), outcome.problem, nowMs);
        if (current.pairRetries >= MAX_PAIR_RETRIES)
          return this.finish(lane, 'failed', nowMs, { problem: outcome.problem });
        return this.rest(
          lane,
          { ...current, pairRetries: current.pairRetries + 1 },
          nowMs + 1_000 * 4 ** current.pairRetries,
          outcome.problem,
          nowMs,
        );
      case 'unknown': {
        if (current.phase === 'unsettled') return { state: lane }; // known already
        const waitMs = this.group.unknownOutcomeWaitMs;
        const step = {
          status: 'sending',
          at: iso(nowMs),
          error: outcome.problem,
          note: `The outcome is unknown; waiting ${waitMs} ms for a status.`,
        } as const;
        return {
          state: { ...lane, current: { ...current, phase: 'unsettled', untilMs: nowMs + waitMs } },
          writes: [stepWrite(this.keys, current.delivery, step, `#${current.round}.${current.attempts}:unknown`)],
        };
      }
    }
  }

  private retry(lane: LaneState, current: Current, afterMs: number, problem: Problem, nowMs: number): LaneDecision {
    if (current.retries >= MAX_RETRIES) return this.finish(lane, 'failed', nowMs, { problem });
    return this.rest(lane, { ...current, retries: current.retries + 1 }, nowMs + afterMs, problem, nowMs);
  }

  private rest(lane: LaneState, current: Current, untilMs: number, error: Problem, nowMs: number): LaneDecision {
    const step = {
      status: 'sending',
      at: iso(nowMs),
      error,
      note: `Refused for now; again at ${iso(untilMs)}.`,
    } as const;
    return {
      state: { ...lane, current: { ...current, phase: 'resting', untilMs } },
      writes: [stepWrite(this.keys, current.delivery, step, `#${current.round}.${current.attempts}:refused`)],
    };
  }

  private settled(lane: LaneState, delivery: string, providerId: string, nowMs: number): LaneDecision {
    const { current } = lane;
    if (current?.delivery !== delivery) return { state: lane };
    if (current.phase === 'sending') return { state: { ...lane, current: { ...current, settledAs: providerId } } };
    return this.finish(lane, 'accepted', nowMs, { providerId });
  }

  private finish(
    lane: LaneState,
    status: DeliveryStatus,
    nowMs: number,
    how: { providerId?: string; problem?: Problem },
  ): LaneDecision {
    const { current, waiting } = lane;
    const { delivery, owner, announce, ticket } = current!;
    const problem = how.problem && { problem: how.problem };
    const writes = [
      stepWrite(this.keys, delivery, { status, at: iso(nowMs), ...(how.problem && { error: how.problem }) }),
    ];
    if (how.providerId !== undefined)
      writes.push(...providerMessageWrites(this.keys, this.channel, how.providerId, delivery));
    return {
      state: { waiting },
      writes,
      tells:
        owner && announce === 'ended'
          ? [
              report(owner, `${attemptId(current!)}:ended`, {
                type: 'ended',
                delivery,
                ...(ticket && { ticket }),
                ...problem,
              }),
            ]
          : [],
    };
  }

  /** The provider says that the client's window is closed: the delivery goes back to whoever keeps the stash. */
  private giveBack(lane: LaneState, current: Current, problem: Problem): LaneDecision {
    const { delivery, owner, ticket } = current;
    if (!owner) return { state: { waiting: lane.waiting }, writes: [] };
    const letter = report(owner, `${attemptId(current)}:window-closed`, {
      type: 'window_closed',
      delivery,
      ...(ticket && { ticket }),
      problem,
    });
    return { state: { waiting: lane.waiting }, tells: [letter] };
  }

  /** An answer that came after the lane had moved on is still a fact about its delivery. */
  private lateAcceptance(attempt: string, outcome: LaneOutcome, nowMs: number): Write[] {
    if (outcome.result !== 'accepted') return [];
    const delivery = attempt.slice(0, attempt.lastIndexOf(':'));
    return [
      stepWrite(this.keys, delivery, { status: 'accepted', at: iso(nowMs) }),
      ...providerMessageWrites(this.keys, this.channel, outcome.providerId, delivery),
    ];
  }
}

/** Quoted messages and taps are found by the provider's id for this long. */
const PROVIDER_MESSAGE_MS = 90 * 86_400_000;

export const providerMessageWrites = (keys: Keys, channel: string, providerId: string, delivery: string): Write[] => [
  ['SET', keys.providerMessage(channel, providerId), delivery, 'PX', PROVIDER_MESSAGE_MS],
];

const attemptId = ({ delivery, round, attempts }: Current) => `${delivery}:${round}.${attempts}`;
const iso = (ms: number) => new Date(ms).toISOString();
const report = (to: ActorRef, id: string, body: LaneReport): Tell => ({ to, id, body });
const leaving = ({ owner, announce, delivery, round, ticket }: LaneItem): Tell[] =>
  owner && announce === 'leaving'
    ? [report(owner, `${delivery}:${round}:leaving`, { type: 'leaving', delivery, ...(ticket && { ticket }) })]
    : [];

/** 1 s, 2 s, 4 s … 60 s, each by up to a quarter more or less; which is told by the attempt, so a decision made twice is the same. */
function backOffMs(attempt: string, retries: number): number {
  let hash = 0;
  for (const character of attempt) hash = (hash * 31 + character.charCodeAt(0)) % 1_000;
  return Math.min(1_000 * 2 ** retries, 60_000) * (0.75 + hash / 2_000);
}

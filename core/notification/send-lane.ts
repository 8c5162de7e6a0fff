import type { Decision } from '../contract/actor-kind.js';
import type { LaneGroup, SendOutcome } from '../contract/channel.js';
import type { Problem } from '../contract/stub.js';
import type { Keys } from '../redis/keys.js';
import { attemptId, backOffMs, begun, ended, heard, itemOf, leaving, partsOf, report } from './lane-attempt.js';
import { iso, LaneHistory } from './lane-history.js';
import { attemptsText, givenUp, inDoubt } from './lane-problem.js';
import type { Current, LaneCall, LaneLetter, LaneOutcome, LaneState } from './lane-state.js';

type LaneDecision = Decision<LaneState, LaneCall>;

const MAX_RETRIES = 8;
const MAX_PAIR_RETRIES = 6;
/** Files of one message that are uploaded before it, with some to spare for those that must be uploaded anew. */
const MAX_PREPARATIONS = 30;
/** An answer that is this late will not come; then it is asked for again. */
const PREPARE_AGAIN_MS = 15 * 60_000;
/** How long a message of a group that is paused rests at least: the answers to calls that were under way come in meanwhile. */
const HALTED_MS = 5_000;
/** How long a repeat is held back for reports that wait to be read. */
const UNHEARD_MS = 1_000;

/** How a lane sends: one message at a time, the next one only when the one before is done. Pure. */
export class SendLane {
  private readonly history: LaneHistory;

  constructor(
    channel: string,
    private readonly group: LaneGroup,
    keys: Keys,
  ) {
    this.history = new LaneHistory(channel, group.queue, keys);
  }

  decide(lane: LaneState, letter: LaneLetter, nowMs: number): LaneDecision {
    switch (letter.type) {
      case 'deliver':
        return { state: { ...lane, waiting: [...lane.waiting, itemOf(letter)] } };
      case 'settled':
        return this.settled(lane, letter, nowMs);
      case 'cancel':
        return this.cancel(lane, letter.delivery, nowMs);
      case 'paused':
        return { state: lane };
      case 'outcome':
        return this.outcome(lane, letter.attempt, letter.outcome, nowMs);
      case 'prepared':
        return this.prepared(lane, letter.attempt, letter.outcome, nowMs);
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
      const first = begun(item);
      const attempt = this.attempt({ waiting: rest, current: first }, first, nowMs);
      return { ...attempt, writes: [...(attempt.writes ?? []), ...this.history.setsOut(item)], tells: leaving(item) };
    }
    if (current.phase === 'sending' || nowMs < current.untilMs) return undefined;
    const unheardMs = current.mayHaveArrived ? this.group.unknownOutcomeWaitMs - hearingMs : 0;
    if (unheardMs > 0) return { state: { ...lane, current: { ...current, untilMs: nowMs + unheardMs } } };
    if (current.phase === 'resting') return this.attempt(lane, current, nowMs);
    if (current.resends >= this.group.unknownOutcomeResends) {
      const message = `The provider’s answer was lost and no status came within ${this.group.unknownOutcomeWaitMs} ms, after ${attemptsText(current.attempts)}. It may or may not have arrived: look in the client’s chat before sending it again.`;
      return this.fail(lane, { code: 'unknown_outcome', message }, nowMs);
    }
    return this.attempt(lane, { ...current, resends: current.resends + 1 }, nowMs);
  }

  /** When the lane wants a turn by itself; 0 for at once. */
  wakeAtMs({ current, waiting }: LaneState): number | undefined {
    if (!current) return waiting.length > 0 ? 0 : undefined;
    return current.phase === 'sending' ? undefined : current.untilMs;
  }

  /** Where an attempt before may have arrived, reports that wait may settle it: then the new one is noted when it was made. */
  private attempt(lane: LaneState, current: Current, nowMs: number): LaneDecision {
    const { preparing: _, ...due } = current;
    const sending: Current = { ...due, attempts: current.attempts + 1, phase: 'sending', untilMs: 0 };
    const { delivery, mayHaveArrived } = current;
    return {
      state: { ...lane, current: sending },
      writes: mayHaveArrived ? [] : this.history.sending(sending, nowMs),
      call: { id: attemptId(sending), task: { delivery, ...(mayHaveArrived && { resend: true }) } },
    };
  }

  private outcome(lane: LaneState, attempt: string, outcome: LaneOutcome, nowMs: number): LaneDecision {
    if (!lane.current || attempt !== attemptId(lane.current) || lane.current.phase === 'resting')
      return this.lateOutcome(lane, attempt, outcome, nowMs);
    const current = heard(lane.current, outcome);
    const decision = this.outcomeOf({ ...lane, current }, current, attempt, outcome, nowMs);
    const wasMade = outcome.result !== 'unheard' && outcome.result !== 'prepare';
    if (!current.mayHaveArrived || current.phase !== 'sending' || !wasMade) return decision;
    return { ...decision, writes: [...this.history.sending(current, nowMs, SENT_AGAIN), ...(decision.writes ?? [])] };
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
      return this.accept(lane, { providerId: current.settledAs }, nowMs);
    switch (outcome.result) {
      case 'unheard':
        return { state: { ...lane, current: { ...current, phase: 'resting', untilMs: nowMs + UNHEARD_MS } } };
      case 'accepted':
        return this.accept(lane, outcome, nowMs);
      case 'rejected':
        return this.fail(lane, outcome.problem, nowMs);
      case 'halt':
        return this.rest(lane, current, nowMs + HALTED_MS, outcome.problem, nowMs, HALTED);
      case 'window_closed':
        return this.giveBack(lane, current, outcome.problem, nowMs);
      case 'prepare':
        return this.prepare(lane, current, attempt, outcome, nowMs);
      case 'later':
        return this.retry(lane, current, outcome.afterMs, outcome.problem, nowMs);
      case 'retry':
        if (outcome.limit !== 'pair')
          return this.retry(lane, current, backOffMs(attempt, current.retries), outcome.problem, nowMs);
        if (current.pairRetries >= MAX_PAIR_RETRIES) return this.fail(lane, givenUp(outcome.problem, current), nowMs);
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
        return {
          state: {
            ...lane,
            current: { ...current, phase: 'unsettled', untilMs: nowMs + waitMs, mayHaveArrived: true },
          },
          writes: this.history.unknown(current, nowMs, outcome.problem, waitMs),
        };
      }
    }
  }

  /** Nothing was sent: it rests until who must prepare it answers, and no slot is held meanwhile. */
  private prepare(
    lane: LaneState,
    current: Current,
    attempt: string,
    { by, letter, problem }: Extract<SendOutcome, { result: 'prepare' }>,
    nowMs: number,
  ): LaneDecision {
    const { preparations = 0 } = current;
    if (preparations >= MAX_PREPARATIONS) return this.fail(lane, problem, nowMs);
    const untilMs = nowMs + PREPARE_AGAIN_MS;
    const resting: Current = {
      ...current,
      phase: 'resting',
      untilMs,
      preparing: attempt,
      preparations: preparations + 1,
    };
    return {
      state: { ...lane, current: resting },
      writes: this.history.preparing(current, nowMs),
      tells: [{ to: by, id: `${attempt}:prepare`, body: letter }],
    };
  }

  private prepared(lane: LaneState, attempt: string, outcome: SendOutcome | undefined, nowMs: number): LaneDecision {
    const { current } = lane;
    if (current?.preparing !== attempt) return { state: lane };
    const { preparing: _, ...ready } = current;
    if (!outcome) return { state: { ...lane, current: { ...ready, untilMs: nowMs } } };
    const decision = this.outcomeOf({ ...lane, current: ready }, ready, attempt, outcome, nowMs);
    if (outcome.result !== 'halt') return decision;
    // Not found by a send of this lane, which would have paused the group itself.
    return { ...decision, call: { id: `${attempt}:halt`, task: { delivery: ready.delivery, halt: outcome } } };
  }

  private retry(lane: LaneState, current: Current, afterMs: number, problem: Problem, nowMs: number): LaneDecision {
    if (current.retries >= MAX_RETRIES) return this.fail(lane, givenUp(problem, current), nowMs);
    return this.rest(lane, { ...current, retries: current.retries + 1 }, nowMs + afterMs, problem, nowMs);
  }

  private rest(
    lane: LaneState,
    current: Current,
    untilMs: number,
    error: Problem,
    nowMs: number,
    note = `Refused for now; again at ${iso(untilMs)}.`,
  ): LaneDecision {
    return {
      state: { ...lane, current: { ...current, phase: 'resting', untilMs } },
      writes: this.history.refused(current, nowMs, error, note),
    };
  }

  private settled(
    lane: LaneState,
    { delivery, providerId, round }: Extract<LaneLetter, { type: 'settled' }>,
    nowMs: number,
  ): LaneDecision {
    const { current } = lane;
    if (current?.delivery !== delivery || (round ?? current.round) !== current.round) return { state: lane };
    if (current.phase === 'sending') return { state: { ...lane, current: { ...current, settledAs: providerId } } };
    return this.accept(lane, { providerId }, nowMs);
  }

  /** Taken out by hand: while it waits or rests. What is with the provider, or may be, goes on to its own end. */
  private cancel(lane: LaneState, delivery: string, nowMs: number): LaneDecision {
    const problem: Problem = { code: 'cancelled', message: 'Cancelled by hand before it was sent.' };
    const { current, waiting } = lane;
    if (current?.delivery === delivery && current.phase === 'resting' && !current.mayHaveArrived)
      return this.fail(lane, problem, nowMs);
    const item = waiting.find((one) => one.delivery === delivery);
    if (!item) return { state: lane };
    return {
      state: { ...lane, waiting: waiting.filter((one) => one !== item) },
      writes: this.history.failed(delivery, problem, nowMs),
      tells: ended(item, `${delivery}:${item.round}:cancelled`, problem),
    };
  }

  private accept(lane: LaneState, as: { providerId: string; note?: string }, nowMs: number): LaneDecision {
    const current = lane.current!;
    return {
      state: { waiting: lane.waiting },
      writes: this.history.accepted(current.delivery, current.round, as, nowMs),
      tells: current.announce === 'ended' ? ended(current, `${attemptId(current)}:ended`, undefined) : [],
    };
  }

  /** Every owner hears of a failure: it may be about more than this message (a client who wants no more of its kind). */
  private fail(lane: LaneState, why: Problem, nowMs: number): LaneDecision {
    const current = lane.current!;
    const problem = current.mayHaveArrived ? inDoubt(why) : why;
    return {
      state: { waiting: lane.waiting },
      writes: this.history.failed(current.delivery, problem, nowMs),
      tells: ended(current, `${attemptId(current)}:ended`, problem),
    };
  }

  /** The provider says that the client's window is closed: the delivery goes back to whoever keeps the stash. */
  private giveBack(lane: LaneState, current: Current, problem: Problem, nowMs: number): LaneDecision {
    const { delivery, owner, ticket } = current;
    if (!owner) return this.fail(lane, problem, nowMs);
    const letter = report(owner, `${attemptId(current)}:window-closed`, {
      type: 'window_closed',
      delivery,
      ...(ticket && { ticket }),
      problem,
    });
    return { state: { waiting: lane.waiting }, tells: [letter] };
  }

  /** An answer that came after the lane had moved on is still a fact about its delivery, and ends what it still tries. */
  private lateOutcome(lane: LaneState, attempt: string, outcome: LaneOutcome, nowMs: number): LaneDecision {
    if (outcome.result !== 'accepted') return { state: lane };
    const { delivery, round } = partsOf(attempt);
    const { providerId } = outcome;
    const decision = this.settled(lane, { type: 'settled', delivery, round, providerId }, nowMs);
    return {
      ...decision,
      writes: [...this.history.accepted(delivery, round, outcome, nowMs), ...(decision.writes ?? [])],
    };
  }
}

const SENT_AGAIN = 'Sent again: the answer to an attempt before was lost and no status came.';

const HALTED = 'Refused, and not for its own sake: sending is paused, and goes on with this message.';

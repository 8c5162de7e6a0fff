import type { ActorRef, AnyActorKind, Decision, Letter, Tell, Write } from '../contract/actor-kind.js';
import { StubwireError } from '../errors.js';
import { type ActorStore, type Committed, isRequirement, type OpenedTurn, type OutboxEntry } from './actor-store.js';
import { Postponed } from './postponed.js';

/**
 * A turn takes no further letter after this long, waits for Redis included; what is left comes in the next one, so that
 * every actor gets its share. Shorter makes smaller batches just when there is most to do.
 */
const TURN_MS = 250;

export interface LetterFailure {
  readonly ref: ActorRef;
  readonly letter: Letter<unknown>;
  readonly attempts: number;
  readonly dead: boolean;
  readonly error: unknown;
}

/** What a turn does outside the actor. */
export interface TurnEffects {
  wake(tells: readonly Tell[]): Promise<void>;
  tell(tells: readonly Tell[]): Promise<unknown>;
  setTimer(timer: {
    readonly queue: string;
    readonly id: string;
    readonly inMs: number;
    readonly tell: Tell;
  }): Promise<void>;
  /** A letter failed. `bury` also gives the writes that make it a dead letter. */
  onFailure(failure: LetterFailure): void;
  bury(failure: LetterFailure, nowMs: number): readonly Write[];
}

// biome-ignore lint/suspicious/noExplicitAny: the runtime carries every kind's states without looking into them
type State = any;

/**
 * One turn of one actor: what the outbox still holds, then letters from the head, then what the kind wants to start.
 * Every step is committed before anything of it leaves.
 */
export class ActorTurn {
  private readonly startedAt = performance.now();
  private readonly ref: ActorRef;
  private state: State;
  private stored: State;
  private version: number;
  private nowMs: number;
  private outboxDone = 0;
  private readAt = performance.now();

  constructor(
    private readonly kind: AnyActorKind,
    private readonly id: string,
    private readonly opened: OpenedTurn,
    private readonly store: ActorStore,
    private readonly effects: TurnEffects,
  ) {
    this.ref = { kind: kind.kind, id };
    this.state = opened.record === undefined ? kind.initial(id) : readState(kind, opened.record);
    this.stored = this.state;
    this.version = opened.version;
    this.nowMs = opened.nowMs;
  }

  /** Resolves with when the actor wants another turn, ms from now. `undefined`: when a letter comes. */
  async run(): Promise<number | undefined> {
    for (const entry of this.opened.outbox) await this.carryOut(entry);
    const step = new StepInMaking();
    let failed: { letter: Letter; error: unknown } | undefined;
    for (const letter of this.opened.letters) {
      if (step.letterIds.length > 0 && this.kind.looksBack?.(letter)) break;
      let decision: Decision<State, unknown>;
      try {
        decision = await this.kind.decide(this.turn(), letter);
        this.apply(step, decision);
      } catch (error) {
        failed = { letter: letter as Letter, error };
        break;
      }
      step.letterIds.push(letter.id);
      if (decision.writes?.some(isRequirement)) break;
      if (step.call || performance.now() - this.startedAt > TURN_MS) break;
    }
    // Left counted they would be taken one by one, as if they had killed a process.
    const reached = step.letterIds.length + (failed ? 1 : 0);
    step.unreachedIds.push(...this.opened.letters.slice(reached).map(({ id }) => id));
    if (!failed && !step.call && this.kind.next) this.apply(step, this.kind.next(this.turn()));
    let committed = await this.commit(step);
    if (failed) return this.fail(failed.letter, failed.error);
    if (step.call) committed = (await this.perform(step.call)) ?? committed;
    if (this.outboxDone > 0) committed = await this.commit(new StepInMaking()); // timers set; else the sweeper would see work

    if (committed ? committed.lettersLeft > 0 : this.opened.letters.length > step.letterIds.length) return 0;
    const wakeAtMs = this.kind.wakeAtMs?.(this.state);
    return wakeAtMs === undefined ? undefined : Math.max(0, wakeAtMs - this.nowMs);
  }

  private turn() {
    return { id: this.id, state: this.state, nowMs: this.nowMs, readAt: this.readAt };
  }

  private apply(step: StepInMaking, decision: Decision<State, unknown> | undefined): void {
    if (!decision) return;
    this.state = decision.state;
    step.writes.push(...(decision.writes ?? []));
    step.tells.push(...(decision.tells ?? []));
    step.outbox.push(...(decision.timers ?? []).map((timer) => ({ timer })));
    if (decision.call) {
      step.call = decision.call;
      step.outbox.push({ call: decision.call });
    }
  }

  /** Commits a step, then lets its effects leave. Nothing to commit: nothing is written. */
  private async commit(step: StepInMaking): Promise<Committed | undefined> {
    const changed = this.state !== this.stored;
    const { writes, tells, outbox, letterIds, unreachedIds } = step;
    if (!changed && letterIds.length + this.outboxDone + writes.length + tells.length + outbox.length === 0)
      return undefined;
    const { state } = this;
    const committed = await this.store.commit(this.ref, {
      version: this.version,
      state: state === null ? 'forget' : changed ? { record: { v: this.kind.stateVersion, ...state } } : 'keep',
      wakeAtMs: this.kind.wakeAtMs?.(state),
      outboxDone: this.outboxDone,
      letterIds,
      unreachedIds,
      outbox,
      tells,
      writes,
    });
    this.stored = state;
    this.version = committed.version;
    this.nowMs = committed.nowMs;
    this.outboxDone = 0;
    await this.effects.wake(tells.filter((_, at) => !committed.awake.includes(at)));
    for (const entry of outbox) if ('timer' in entry) await this.carryOut(entry);
    return committed;
  }

  private async carryOut(entry: OutboxEntry): Promise<void> {
    if ('timer' in entry) {
      const { queue, id, atMs, tell } = entry.timer;
      await this.effects.setTimer({ queue, id, inMs: atMs - this.nowMs, tell });
    } else {
      // A process began this call and did not live to say how it ended. The kind says what that means.
      const { id, task } = entry.call;
      const body = await this.kind.call!(task, { id, actorId: this.id, repeated: true });
      await this.effects.tell([{ to: this.ref, id: `${id}:lost`, body }]);
    }
    this.outboxDone += 1;
  }

  /** Does the I/O of a committed decision. Its outcome is never lost: what cannot be committed here is told as a letter. */
  private async perform({ id, task }: { id: string; task: unknown }): Promise<Committed | undefined> {
    const body = await this.kind.call!(task, { id, actorId: this.id, repeated: false });
    this.readAt = performance.now();
    this.outboxDone += 1;
    const before = { state: this.state, outboxDone: this.outboxDone };
    try {
      const step = new StepInMaking();
      this.apply(step, await this.kind.decide(this.turn(), { id: `${id}:outcome`, atMs: this.nowMs, body }));
      if (step.call)
        throw new StubwireError(
          'internal',
          `${this.kind.kind} answers the outcome of a call with another call; \`next\` is the place for it.`,
        );
      return await this.commit(step);
    } catch (error) {
      Object.assign(this, before);
      await this.effects.tell([{ to: this.ref, id: `${id}:outcome`, body }]);
      throw error;
    }
  }

  /** The letter at the head could not be handled: again later, or at the maximum to the dead letters. */
  private async fail(letter: Letter, error: unknown): Promise<number> {
    if (error instanceof Postponed) {
      await this.store.putOff(this.ref, letter.id, this.nowMs + error.afterMs);
      return error.afterMs;
    }
    const attempts = this.opened.attempts[this.opened.letters.findIndex(({ id }) => id === letter.id)]!;
    const dead = attempts >= (this.kind.maxAttempts ?? 5);
    const failure = { ref: this.ref, letter, attempts, dead, error };
    this.effects.onFailure(failure);
    if (!dead) return Math.min(100 * 2 ** attempts, 30_000);
    const step = new StepInMaking();
    step.letterIds.push(letter.id);
    step.writes.push(...this.effects.bury(failure, this.nowMs));
    await this.commit(step);
    return 0;
  }
}

class StepInMaking {
  readonly letterIds: string[] = [];
  readonly unreachedIds: string[] = [];
  readonly writes: Write[] = [];
  readonly tells: Tell[] = [];
  readonly outbox: OutboxEntry[] = [];
  call: { readonly id: string; readonly task: unknown } | undefined;
}

export function readState(kind: AnyActorKind, record: unknown): State {
  const { v, ...state } = record as { v: number };
  if (v === kind.stateVersion) return state;
  if (kind.migrate) return kind.migrate(state, v);
  throw new StubwireError(
    'internal',
    `A stored ${kind.kind} has version ${v}; this program reads version ${kind.stateVersion}. Run the program that wrote it, or one that can migrate it.`,
  );
}

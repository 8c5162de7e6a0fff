import { inject, injectable, multiInject, optional } from 'inversify';
import { ActorKind, type AnyActorKind } from '../contract/actor-kind.js';
import { Logger } from '../observability/logger.js';
import { TimerQueues } from '../queue/timer-queues.js';
import { TurnQueues } from '../queue/turn-queues.js';
import { ActorMail } from './actor-mail.js';
import { ActorStore, FenceError } from './actor-store.js';
import { ActorTurn, type TurnEffects } from './actor-turn.js';
import { DeadLetters } from './dead-letters.js';
import { Sweeper } from './sweeper.js';

/** How long one job goes on with the turns of its actor, waits for Redis included. */
const SAME_JOB_MS = 250;

/** Runs the turns of every kind of actor that was contributed, on this process. */
@injectable()
export class ActorRuntime {
  private readonly effects: TurnEffects;

  constructor(
    @inject(ActorStore) private readonly store: ActorStore,
    @inject(ActorMail) private readonly mail: ActorMail,
    @inject(TurnQueues) private readonly turns: TurnQueues,
    @inject(TimerQueues) private readonly timers: TimerQueues,
    @inject(DeadLetters) deadLetters: DeadLetters,
    @inject(Sweeper) private readonly sweeper: Sweeper,
    @inject(Logger) private readonly log: Logger,
    @multiInject(ActorKind) @optional() private readonly kinds: AnyActorKind[] = [],
  ) {
    this.effects = {
      wake: (tells) => mail.wake(tells),
      tell: (tells) => mail.tell(tells),
      setTimer: ({ queue, id, inMs, tell }) => timers.set(queue, id, inMs, tell),
      bury: (failure, nowMs) => deadLetters.burial(failure, nowMs),
      onFailure: ({ ref, letter, attempts, dead, error }) =>
        log.error(
          { kind: ref.kind, letter: letter.id, attempts, dead, err: error },
          dead ? 'letter is dead' : 'letter failed',
        ),
    };
  }

  async start(): Promise<void> {
    for (const kind of this.kinds) {
      await this.turns.work(
        kind.queue,
        {
          concurrency: kind.concurrency ?? 50,
          ...(kind.turnsPerSecond !== undefined && { turnsPerSecond: kind.turnsPerSecond }),
        },
        (id) => this.runTurns(kind, id),
      );
    }
    for (const queue of new Set(this.kinds.flatMap((kind) => kind.timerQueues ?? []))) {
      this.timers.work(queue, (letter) => this.mail.tell([letter]));
    }
    this.sweeper.start();
  }

  /** Takes no more work, and waits for what is under way. */
  async stop(): Promise<void> {
    this.sweeper.stop();
    await Promise.all([this.turns.stop(), this.timers.stop()]);
  }

  /** One job: turns of one actor while it has letters, for a little while. Never throws. */
  private async runTurns(kind: AnyActorKind, id: string): Promise<{ againInMs?: number }> {
    const startedAt = performance.now();
    for (;;) {
      const againInMs = await this.runTurn(kind, id);
      if (againInMs === undefined) return {};
      if (againInMs > 0) return { againInMs };
      // A rate limit counts jobs, so there one job is one turn.
      if (kind.turnsPerSecond === undefined && performance.now() - startedAt < SAME_JOB_MS) continue;
      await this.turns.wake(kind.queue, id, false);
      return {};
    }
  }

  private async runTurn(kind: AnyActorKind, id: string): Promise<number | undefined> {
    try {
      const opened = await this.store.open({ kind: kind.kind, id }, kind.lettersPerTurn ?? 10);
      return await new ActorTurn(kind, id, opened, this.store, this.effects).run();
    } catch (error) {
      if (error instanceof FenceError) return 0;
      this.log.error({ kind: kind.kind, err: error }, 'turn failed');
      return 1_000;
    }
  }
}

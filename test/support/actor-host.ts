import { pino } from 'pino';
import { ActorMail } from '../../core/actor/actor-mail.js';
import { ActorRuntime } from '../../core/actor/actor-runtime.js';
import { ActorStore } from '../../core/actor/actor-store.js';
import { DeadLetters } from '../../core/actor/dead-letters.js';
import { KindQueues } from '../../core/actor/kind-queues.js';
import { RedisClock } from '../../core/actor/redis-clock.js';
import { Sweeper } from '../../core/actor/sweeper.js';
import type { AnyActorKind } from '../../core/contract/actor-kind.js';
import { QueuePace } from '../../core/queue/queue-pace.js';
import { Queues } from '../../core/queue/queues.js';
import { TimerQueues } from '../../core/queue/timer-queues.js';
import { TurnQueues } from '../../core/queue/turn-queues.js';
import { RedisConnection } from '../../core/redis/connection.js';
import { Keys } from '../../core/redis/keys.js';
import { RedisTarget } from '../../core/redis/redis-target.js';

/** The actor runtime on its own: one process's worth of it. Two on one prefix are two processes. */
export class ActorHost {
  readonly keys: Keys;
  readonly redis: RedisConnection;
  readonly queues: Queues;
  readonly turns: TurnQueues;
  readonly timers: TimerQueues;
  readonly mail: ActorMail;
  readonly store: ActorStore;
  readonly clock: RedisClock;
  readonly sweeper: Sweeper;
  readonly deadLetters: DeadLetters;
  readonly runtime: ActorRuntime;

  constructor(options: { readonly path: string }, prefix: string, kinds: AnyActorKind[]) {
    const log = pino({ level: 'silent' });
    this.keys = new Keys(prefix);
    this.redis = new RedisConnection(new RedisTarget(options, prefix));
    this.queues = new Queues(this.redis, this.keys);
    this.turns = new TurnQueues(this.queues, this.redis, this.keys, new QueuePace(this.queues, this.redis, this.keys));
    this.timers = new TimerQueues(this.queues, this.redis, this.keys);
    const kindQueues = new KindQueues();
    kindQueues.learn(kinds);
    this.mail = new ActorMail(this.redis, this.keys, this.turns, kindQueues);
    this.store = new ActorStore(this.redis, this.keys);
    this.clock = new RedisClock(this.redis, this.keys, this.queues);
    this.sweeper = new Sweeper(this.redis, this.keys, this.clock, this.turns, kindQueues, log);
    this.deadLetters = new DeadLetters(this.redis, this.keys, this.mail);
    this.runtime = new ActorRuntime(
      this.store,
      this.mail,
      this.turns,
      this.timers,
      this.deadLetters,
      this.sweeper,
      log,
      kinds,
    );
  }

  start(): Promise<void> {
    return this.runtime.start();
  }

  async stop(): Promise<void> {
    await this.runtime.stop();
    await this.queues.close();
    await this.redis.close();
  }

  /** The stored state of an actor. */
  async state<State>(kind: string, id: string): Promise<State | undefined> {
    const record = await this.redis.client.hget(this.keys.actor(kind, id), 'state');
    return record === null ? undefined : (JSON.parse(record) as State);
  }
}

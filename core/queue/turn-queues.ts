import { DelayedError, type Job, Worker } from 'bullmq';
import { inject, injectable } from 'inversify';
import { RedisConnection } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';
import { QueuePace } from './queue-pace.js';
import { Queues } from './queues.js';

/**
 * A dead worker's turn goes on elsewhere after its lock and at most two checks: 4 s. An event loop blocked for longer
 * than the lock loses its turns to others, and its commits are then refused.
 */
const LOCK = { lockDuration: 3_000, lockRenewTime: 1_000, stalledInterval: 500, maxStalledCount: 1_000_000 };
const TURN = 'turn';

export interface TurnWorkerOptions {
  readonly concurrency: number;
  /** Turns started per second over all processes. */
  readonly turnsPerSecond?: number;
}

/** Runs one turn of an actor. Never throws; resolves with when it wants another turn by itself, in ms from now. */
export type TurnHandler = (id: string) => Promise<{ readonly againInMs?: number }>;

/**
 * Turns as BullMQ jobs: at most one active and one waiting for each actor. A turn never fails in BullMQ's sense, carries
 * no data but the actor's id and leaves nothing behind.
 */
@injectable()
export class TurnQueues {
  private readonly workers: Worker[] = [];

  constructor(
    @inject(Queues) private readonly queues: Queues,
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Keys) private readonly keys: Keys,
    @inject(QueuePace) private readonly pace: QueuePace,
  ) {}

  /** Makes sure that a turn of this actor comes after now. `early` also ends a wait for a later time. */
  async wake(queue: string, id: string, early: boolean): Promise<void> {
    // No custom jobId: together with keepLastIfActive it loses wake-ups.
    await this.queues
      .get(queue)
      .add(TURN, { id }, { deduplication: { id, keepLastIfActive: true, ...(early && { reschedule: true }) } });
  }

  /** Nothing of this queue is started until it is let go on. */
  isPaused(queue: string): Promise<boolean> {
    return this.queues.get(queue).isPaused();
  }

  /** Whether any process works on the turns of a queue now. */
  async hasWorkers(queue: string): Promise<boolean> {
    return (await this.queues.get(queue).getWorkersCount()) > 0;
  }

  /** Starts to work on the turns of a queue in this process. */
  async work(queue: string, options: TurnWorkerOptions, handler: TurnHandler): Promise<void> {
    if (options.turnsPerSecond !== undefined) await this.pace.begin(queue, options.turnsPerSecond);
    const worker = new Worker(
      queue,
      async (job: Job<{ id: string }>, token?: string) => {
        const { againInMs } = await handler(job.data.id);
        if (againInMs === undefined) return;
        await job.moveToDelayed(Date.now() + Math.ceil(againInMs), token);
        throw new DelayedError();
      },
      { connection: this.redis.client, prefix: this.keys.queuePrefix, concurrency: options.concurrency, ...LOCK },
    );
    worker.on('error', () => undefined); // Redis is away: the worker comes back by itself, and health says so
    this.workers.push(worker);
  }

  /** Takes no more turns and waits for those under way. */
  async stop(): Promise<void> {
    await Promise.all(this.workers.splice(0).map((worker) => worker.close()));
  }
}

import { type Job, Worker } from 'bullmq';
import { inject, injectable } from 'inversify';
import type { Tell } from '../contract/actor-kind.js';
import { RedisConnection } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';
import { Queues } from './queues.js';

const TIMER = 'timer';

/** Letters to be told later, as delayed BullMQ jobs: session expiry, stash expiry, flushes. */
@injectable()
export class TimerQueues {
  private readonly workers: Worker[] = [];

  constructor(
    @inject(Queues) private readonly queues: Queues,
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Keys) private readonly keys: Keys,
  ) {}

  /** A repeat with the same id is dropped while the first waits; later the letter's own id makes it harmless. */
  async set(queue: string, id: string, inMs: number, tell: Tell): Promise<void> {
    const options = { jobId: id.replaceAll(':', '-'), delay: Math.max(0, Math.ceil(inMs)) };
    await this.queues
      .get(queue)
      .add(TIMER, tell, { ...options, attempts: 1_000_000, backoff: { type: 'fixed', delay: 1_000 } });
  }

  /** Starts to tell what is due, in this process. */
  work(queue: string, tell: (letter: Tell) => Promise<unknown>): void {
    const worker = new Worker(queue, async (job: Job<Tell>) => void (await tell(job.data)), {
      connection: this.redis.client,
      prefix: this.keys.queuePrefix,
      concurrency: 20,
      lockDuration: 3_000,
      stalledInterval: 500,
      maxStalledCount: 1_000_000,
    });
    worker.on('error', () => undefined); // as for turns
    this.workers.push(worker);
  }

  async stop(): Promise<void> {
    await Promise.all(this.workers.splice(0).map((worker) => worker.close()));
  }
}

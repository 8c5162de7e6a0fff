import { ErrorCode, type Job, Worker } from 'bullmq';
import { inject, injectable } from 'inversify';
import type { Tell } from '../contract/actor-kind.js';
import { RedisConnection } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';
import { Queues } from './queues.js';

const TIMER = 'timer';
const FORGET_PAGE = 1_000;

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

  /** Forgets the timers whose ids begin so, and what the queue says of them. Again does nothing more. */
  async forget(name: string, idBegins: string): Promise<void> {
    const queue = this.queues.get(name);
    const begins = idBegins.replaceAll(':', '-');
    for (let from = 0; ; from += FORGET_PAGE) {
      const jobs = await queue.getDelayed(from, from + FORGET_PAGE - 1);
      const theirs = jobs.filter(({ id }) => id?.startsWith(begins));
      for (const job of theirs) await job.remove().catch(unlessGone);
      from -= theirs.length;
      if (jobs.length < FORGET_PAGE) break;
    }
    await queue.trimEvents(0);
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

/** A job that has become due meanwhile needs no removal. */
function unlessGone(error: unknown): void {
  const { code } = error as { code?: unknown };
  if (code !== undefined && code !== ErrorCode.JobNotExist) throw error;
}

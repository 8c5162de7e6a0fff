import { ErrorCode, type Job, type JobType, Worker } from 'bullmq';
import { inject, injectable } from 'inversify';
import type { ActorRef, Tell } from '../contract/actor-kind.js';
import { RedisConnection } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';
import { jobIdOf } from './job-id.js';
import { Queues } from './queues.js';

const TIMER = 'timer';
const PAGE = 1_000;
const UNTOLD: JobType[] = ['delayed', 'wait'];

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
    const options = { jobId: jobIdOf(id), delay: Math.max(0, Math.ceil(inMs)) };
    await this.queues
      .get(queue)
      .add(TIMER, tell, { ...options, attempts: 1_000_000, backoff: { type: 'fixed', delay: 1_000 } });
  }

  /** Removes the timers of these actors, and the queue's events about them. Repeating it has no effect. */
  async forget(name: string, recipients: readonly ActorRef[]): Promise<void> {
    const queue = this.queues.get(name);
    const forgotten = new Set(recipients.map(nameOf));
    // All ids at once, because pages would shift while jobs become due.
    const ids = await queue.getRanges(UNTOLD, 0, -1);
    for (let from = 0; from < ids.length; from += PAGE) {
      const jobs = await Promise.all(ids.slice(from, from + PAGE).map((id) => queue.getJob(id)));
      for (const job of jobs) {
        if (job && forgotten.has(nameOf((job as Job<Tell>).data.to))) await job.remove().catch(unlessGone);
      }
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

const nameOf = ({ kind, id }: ActorRef): string => `${kind}|${id}`;

/** A job that has become due meanwhile needs no removal. */
function unlessGone(error: unknown): void {
  const { code } = error as { code?: unknown };
  if (code !== undefined && code !== ErrorCode.JobNotExist) throw error;
}

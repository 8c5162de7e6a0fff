import { ErrorCode, Queue } from 'bullmq';
import { inject, injectable } from 'inversify';
import { RedisConnection } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';

/** BullMQ keeps delayed jobs by ms times this, and their order within one ms below it. */
export const SCORES_PER_MS = 0x1000;

/** Opens BullMQ queues by name, once each, on the shared connection. */
@injectable()
export class Queues {
  private readonly open = new Map<string, Queue>();

  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Keys) private readonly keys: Keys,
  ) {}

  get(name: string): Queue {
    let queue = this.open.get(name);
    if (!queue) {
      queue = new Queue(name, {
        connection: this.redis.client,
        prefix: this.keys.queuePrefix,
        // Finished jobs hold no state of ours: keeping them would let an operator retry a turn beside a running one.
        defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
        streams: { events: { maxLen: 100 } },
      });
      queue.on('error', () => undefined); // Redis is away: every command waits for it, and health says so
      this.open.set(name, queue);
    }
    return queue;
  }

  all(): Queue[] {
    return [...this.open.values()];
  }

  /** What queues tell of their last jobs names actors, by their clients' numbers too. Nobody reads it to decide anything. */
  async forgetEvents(): Promise<void> {
    await Promise.all(this.all().map((queue) => queue.trimEvents(0)));
  }

  /** The clock was moved: what waits for a time comes that much sooner, in the order of the times. */
  async advance(byMs: number): Promise<void> {
    await Promise.all(this.all().map((queue) => this.bringForward(queue, byMs)));
  }

  private async bringForward(queue: Queue, byMs: number): Promise<void> {
    // A job's own fields still say when it was made; only its place among the delayed ones says when it comes.
    const flat = await this.redis.client.zrange(queue.toKey('delayed'), '0', '-1', 'WITHSCORES');
    const ids = flat.filter((_, at) => at % 2 === 0);
    const jobs = await Promise.all(ids.map((id) => queue.getJob(id)));
    const nowMs = Date.now();
    const moves = jobs.map((job, at) => {
      const leftMs = Math.floor(Number(flat[2 * at + 1]) / SCORES_PER_MS) - nowMs - byMs;
      return (leftMs > 0 ? job?.changeDelay(leftMs) : job?.promote())?.catch(unlessDue);
    });
    await Promise.all(moves);
  }

  async close(): Promise<void> {
    await Promise.all(this.all().map((queue) => queue.close()));
  }
}

/** A job that has left the delayed ones meanwhile needs no push. */
function unlessDue(error: unknown): void {
  const { code } = error as { code?: unknown };
  if (code !== ErrorCode.JobNotInState && code !== ErrorCode.JobNotExist) throw error;
}

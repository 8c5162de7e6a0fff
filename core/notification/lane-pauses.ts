import { inject, injectable } from 'inversify';
import { RedisClock } from '../actor/redis-clock.js';
import type { SendOutcome } from '../contract/channel.js';
import type { Problem } from '../contract/stub.js';
import { Logger } from '../observability/logger.js';
import { type LoweredPace, QueuePace } from '../queue/queue-pace.js';
import { Queues } from '../queue/queues.js';
import { RedisConnection } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';

/** The code of a pause by hand, which is also resumed by hand. */
export const PAUSED_BY_HAND = 'paused_by_hand';

/** Why a group of lanes sends nothing. */
export interface LanePause {
  readonly since: string;
  readonly problem: Problem;
  /** The credential that the provider refused, by a name of the channel's own. */
  readonly credential?: string;
}

type Halt = Omit<Extract<SendOutcome, { readonly result: 'halt' }>, 'result'>;

export interface LaneGroupState {
  readonly paused: boolean;
  /** Absent where somebody paused the queue by other means. */
  readonly pause?: LanePause;
  /** Present while the provider's throughput limit holds it down. */
  readonly lowered?: LoweredPace;
}

/**
 * Groups of lanes that send nothing until a person lets them go on: the provider refuses all of a profile, not one
 * message. Nothing is lost meanwhile: each lane keeps its messages in order. The pause is BullMQ's own, so it holds for
 * all processes and over restarts; beside it stands the reason. Each step may be repeated.
 */
@injectable()
export class LanePauses {
  constructor(
    @inject(Queues) private readonly queues: Queues,
    @inject(QueuePace) private readonly pace: QueuePace,
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Keys) private readonly keys: Keys,
    @inject(RedisClock) private readonly clock: RedisClock,
    @inject(Logger) private readonly log: Logger,
  ) {}

  /**
   * Pauses a group for what came of a message that set out `sentAgoMs` ago. One that set out before the group was last
   * let go on says nothing new: then false, and nothing is done; nor where it is let go on at this very moment.
   */
  async pause(queue: string, { problem, credential }: Halt, sentAgoMs = 0): Promise<boolean> {
    const nowMs = await this.clock.nowMs();
    const before = await this.resumedAtMs(queue);
    if (nowMs - sentAgoMs < before) return false;
    const since = new Date(nowMs).toISOString();
    const pause: LanePause = { since, problem, ...(credential !== undefined && { credential }) };
    const isNew = await this.redis.client.hsetnx(this.keys.lanePauses(), queue, JSON.stringify(pause));
    await this.queues.get(queue).pause();
    if ((await this.resumedAtMs(queue)) !== before) {
      await this.letGo(queue);
      return false;
    }
    if (isNew === 1)
      this.log.error({ queue, code: problem.code, provider_code: problem.provider_code }, `paused: ${problem.message}`);
    return true;
  }

  /** Pauses a group on request of a person; `by` is their name. A paused group keeps its reason. */
  pauseByHand(queue: string, by: string, reason?: string): Promise<boolean> {
    const message = `Paused by hand (${by})${reason ? `: ${reason}` : '.'}`;
    return this.pause(queue, { problem: { code: PAUSED_BY_HAND, message } });
  }

  /** Lets a group go on where it stopped. False: it was not paused. */
  async resume(queue: string): Promise<boolean> {
    const { paused } = await this.state(queue);
    if (!paused) return false;
    // Noted first: an answer that is under way now must not pause it again.
    await this.redis.client.hset(this.keys.laneResumes(), queue, await this.clock.nowMs());
    await this.letGo(queue);
    this.log.info({ queue }, 'goes on');
    return true;
  }

  /** In this order: a reason without a pause is mended (`restore`), the other way round it would be a pause that nobody made. */
  private async letGo(queue: string): Promise<void> {
    await this.redis.client.hdel(this.keys.lanePauses(), queue);
    await this.queues.get(queue).resume();
  }

  private async resumedAtMs(queue: string): Promise<number> {
    return Number((await this.redis.client.hget(this.keys.laneResumes(), queue)) ?? 0);
  }

  async state(queue: string): Promise<LaneGroupState> {
    const [paused, pause, lowered] = await Promise.all([
      this.queues.get(queue).isPaused(),
      this.redis.client.hget(this.keys.lanePauses(), queue),
      this.pace.lowered(queue),
    ]);
    return {
      paused: paused || pause !== null,
      ...(pause !== null && { pause: JSON.parse(pause) as LanePause }),
      ...(lowered && { lowered }),
    };
  }

  /** Every group that has a reason to be paused. */
  async all(): Promise<{ readonly [queue: string]: LanePause }> {
    const pauses = await this.redis.client.hgetall(this.keys.lanePauses());
    return Object.fromEntries(Object.entries(pauses).map(([queue, text]) => [queue, JSON.parse(text) as LanePause]));
  }

  /** At start and now and then: a process may have died between the reason and the pause, or met one that lets go on. */
  async restore(): Promise<void> {
    for (const name of Object.keys(await this.all())) {
      const queue = this.queues.get(name);
      if (await queue.isPaused()) continue;
      await queue.pause();
      if ((await this.redis.client.hexists(this.keys.lanePauses(), name)) === 0) await queue.resume(); // just let go on
    }
  }
}

import { inject, injectable } from 'inversify';
import type { Write } from '../contract/actor-kind.js';
import { RedisConnection } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';
import { Script } from '../redis/script.js';
import { Queues } from './queues.js';

const changePace = new Script(new URL('./scripts/change-pace.lua', import.meta.url));

/** Refusals of calls that were under way when the rate was lowered lower it no further. */
const ONCE_IN_MS = 10_000;
const LOWERED_MS = 60_000;
const STEP_MS = 30_000;
/** Received messages are counted in intervals of this length, ms. */
const RECEIVED_MS = 10_000;
/** Sending always keeps at least a tenth of the rate. */
const LEAST_SHARE = 10;

/** The rate of a queue while it is lowered, as stored. Turns per second; times are ms on the product's clock. */
export interface LoweredPace {
  readonly perSecond: number;
  readonly configured: number;
  readonly loweredAtMs: number;
  /** When it rises by a quarter of what is configured. */
  readonly risesAtMs: number;
}

/** Counts a message received at this time, for providers whose limit covers both directions together. */
export const receivedWrite = (keys: Keys, queue: string, atMs: number): Write => [
  'HINCRBY',
  keys.receivedMessages(queue),
  String(Math.floor(atMs / RECEIVED_MS)),
  1,
];

/**
 * How many turns a queue starts per second, over all processes: as configured, or less for a while after the provider
 * said that it was too much. The rate is halved for a minute and then rises again step by step. What was received in the
 * last 10 to 20 s (`receivedWrite`) is subtracted, because providers count both directions together. What is stored is the
 * truth; BullMQ's own limit follows it at every `tend`, so that a process which dies between the two does no harm.
 */
@injectable()
export class QueuePace {
  /** Rates of the queues that this process works on. */
  private readonly configured = new Map<string, number>();

  constructor(
    @inject(Queues) private readonly queues: Queues,
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Keys) private readonly keys: Keys,
  ) {}

  /** At start: the rate as configured, unless it stands lowered. */
  async begin(queue: string, configured: number): Promise<void> {
    this.configured.set(queue, configured);
    const stored = await this.stored(queue);
    const pace = parsed(stored);
    if (!pace) return this.apply(queue, configured);
    const now = { ...pace, configured, perSecond: Math.min(pace.perSecond, configured) };
    if (now.perSecond !== pace.perSecond || configured !== pace.configured) await this.change(queue, stored, now);
    await this.apply(queue, now.perSecond);
  }

  /** The provider takes no more for now: half the rate for a minute. A queue without a rate is not changed. */
  async lower(queue: string, configured: number, nowMs: number): Promise<void> {
    const stored = await this.stored(queue);
    const pace = parsed(stored);
    if (pace && nowMs - pace.loweredAtMs < ONCE_IN_MS) return;
    const perSecond = Math.max(1, Math.floor((pace?.perSecond ?? configured) / 2));
    const lowered = { perSecond, configured, loweredAtMs: nowMs, risesAtMs: nowMs + LOWERED_MS };
    if (await this.change(queue, stored, lowered)) await this.apply(queue, perSecond);
  }

  /** Raises what is due, and lets every queue have the rate that is stored for it, else its own. */
  async tend(nowMs: number): Promise<void> {
    const paces = await this.redis.client.hgetall(this.keys.queuePaces());
    for (const [queue, configured] of this.configured)
      if (paces[queue] === undefined) await this.apply(queue, await this.room(queue, configured, nowMs));
    for (const [queue, stored] of Object.entries(paces)) {
      const pace = parsed(stored)!;
      const due = nowMs >= pace.risesAtMs;
      const perSecond = due
        ? Math.min(pace.configured, pace.perSecond + Math.ceil(pace.configured / 4))
        : pace.perSecond;
      await this.apply(queue, Math.min(perSecond, await this.room(queue, pace.configured, nowMs)));
      if (!due) continue;
      const isBack = perSecond === pace.configured;
      await this.change(queue, stored, isBack ? undefined : { ...pace, perSecond, risesAtMs: nowMs + STEP_MS });
    }
  }

  /** Undefined while the rate is as configured. */
  async lowered(queue: string): Promise<LoweredPace | undefined> {
    return parsed(await this.stored(queue));
  }

  /** The number of turns per second that may start now. */
  async perSecond(queue: string, configured: number, nowMs: number): Promise<number> {
    const [lowered, room] = await Promise.all([this.lowered(queue), this.room(queue, configured, nowMs)]);
    return Math.min(lowered?.perSecond ?? configured, room);
  }

  /** The rate minus the messages received lately. */
  private async room(queue: string, configured: number, nowMs: number): Promise<number> {
    const key = this.keys.receivedMessages(queue);
    const counts = await this.redis.client.hgetall(key);
    const now = Math.floor(nowMs / RECEIVED_MS);
    const old = Object.keys(counts).filter((piece) => Number(piece) < now - 1);
    if (old.length > 0) await this.redis.client.hdel(key, ...old);
    const most = Math.max(...[now - 1, now].map((piece) => Number(counts[piece] ?? 0)));
    const received = Math.ceil((1_000 * most) / RECEIVED_MS);
    return Math.max(Math.ceil(configured / LEAST_SHARE), configured - received);
  }

  /** Every queue whose rate is lowered. */
  async all(): Promise<{ readonly [queue: string]: LoweredPace }> {
    const paces = await this.redis.client.hgetall(this.keys.queuePaces());
    return Object.fromEntries(Object.entries(paces).map(([queue, stored]) => [queue, parsed(stored)!]));
  }

  private async stored(queue: string): Promise<string> {
    return (await this.redis.client.hget(this.keys.queuePaces(), queue)) ?? '';
  }

  private async change(queue: string, from: string, to: LoweredPace | undefined): Promise<boolean> {
    const args = [queue, from, to ? JSON.stringify(to) : ''];
    return (await changePace.run(this.redis.client, [this.keys.queuePaces()], args)) === 1;
  }

  private async apply(queue: string, perSecond: number): Promise<void> {
    const { max, duration } = shortWindow(perSecond);
    await this.queues.get(queue).setGlobalRateLimit(max, duration);
  }
}

const parsed = (stored: string): LoweredPace | undefined =>
  stored === '' ? undefined : (JSON.parse(stored) as LoweredPace);

/** The shortest window of 50 ms or more that holds whole turns: a window of 1 s would let nearly twice the rate into one sliding second. */
function shortWindow(perSecond: number): { readonly max: number; readonly duration: number } {
  const max = Math.max(1, Math.ceil(perSecond / 20));
  return { max, duration: Math.ceil((1_000 * max) / perSecond) };
}

import type { Writable } from 'node:stream';
import { inject, injectable } from 'inversify';
import { Redis, type RedisOptions } from 'ioredis';
import { StubwireError } from '../errors.js';
import { coalesceWrites } from './coalesced-writes.js';
import { Keys } from './keys.js';
import { RedisTarget } from './redis-target.js';
import { storeRefusal } from './store-refusal.js';

/** How long a request waits for Redis before it is answered 503, ms. */
export const STORE_WAIT_MS = 2_000;

/**
 * The connection that all of core shares, and the way to make more. Commands given while Redis is away wait and are sent
 * when it is back; whoever answers a person bounds that wait with `orAway`.
 */
@injectable()
export class RedisConnection {
  readonly client: Redis;
  private readonly probeKey: string;

  constructor(@inject(RedisTarget) private readonly target: RedisTarget) {
    this.probeKey = new Keys(target.keyPrefix).probe();
    this.client = this.open();
  }

  /** A further connection: for blocking reads and for BullMQ. */
  open(options: RedisOptions = {}): Redis {
    const redis = new Redis({
      ...this.target.options,
      connectionName: `stubwire:${process.pid}`,
      maxRetriesPerRequest: null,
      retryStrategy: (times) => Math.min(50 * times, 500),
      ...options,
    });
    redis.on('connect', () => coalesceWrites((redis as unknown as { readonly stream: Writable }).stream));
    redis.on('error', () => undefined); // the state of `client` says it; every command waits or is bounded by its caller
    return redis;
  }

  /** Throws `store_away` if Redis refuses writes. It changes nothing: it sets an empty range of a key that does not exist. */
  async probe(waitMs: number = STORE_WAIT_MS): Promise<void> {
    await this.orAway(this.client.setrange(this.probeKey, 0, ''), waitMs);
  }

  /**
   * Returns the answer. Throws `store_away` after `waitMs`, or at once if Redis refuses to work. Late work is not cancelled: it
   * is safe to repeat.
   */
  async orAway<T>(work: Promise<T>, waitMs: number = STORE_WAIT_MS): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const away = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () =>
          reject(
            new StubwireError(
              'store_away',
              `Redis did not answer within ${waitMs} ms. Nothing is lost; send the request again.`,
            ),
          ),
        waitMs,
      );
    });
    work.catch(() => undefined);
    try {
      return await Promise.race([work, away]);
    } catch (error) {
      throw storeRefusal(error) ?? error;
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    this.client.disconnect();
  }
}

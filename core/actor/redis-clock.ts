import { inject, injectable } from 'inversify';
import type { Clock } from '../contract/clock.js';
import { Queues } from '../queue/queues.js';
import { RedisConnection } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';

/** The clock that all processes on one Redis share. */
@injectable()
export class RedisClock implements Clock {
  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Keys) private readonly keys: Keys,
    @inject(Queues) private readonly queues: Queues,
  ) {}

  async nowMs(): Promise<number> {
    const [[seconds, micros], offset] = await Promise.all([
      this.redis.client.time(),
      this.redis.client.get(this.keys.clockOffset()),
    ]);
    return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000) + Number(offset ?? 0);
  }

  async advance(byMs: number): Promise<number> {
    await this.redis.client.incrby(this.keys.clockOffset(), byMs);
    await this.queues.advance(byMs);
    return this.nowMs();
  }
}

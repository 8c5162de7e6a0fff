import { inject, injectable } from 'inversify';
import type { Clock } from '../contract/clock.js';
import { Queues } from '../queue/queues.js';
import { RedisConnection } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';

/** The clock that all processes on one Redis share. */
@injectable()
export class RedisClock implements Clock {
  private connectedAtMs: number | undefined;
  private connections = 0;

  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Keys) private readonly keys: Keys,
    @inject(Queues) private readonly queues: Queues,
  ) {
    const { client } = redis;
    client.on('ready', () => this.connected());
    client.on('close', () => {
      this.connectedAtMs = undefined;
    });
    if (client.status === 'ready') this.connected();
  }

  async nowMs(): Promise<number> {
    const [[seconds, micros], offset] = await Promise.all([
      this.redis.client.time(),
      this.redis.client.get(this.keys.clockOffset()),
    ]);
    return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000) + Number(offset ?? 0);
  }

  /** How long at `nowMs`, by this clock, the process has been connected to Redis without a break; 0 until known. */
  connectedForMs(nowMs: number): number {
    return this.connectedAtMs === undefined ? 0 : nowMs - this.connectedAtMs;
  }

  private connected(): void {
    this.connections += 1;
    const connection = this.connections;
    this.nowMs().then(
      (nowMs) => {
        if (connection === this.connections) this.connectedAtMs = nowMs;
      },
      () => undefined, // the connection was lost again: the next one asks
    );
  }

  async advance(byMs: number): Promise<number> {
    if (byMs < 0 && this.connectedAtMs !== undefined) this.connectedAtMs += byMs; // a story may start in the past
    await this.redis.client.incrby(this.keys.clockOffset(), byMs);
    await this.queues.advance(byMs);
    return this.nowMs();
  }
}

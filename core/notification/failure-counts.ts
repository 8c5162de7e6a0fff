import { inject, injectable } from 'inversify';
import { Logger } from '../observability/logger.js';
import { RedisConnection } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';

/** Shortest interval between two log lines of a code, over all processes, ms. */
const LOG_EVERY_MS = 30_000;

/** The number of deliveries that failed with a code. */
export interface FailureCount {
  readonly code: string;
  readonly provider_code?: number;
  readonly count: number;
}

/** Reads and logs the counts of failed deliveries by code. `stepWrites` writes them with the failure itself. */
@injectable()
export class FailureCounts {
  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Keys) private readonly keys: Keys,
    @inject(Logger) private readonly log: Logger,
  ) {}

  async all(): Promise<readonly FailureCount[]> {
    const counts = await this.redis.client.hgetall(this.keys.failuresByCode());
    return Object.entries(counts).map(([field, count]) => countOf(field, Number(count)));
  }

  /**
   * Logs the failures since the last time. Only one process at a time does it. If it dies between the line and its mark, the
   * line is logged again.
   */
  async logNew(): Promise<void> {
    const { client } = this.redis;
    if ((await client.set(this.keys.failureLogTurn(), '1', 'PX', LOG_EVERY_MS, 'NX')) === null) return;
    const [counts, logged] = await Promise.all([
      client.hgetall(this.keys.failuresByCode()),
      client.hgetall(this.keys.failuresLogged()),
    ]);
    for (const [field, total] of Object.entries(counts)) {
      const count = Number(total) - Number(logged[field] ?? 0);
      if (count === 0) continue;
      const { code, provider_code } = countOf(field, count);
      const list = `GET /api/deliveries?problem=${provider_code ?? encodeURIComponent(code)}`;
      this.log.warn({ code, provider_code, count, total: Number(total) }, `deliveries failed; ${list} lists them`);
      await client.hset(this.keys.failuresLogged(), field, total);
    }
  }
}

function countOf(field: string, count: number): FailureCount {
  const [code, provider_code] = JSON.parse(field) as [string, number | null];
  return { code, ...(provider_code !== null && { provider_code }), count };
}

import type { Write } from '../contract/actor-kind.js';
import type { RedisConnection } from '../redis/connection.js';
import type { Keys } from '../redis/keys.js';

/** Counts are forgotten when a chain has sent nothing for so long, ms. */
const KEPT_MS = 3_600_000;

/**
 * How many actions the runs of a chain have sent. The limit of hops ends a circle; where each run sends two of its kind it
 * comes after more runs than there is time for, so their number is limited as well. What the first run sends is not counted:
 * it may go to as many as there are.
 */
export class RunChains {
  constructor(
    private readonly redis: RedisConnection,
    private readonly keys: Keys,
  ) {}

  async sent(chain: string): Promise<number> {
    return Number(await this.redis.client.hget(this.keys.chain(chain), 'sent'));
  }
}

/** For the commit of what sends them. */
export const chainWrites = (keys: Keys, chain: string | undefined, sent: number): Write[] =>
  chain === undefined || sent === 0
    ? []
    : [
        ['HINCRBY', keys.chain(chain), 'sent', sent],
        ['PEXPIRE', keys.chain(chain), KEPT_MS],
      ];

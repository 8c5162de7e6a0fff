import type { Write } from '../contract/actor-kind.js';
import type { RedisConnection } from '../redis/connection.js';
import type { Keys } from '../redis/keys.js';
import { type Ahead, pageAhead } from '../redis/page-ahead.js';
import type { ErasedPerson } from './contact-record.js';
import { naming } from './erasure.js';

const A_LOOK = 500;
/** What a repeat of such a request is answered: that it was done, and no word of what. */
const BLANK = JSON.stringify({ erased: true });

/**
 * The kept answers of requests with an `Idempotency-Key`: those that name the person are blanked. They stay, for without
 * its record a late repeat would make the person anew.
 */
export async function requestsWithout(
  { redis, keys }: { readonly redis: RedisConnection; readonly keys: Keys },
  person: ErasedPerson,
): Promise<Write[]> {
  const names = naming(person);
  const writes: Write[] = [];
  let after: Ahead | undefined;
  do {
    const page = await pageAhead(redis.client, keys.idempotencyRecords(), after, A_LOOK);
    const bodies = await Promise.all(page.map(({ id }) => redis.client.hget(id, 'body')));
    for (const [at, body] of bodies.entries()) {
      if (body === null || !names(body)) continue;
      const { id } = page[at]!;
      // One that has ended meanwhile must not come back.
      writes.push(['REQUIRE', id, 'body', body], ['HSET', id, 'body', BLANK]);
    }
    after = page.length === A_LOOK ? page.at(-1) : undefined;
  } while (after);
  return writes;
}

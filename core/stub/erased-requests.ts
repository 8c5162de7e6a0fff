import type { Write } from '../contract/actor-kind.js';
import type { RedisConnection } from '../redis/connection.js';
import type { Keys } from '../redis/keys.js';
import { type Ahead, pageAhead } from '../redis/page-ahead.js';
import type { ErasedPerson } from './contact-record.js';
import { naming } from './erasure.js';

const A_LOOK = 500;
/** The answer to a repeat of such a request: it was done, without details. */
const BLANK = JSON.stringify({ erased: true });

/**
 * Blanks the stored answers of requests with an `Idempotency-Key` that name the person. The records stay, because otherwise a
 * late repeat would create the person again.
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
      // A record that expired meanwhile must not come back.
      writes.push(['REQUIRE', id, 'body', body], ['HSET', id, 'body', BLANK]);
    }
    after = page.length === A_LOOK ? page.at(-1) : undefined;
  } while (after);
  return writes;
}

import type { Tell, Write } from '../contract/actor-kind.js';
import type { Delivery } from '../contract/channel.js';
import type { Stubpost } from '../contract/stub.js';
import { readDelivery, type StoredDelivery } from '../notification/delivery.js';
import { DELIVERY_DESK } from '../notification/delivery-desk-actor.js';
import type { RedisConnection } from '../redis/connection.js';
import type { Keys } from '../redis/keys.js';
import { type Ahead, pageAhead } from '../redis/page-ahead.js';
import { erasureTell } from './contact-letters.js';
import type { ErasedPerson } from './contact-record.js';
import { isTheirs } from './erased-log.js';
import { ERASED, redacted, redacting } from './erasure.js';

const A_LETTER = 200;

/**
 * One page of a walk through all deliveries. Those to the person keep their statuses and times, and lose address and
 * words. One that may still be sent is cancelled and left for the next walk; `isLast`: there is none. Those to others lose
 * what the person wrote, where a run of theirs sent it, and what names them. `erasure` names the walk.
 */
export async function erasedDeliveries(
  { redis, keys }: { readonly redis: RedisConnection; readonly keys: Keys },
  erasure: string,
  person: ErasedPerson,
  after: Ahead | undefined,
  isLast: boolean,
): Promise<{ writes: Write[]; tells: Tell[]; met: boolean; after: Ahead | undefined }> {
  const page = await pageAhead(redis.client, keys.deliveries(), after, A_LETTER);
  const hashes = await Promise.all(page.map(({ id }) => redis.client.hgetall(keys.delivery(id))));
  const found = hashes.flatMap((hash) => {
    const stored = readDelivery(hash);
    return stored ? [{ hash, stored }] : [];
  });
  const sentByThem = await postsOf({ redis, keys }, found, person);
  const writes: Write[] = [];
  const tells: Tell[] = [];
  const stubs = new Set<string>();
  let met = false;
  for (const { hash, stored } of found) {
    const { delivery } = stored;
    const { id, origin } = delivery;
    const theirs = isTo(delivery, person);
    const without = theirs ? undefined : othersWithout(delivery, person, sentByThem.has(origin?.stubpostuuid ?? ''));
    if (!theirs && without === delivery) continue;
    if (theirs && origin) stubs.add(origin.stubref);
    if (!isLast && mayBeSent(stored)) {
      met = true;
      if (theirs) tells.push({ to: { kind: DELIVERY_DESK, id }, id: `erased:${erasure}`, body: { type: 'cancel' } });
    } else if (without) {
      writes.push(['HSET', keys.delivery(id), 'doc', JSON.stringify(without)]);
    } else {
      writes.push(...withoutPerson(keys, stored, hash, person));
    }
  }
  for (const stubref of stubs) {
    const { tell, write } = erasureTell(keys, stubref, erasure, person);
    tells.push(tell);
    writes.push(write);
  }
  return { writes, tells, met, after: page.length === A_LETTER ? page.at(-1) : undefined };
}

/** The stubposts behind these deliveries that are the person's. */
async function postsOf(
  { redis, keys }: { readonly redis: RedisConnection; readonly keys: Keys },
  found: readonly { readonly stored: StoredDelivery }[],
  person: ErasedPerson,
): Promise<ReadonlySet<string>> {
  const ids = [...new Set(found.flatMap(({ stored }) => stored.delivery.origin?.stubpostuuid ?? []))];
  const texts = ids.length > 0 ? await redis.client.mget(ids.map((id) => keys.post(id))) : [];
  return new Set(ids.filter((_, at) => texts[at] && isTheirs(JSON.parse(texts[at]) as Stubpost, person)));
}

/** A delivery to somebody else; the same one where nothing in it is the person's. */
function othersWithout(delivery: Delivery, person: ErasedPerson, isFromThem: boolean): Delivery {
  const { message } = delivery;
  const isEmpty = typeof message === 'object' && message !== null && Object.keys(message).length === 0;
  return redacted(isFromThem && !isEmpty ? { ...delivery, message: {} } : delivery, redacting(person));
}

const isTo = ({ to, origin }: Delivery, { ids, points }: ErasedPerson): boolean =>
  ids.includes(origin?.contactuuid ?? '') || points.some(({ contact }) => contact === to);

const mayBeSent = ({ status }: StoredDelivery): boolean =>
  status === 'queued' || status === 'stashed' || status === 'sending';

function withoutPerson(
  keys: Keys,
  { delivery, providerIds }: StoredDelivery,
  hash: { readonly [field: string]: string },
  person: ErasedPerson,
): Write[] {
  const key = keys.delivery(delivery.id);
  const redact = redacting(person);
  // Without `via` nobody sends it again.
  const { via: _, owner: __, ...rest } = delivery;
  const doc: Delivery = { ...rest, to: ERASED, message: {}, options: {} };
  const steps = Object.entries(hash).filter(([field, text]) => field.startsWith('step:') && redact(text) !== text);
  return [
    ['HSET', key, 'doc', JSON.stringify(doc)],
    ...steps.map(([field, text]): Write => ['HSET', key, field, JSON.stringify(redacted(JSON.parse(text), redact))]),
    ['HDEL', key, 'ticket', 'lane', ...[...providerIds.keys()].map((id) => `provider:${id}`)],
    // A provider's id of a message may hold the number.
    ...[...providerIds.keys()].map((id): Write => ['DEL', keys.providerMessage(delivery.channel, id)]),
  ];
}

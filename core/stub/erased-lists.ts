import type { Write } from '../contract/actor-kind.js';
import { registrationWrites, removalWrites, type StoredRegistration } from '../heimdall/registration.js';
import type { RedisConnection } from '../redis/connection.js';
import type { Keys } from '../redis/keys.js';
import type { Ahead } from '../redis/page-ahead.js';
import type { ErasedPerson } from './contact-record.js';
import { redacted, redacting } from './erasure.js';

interface Store {
  readonly redis: RedisConnection;
  readonly keys: Keys;
}

const EVENTS_A_LETTER = 500;
const ITEMS_A_LOOK = 500;

/** One page of the stream of events: those that name the person are deleted. */
export async function eventsWithout(
  { redis, keys }: Store,
  person: ErasedPerson,
  after: Ahead | undefined,
): Promise<{ writes: Write[]; after: Ahead | undefined }> {
  const names = naming(person);
  const from = after ? `(${after.id}` : '-';
  const entries = (await redis.client.xrange(keys.events(), from, '+', 'COUNT', EVENTS_A_LETTER)) as [
    string,
    string[],
  ][];
  const theirs = entries.filter(([, fields]) => fields.some(names)).map(([id]) => id);
  const last = entries.length === EVENTS_A_LETTER ? entries.at(-1)![0] : undefined;
  return {
    writes: theirs.length > 0 ? [['XDEL', keys.events(), ...theirs]] : [],
    after: last === undefined ? undefined : { id: last, score: '0' },
  };
}

/**
 * What waits for a person to look at it, in the inbox and among the dead letters, goes where it names them; so do
 * registrations that wait for events of theirs. Of others what names them goes.
 */
export async function listsWithout(store: Store, person: ErasedPerson): Promise<{ writes: Write[] }> {
  const { keys } = store;
  const names = naming(person);
  const redact = redacting(person);
  const writes: Write[] = [];
  const lists = [
    [keys.unrouted(), keys.unroutedIndex()],
    [keys.deadLetters(), keys.deadLetterIndex()],
  ] as const;
  for (const [items, index] of lists) {
    for await (const [id, text] of entriesOf(store, items)) {
      if (names(text)) writes.push(['HDEL', items, id], ['ZREM', index, id]);
    }
  }
  for await (const [uuid, text] of entriesOf(store, keys.registrations())) {
    if (!names(text)) continue;
    const before = JSON.parse(text) as StoredRegistration;
    const after = redacted(before, redact);
    const isForThem = Object.values(before.events).some(({ path }) => names(path));
    // One that has taken its event meanwhile must not come back.
    const changes = isForThem ? removalWrites(keys, uuid) : after === before ? [] : registrationWrites(keys, after);
    if (changes.length > 0) writes.push(['REQUIRE', keys.registrations(), uuid, text], ...changes);
  }
  return { writes };
}

async function* entriesOf({ redis }: Store, hash: string): AsyncGenerator<readonly [field: string, text: string]> {
  let cursor = '0';
  do {
    const [next, flat] = await redis.client.hscan(hash, cursor, 'COUNT', ITEMS_A_LOOK);
    cursor = next;
    for (let at = 0; at < flat.length; at += 2) yield [flat[at]!, flat[at + 1]!];
  } while (cursor !== '0');
}

function naming(person: ErasedPerson): (text: string) => boolean {
  const redact = redacting(person);
  return (text) => redact(text) !== text || person.ids.some((id) => text.includes(id));
}

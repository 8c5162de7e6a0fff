import type { Write } from '../contract/actor-kind.js';
import type { RedisConnection } from '../redis/connection.js';
import type { Keys } from '../redis/keys.js';
import type { Ahead } from '../redis/page-ahead.js';
import type { ErasedPerson } from './contact-record.js';
import { redacting } from './erasure.js';

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

/** What waits for a person to look at it, in the inbox and among the dead letters, goes where it names them. */
export async function listsWithout({ redis, keys }: Store, person: ErasedPerson): Promise<{ writes: Write[] }> {
  const lists = [
    [keys.unrouted(), keys.unroutedIndex()],
    [keys.deadLetters(), keys.deadLetterIndex()],
  ] as const;
  const names = naming(person);
  const writes: Write[] = [];
  for (const [items, index] of lists) {
    let cursor = '0';
    do {
      const [next, flat] = await redis.client.hscan(items, cursor, 'COUNT', ITEMS_A_LOOK);
      cursor = next;
      for (let at = 0; at < flat.length; at += 2) {
        const [id, text] = [flat[at]!, flat[at + 1]!];
        if (names(text)) writes.push(['HDEL', items, id], ['ZREM', index, id]);
      }
    } while (cursor !== '0');
  }
  return { writes };
}

function naming(person: ErasedPerson): (text: string) => boolean {
  const redact = redacting(person);
  return (text) => redact(text) !== text || person.ids.some((id) => text.includes(id));
}

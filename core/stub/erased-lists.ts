import type { Write } from '../contract/actor-kind.js';
import { registrationWrites, removalWrites, type StoredRegistration } from '../heimdall/registration.js';
import type { RedisConnection } from '../redis/connection.js';
import type { Keys } from '../redis/keys.js';
import type { Ahead } from '../redis/page-ahead.js';
import type { ErasedPerson } from './contact-record.js';
import { naming, redacted, redacting } from './erasure.js';

interface Store {
  readonly redis: RedisConnection;
  readonly keys: Keys;
}

const EVENTS_A_LETTER = 500;
const ITEMS_A_LOOK = 500;

/** Ids of the person's stubposts. */
export type TheirPosts = ReadonlySet<string>;

/** Ids made by a task of a run begin with `<stubpostuuid>:<task>`. */
const isOf = (posts: TheirPosts, id: string): boolean => posts.has(id.split(':', 1)[0]!);

/** Deletes the events of one page of the stream that name the person, or that one of their runs emitted. */
export async function eventsWithout(
  { redis, keys }: Store,
  person: ErasedPerson,
  posts: TheirPosts,
  after: Ahead | undefined,
): Promise<{ writes: Write[]; after: Ahead | undefined }> {
  const names = naming(person);
  const from = after ? `(${after.id}` : '-';
  const entries = (await redis.client.xrange(keys.events(), from, '+', 'COUNT', EVENTS_A_LETTER)) as [
    string,
    string[],
  ][];
  const theirs = entries.filter(([, fields]) => isOf(posts, fields[1]!) || fields.some(names)).map(([id]) => id);
  const last = entries.length === EVENTS_A_LETTER ? entries.at(-1)![0] : undefined;
  return {
    writes: theirs.length > 0 ? [['XDEL', keys.events(), ...theirs]] : [],
    after: last === undefined ? undefined : { id: last, score: '0' },
  };
}

/**
 * Deletes inbox items and dead letters that name the person or come from one of their runs, and registrations that wait for
 * their events. A registration that one of their runs made, or that contains their address or id, loses its message and data.
 * In all others only the words that name the person are replaced.
 */
export async function listsWithout(
  store: Store,
  person: ErasedPerson,
  posts: TheirPosts,
): Promise<{ writes: Write[] }> {
  const { keys } = store;
  const names = naming(person);
  const writes: Write[] = [];
  const lists = [
    [keys.unrouted(), keys.unroutedIndex()],
    [keys.deadLetters(), keys.deadLetterIndex()],
  ] as const;
  for (const [items, index] of lists) {
    for await (const [id, text] of entriesOf(store, items)) {
      if (isOf(posts, id) || names(text)) writes.push(['HDEL', items, id], ['ZREM', index, id]);
    }
  }
  const withoutThem = registrationsOf(person, posts);
  for await (const [uuid, text] of entriesOf(store, keys.registrations())) {
    const before = JSON.parse(text) as StoredRegistration;
    const after = withoutThem(before);
    if (after === before) continue;
    // One that has taken its event meanwhile must not come back.
    const changes = after ? registrationWrites(keys, after) : removalWrites(keys, uuid);
    writes.push(['REQUIRE', keys.registrations(), uuid, text], ...changes);
  }
  return { writes };
}

/** The rest of a registration after the erasure; the same object if nothing in it is the person's. */
function registrationsOf(
  person: ErasedPerson,
  posts: TheirPosts,
): (registration: StoredRegistration) => StoredRegistration | undefined {
  const redact = redacting(person);
  const identifies = naming({ ...person, names: [] });
  return (registration) => {
    const { events, trigger_stubaction: trigger, registered_by: by } = registration;
    if (Object.values(events).some(({ path }) => identifies(path) || redact(path) !== path)) return undefined;
    const isTheirs = posts.has(by ?? '') || identifies(JSON.stringify([trigger.message, trigger.data]));
    const isEmpty = trigger.message === '' && Object.keys(trigger.data).length === 0;
    if (!isTheirs || isEmpty) return redacted(registration, redact);
    return redacted({ ...registration, trigger_stubaction: { ...trigger, message: '', data: {} } }, redact);
  };
}

async function* entriesOf({ redis }: Store, hash: string): AsyncGenerator<readonly [field: string, text: string]> {
  let cursor = '0';
  do {
    const [next, flat] = await redis.client.hscan(hash, cursor, 'COUNT', ITEMS_A_LOOK);
    cursor = next;
    for (let at = 0; at < flat.length; at += 2) yield [flat[at]!, flat[at + 1]!];
  } while (cursor !== '0');
}

import type { Write } from '../contract/actor-kind.js';
import type { Stub, Stubpost } from '../contract/stub.js';
import { deliveryWrites } from '../notification/delivery.js';
import type { Keys } from '../redis/keys.js';
import type { RunResult } from './run.js';

/** What a run leaves besides the stub itself: its stubpost, its deliveries, and the lists that the stub is found by. */
export function runWrites(keys: Keys, before: Stub | null, result: RunResult): Write[] {
  const { stub, post, deliveries } = result;
  const postedMs = Date.parse(post.posted_at);
  return [
    ['SET', keys.post(post.stubpostuuid), JSON.stringify(post)],
    // The version breaks the tie of two posts in one millisecond, so that the log keeps its order.
    ['ZADD', keys.postsOfStub(stub.stubref), postedMs + (stub.version % 1000) / 1000, post.stubpostuuid],
    ...indexWrites(keys, before, stub),
    ...touchedWrites(keys, result),
    ...deliveries.flatMap(({ delivery, step, writes = [] }) => [...deliveryWrites(keys, delivery, step), ...writes]),
  ];
}

/** How long the refusal of a stub that never came to be can be read, ms: as long as a repeat of the request is known. */
const REFUSED_BIRTH_MS = 86_400_000;

/** What is kept of a stub whose `_create` was refused: the entry that says why, for who asked. */
export const refusedBirthWrites = (keys: Keys, post: Stubpost): Write[] => [
  ['SET', keys.post(post.stubpostuuid), JSON.stringify(post)],
  ['PEXPIRE', keys.post(post.stubpostuuid), REFUSED_BIRTH_MS],
];

/** Who wrote on the stub, or was written to, without being in one of its lists. */
function touchedWrites(keys: Keys, { stub, post, deliveries }: RunResult): Write[] {
  const { contactuuid, on_behalf_of } = post.posted_by;
  const reached = deliveries.map(({ delivery }) => delivery.origin?.contactuuid);
  const listed = contactsOf(stub);
  const others = new Set([contactuuid, on_behalf_of, ...reached].filter((id) => id !== undefined && !listed.has(id)));
  const createdMs = Date.parse(stub.created_at);
  return [...others].map((id): Write => ['ZADD', keys.stubsTouchedBy(id!), createdMs, stub.stubref]);
}

/** The lists that a stub is found by, where it changed. */
export function indexWrites(keys: Keys, before: Stub | null, stub: Stub): Write[] {
  const createdMs = Date.parse(stub.created_at);
  const { stubref, template } = stub;
  const writes: Write[] = [];
  if (!before) {
    writes.push(
      ['ZADD', keys.stubs(), createdMs, stubref],
      ['ZADD', keys.stubsOfTemplate(template), createdMs, stubref],
      ['SADD', keys.templatesOfStubs(), template],
    );
  }
  if (before?.state !== stub.state) {
    if (before) writes.push(['ZREM', keys.stubsInState(template, before.state), stubref]);
    writes.push(
      ['ZADD', keys.stubsInState(template, stub.state), createdMs, stubref],
      ['SADD', keys.statesOfTemplate(template), stub.state],
    );
  }
  const had = contactsOf(before);
  const has = contactsOf(stub);
  for (const contact of has)
    if (!had.has(contact)) writes.push(['ZADD', keys.stubsOfContact(contact), createdMs, stubref]);
  for (const contact of had) {
    if (has.has(contact)) continue;
    writes.push(
      ['ZREM', keys.stubsOfContact(contact), stubref],
      ['ZADD', keys.stubsTouchedBy(contact), createdMs, stubref],
    );
  }
  return writes;
}

const contactsOf = (stub: Stub | null): Set<string> =>
  new Set(stub ? Object.values(stub.contact_lists).flatMap(({ contactuuids }) => contactuuids) : []);

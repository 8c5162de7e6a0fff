import type { Write } from '../contract/actor-kind.js';
import type { Stub } from '../contract/stub.js';
import { deliveryWrites } from '../notification/delivery.js';
import type { Keys } from '../redis/keys.js';
import type { RunResult } from './run.js';

/** What a run leaves besides the stub itself: its stubpost, its deliveries, and the lists that the stub is found by. */
export function runWrites(keys: Keys, before: Stub | null, { stub, post, deliveries }: RunResult): Write[] {
  const postedMs = Date.parse(post.posted_at);
  return [
    ['SET', keys.post(post.stubpostuuid), JSON.stringify(post)],
    // The version breaks the tie of two posts in one millisecond, so that the log keeps its order.
    ['ZADD', keys.postsOfStub(stub.stubref), postedMs + (stub.version % 1000) / 1000, post.stubpostuuid],
    ...indexWrites(keys, before, stub),
    ...deliveries.flatMap(({ delivery, step, writes = [] }) => [...deliveryWrites(keys, delivery, step), ...writes]),
  ];
}

function indexWrites(keys: Keys, before: Stub | null, stub: Stub): Write[] {
  const createdMs = Date.parse(stub.created_at);
  const { stubref, template } = stub;
  const writes: Write[] = [];
  if (!before) {
    writes.push(
      ['ZADD', keys.stubs(), createdMs, stubref],
      ['ZADD', keys.stubsOfTemplate(template), createdMs, stubref],
    );
  }
  if (before?.state !== stub.state) {
    if (before) writes.push(['ZREM', keys.stubsInState(template, before.state), stubref]);
    writes.push(['ZADD', keys.stubsInState(template, stub.state), createdMs, stubref]);
  }
  const had = contactsOf(before);
  const has = contactsOf(stub);
  for (const contact of has)
    if (!had.has(contact)) writes.push(['ZADD', keys.stubsOfContact(contact), createdMs, stubref]);
  for (const contact of had) if (!has.has(contact)) writes.push(['ZREM', keys.stubsOfContact(contact), stubref]);
  return writes;
}

const contactsOf = (stub: Stub | null): Set<string> =>
  new Set(stub ? Object.values(stub.contact_lists).flatMap(({ contactuuids }) => contactuuids) : []);

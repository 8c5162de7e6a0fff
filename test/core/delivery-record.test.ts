import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Write } from '../../core/contract/actor-kind.js';
import type { Delivery } from '../../core/contract/channel.js';
import type { DeliveryStatus, DeliveryStep } from '../../core/contract/stub.js';
import {
  deliveryWrites,
  failureOverWrites,
  newRoundWrites,
  pastFailureWrite,
  providerIdWrite,
  readDelivery,
  roundMark,
  type StoredDelivery,
  stepWrites,
  viewOf,
} from '../../core/notification/delivery.js';
import { Keys } from '../../core/redis/keys.js';

const keys = new Keys('t');
const delivery: Delivery = {
  v: 1,
  id: 'd',
  channel: 'c',
  to: '27',
  message: {},
  options: {},
  show_all_statuses: false,
  created_at: '2026-01-01T00:00:00.000Z',
};

/** The record and its lists, as Redis would keep them. */
class Kept {
  readonly hash: { [field: string]: string } = {};
  readonly lists = new Map<string, Set<string>>();
  private second = 0;

  constructor() {
    this.write(deliveryWrites(keys, delivery, this.step('queued')));
  }
  step(status: DeliveryStatus, code?: string): DeliveryStep {
    this.second += 1;
    const at = new Date(Date.UTC(2026, 0, 1) + this.second * 1_000).toISOString();
    return { status, at, ...(code !== undefined && { error: { code, message: 'm' } }) };
  }
  report(status: DeliveryStatus, mark = '', code?: string): this {
    return this.write(stepWrites(keys, 'd', this.step(status, code), mark));
  }
  write(writes: readonly Write[]): this {
    for (const [command, key, field, value] of writes) {
      const list = this.lists.get(key) ?? new Set();
      if (command === 'HSETNX') this.hash[String(field)] ??= String(value);
      else if (command === 'HDEL') delete this.hash[String(field)];
      else if (command === 'ZADD') this.lists.set(key, list.add(String(value)));
      else if (command === 'ZREM') list.delete(String(field));
    }
    return this;
  }
  get stored(): StoredDelivery {
    return readDelivery(this.hash)!;
  }
  get isFailed(): boolean {
    return this.lists.get(keys.failedDeliveries())?.has('d') ?? false;
  }
  get isOpen(): boolean {
    return this.lists.get(keys.openDeliveries())?.has('d') ?? false;
  }
}

describe('The record of a delivery', () => {
  it('stands on the list of open ones until a provider has it or it fails', () => {
    const kept = new Kept();
    assert.deepEqual([kept.isOpen, kept.isFailed], [true, false]);
    kept.report('sending', '#1.1').report('accepted');
    assert.deepEqual([kept.isOpen, kept.isFailed], [false, false]);
    kept.report('failed');
    assert.deepEqual([kept.isOpen, kept.isFailed], [false, true]);
  });

  it('reads the same whatever the order of reports, and twice is once (property)', () => {
    const reports: DeliveryStatus[] = ['accepted', 'sent', 'delivered', 'read', 'played', 'failed'];
    const times = reports.map((_, at) => new Date(at * 1_000).toISOString());
    const order = fc.shuffledSubarray(reports, { minLength: reports.length, maxLength: reports.length });
    fc.assert(
      fc.property(order, fc.nat(5), (shuffled, length) => {
        const given = shuffled.slice(0, length + 1);
        const kept = new Kept();
        for (const status of [...given, ...given])
          kept.write(stepWrites(keys, 'd', { status, at: times[reports.indexOf(status)]! }));
        const furthest = Math.max(...given.map((status) => reports.indexOf(status)));
        assert.equal(kept.stored.status, reports[furthest]);
        assert.equal(kept.stored.history.length, given.length + 1);
      }),
    );
  });

  it('is queued again when it is sent again, and keeps what was', () => {
    const kept = new Kept().report('sending', '#1.1').report('accepted').report('failed', '', 'provider_failed');
    kept.write(newRoundWrites(keys, kept.stored, '2026-01-01T01:00:00.000Z'));
    assert.deepEqual([kept.stored.status, kept.stored.round], ['queued', 2]);
    assert.deepEqual([kept.isOpen, kept.isFailed], [true, false]);
    assert.equal(kept.stored.failure, undefined);
    assert.deepEqual(
      kept.stored.history.map(({ status }) => status),
      ['queued', 'sending', 'accepted', 'failed', 'queued'],
    );
    assert.equal(viewOf(kept.stored).status, 'queued', 'the stubpost says so too');
  });

  it('stands for its newest round, however far an earlier one came', () => {
    const kept = new Kept().report('accepted').report('delivered').report('failed');
    kept.write(newRoundWrites(keys, kept.stored, kept.step('queued').at));
    kept.report('sending', '#2.1');
    assert.equal(kept.stored.status, 'sending');
    kept.report('accepted', roundMark(2)).report('sent', roundMark(2));
    assert.equal(kept.stored.status, 'sent');
    kept.report('failed', '', 'again');
    assert.deepEqual([kept.stored.status, kept.stored.failure?.error?.code], ['failed', 'again']);
  });

  it('goes back into the stash after a provider had taken it', () => {
    const kept = new Kept().report('sending', '#1.1').report('accepted').report('stashed', '#2');
    assert.deepEqual([kept.stored.status, kept.stored.round, kept.isOpen], ['stashed', 2, true]);
  });

  it('keeps a late failure of an earlier round as history', () => {
    const kept = new Kept().report('accepted').report('failed', '', 'one');
    kept.write(newRoundWrites(keys, kept.stored, kept.step('queued').at)).report('accepted', '#2');
    kept.write([pastFailureWrite(keys, 'd', kept.step('failed', 'late'), 1)]);
    assert.equal(kept.stored.status, 'accepted');
    assert.equal(kept.stored.history.filter(({ status }) => status === 'failed').length, 2);
  });

  it('is no failure any more when it proves to have arrived', () => {
    const kept = new Kept().report('sending', '#1.1').report('failed', '', 'unknown_outcome');
    kept.write(failureOverWrites(keys, kept.stored)).report('delivered');
    assert.deepEqual([kept.stored.status, kept.isFailed], ['delivered', false]);
    assert.equal(kept.stored.history.filter(({ status }) => status === 'failed').length, 1);
  });

  it('knows which round each of the provider’s ids is of', () => {
    const kept = new Kept().write([providerIdWrite(keys, 'd', 'w=1', 1), providerIdWrite(keys, 'd', 'w2', 2)]);
    assert.deepEqual(
      [...kept.stored.providerIds],
      [
        ['w=1', 1],
        ['w2', 2],
      ],
    );
  });
});

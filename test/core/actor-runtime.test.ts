import assert from 'node:assert/strict';
import { ActorStore, FenceError } from '../../core/actor/actor-store.js';
import { SeenMarks } from '../../core/actor/seen-marks.js';
import type { ActorKind, Decision, Letter, Turn } from '../../core/contract/actor-kind.js';
import { ActorHost } from '../support/actor-host.js';
import { privateRedis } from '../support/private-redis.js';
import { until } from '../support/until.js';

interface Ledger {
  readonly had: readonly number[];
}

/** Writes down the numbers it gets. A negative one is refused for ever; `hurdles` are refused that many times. */
class LedgerKind implements ActorKind<Ledger, { n: number }> {
  readonly kind = 'ledger';
  readonly queue = 'ledgers';
  readonly stateVersion = 1;
  readonly maxAttempts = 3;
  readonly hurdles = new Map<number, number>();
  running = 0;
  overlaps = 0;
  initial = (): Ledger => ({ had: [] });

  async decide({ state }: Turn<Ledger>, { body }: Letter<{ n: number }>): Promise<Decision<Ledger>> {
    if (++this.running > 1) this.overlaps += 1;
    await new Promise((resolve) => setImmediate(resolve));
    this.running -= 1;
    const left = this.hurdles.get(body.n) ?? 0;
    this.hurdles.set(body.n, left - 1);
    if (body.n < 0 || left > 0) throw new Error(`cannot take ${body.n}`);
    return { state: { had: [...state.had, body.n] } };
  }
}

describe('An actor', () => {
  let host: ActorHost;
  let kind: LedgerKind;
  const to = (id: string) => ({ kind: 'ledger', id });
  const had = async (id: string) => (await host.state<Ledger>('ledger', id))?.had ?? [];
  const open = (prefix = privateRedis.newPrefix()) => new ActorHost(privateRedis.options, prefix, [kind]);

  beforeEach(() => {
    kind = new LedgerKind();
    host = open();
  });
  afterEach(() => host.stop());

  it('takes its letters one at a time, in the order they were told', async () => {
    await host.start();
    const numbers = Array.from({ length: 200 }, (_, n) => n);
    for (const n of numbers) void host.mail.tell([{ to: to('a'), id: `l${n}`, body: { n } }]);
    await until('200 letters', async () => (await had('a')).length === 200);
    assert.deepEqual(await had('a'), numbers);
    assert.equal(kind.overlaps, 0);
  });

  it('takes a letter once, however often it is told', async () => {
    await host.start();
    const fresh = await Promise.all(
      Array.from({ length: 50 }, () => host.mail.tell([{ to: to('a'), id: 'same', body: { n: 1 } }])),
    );
    assert.equal(fresh.flat().filter(Boolean).length, 1);
    await host.mail.tell([{ to: to('a'), id: 'last', body: { n: 2 } }]);
    await until('letter 2', async () => (await had('a')).includes(2));
    await host.mail.tell([{ to: to('a'), id: 'same', body: { n: 1 } }]);
    await host.mail.tell([{ to: to('a'), id: 'end', body: { n: 3 } }]);
    await until('letter 3', async () => (await had('a')).includes(3));
    assert.deepEqual(await had('a'), [1, 2, 3]);
  });

  it('tries a failing letter again in its place, and keeps those behind it in order', async () => {
    await host.start();
    kind.hurdles.set(1, 2);
    await host.mail.tell([0, 1, 2, 3].map((n) => ({ to: to('a'), id: `l${n}`, body: { n } })));
    await until('4 letters', async () => (await had('a')).length === 4);
    assert.deepEqual(await had('a'), [0, 1, 2, 3]);
  });

  it('puts a letter that cannot be handled aside, goes on with the next, and takes it back by hand', async () => {
    await host.start();
    await host.mail.tell([0, -1, 2].map((n) => ({ to: to('a'), id: `l${n}`, body: { n } })));
    await until('2 letters', async () => (await had('a')).length === 2);
    assert.deepEqual(await had('a'), [0, 2]);
    const { items } = await host.deadLetters.list(undefined, 10);
    assert.equal(items.length, 1);
    assert.equal(items[0]!.attempts, 3);
    assert.match(items[0]!.error, /cannot take -1/);
    await host.deadLetters.retry(items[0]!.id);
    await until('the letter to die again', async () =>
      (await host.deadLetters.list(undefined, 10)).items.some(({ letter }) => letter.id.includes('retry')),
    );
    assert.equal(await host.deadLetters.count(), 1, 'it is refused again, as a dead letter of its own');
  });

  it('is left alone by the poison of others: 40 actors, one bad letter in each, all others arrive', async () => {
    await host.start();
    for (let id = 0; id < 40; id += 1) {
      await host.mail.tell([1, 2, -id - 1, 3, 4].map((n, at) => ({ to: to(`${id}`), id: `l${at}`, body: { n } })));
    }
    await until('40 dead letters', async () => (await host.deadLetters.count()) === 40);
    for (let id = 0; id < 40; id += 1) await until('4 letters', async () => (await had(`${id}`)).length === 4);
    assert.equal(await host.redis.client.zcard(host.keys.mail()), 0, 'nobody stands in the list of actors with work');
  });

  it('is woken by the sweeper when a producer died between storing a letter and waking it', async () => {
    await host.start();
    const { mailbox, mail } = host.keys;
    await host.redis.client.rpush(mailbox('ledger', 'a'), 'orphan\n1\n{"n":7}');
    await host.redis.client.zadd(mail(), 1, 'ledger|a', 0, 'no longer configured|b');
    await until('letter 7', async () => (await had('a')).includes(7));
  });

  it('runs a waiting turn again after an operator removed its job', async () => {
    await host.mail.tell([{ to: to('a'), id: 'l1', body: { n: 1 } }]);
    await host.queues.get('ledgers').drain();
    await host.redis.client.zadd(host.keys.mail(), 1, 'ledger|a');
    await host.start();
    await until('letter 1', async () => (await had('a')).includes(1));
  });

  it('refuses the commit of a turn that another process overtook', async () => {
    await host.mail.tell([{ to: to('a'), id: 'l1', body: { n: 1 } }]);
    const store = new ActorStore(host.redis, host.keys);
    const step = { letterIds: ['l1'], outboxDone: 0, outbox: [], tells: [], writes: [], wakeAtMs: undefined };
    const [slow, quick] = [await store.open(to('a'), 10), await store.open(to('a'), 10)];
    await store.commit(to('a'), { ...step, version: quick.version, state: { record: { v: 1, had: [1] } } });
    await assert.rejects(
      store.commit(to('a'), { ...step, version: slow.version, state: { record: { v: 1, had: [1, 1] } } }),
      FenceError,
    );
    assert.deepEqual(await had('a'), [1]);
  });

  it('takes what a turn did not come to as if it had not been taken; what killed a process is taken alone', async () => {
    const store = new ActorStore(host.redis, host.keys);
    for (const n of [1, 2, 3]) await host.mail.tell([{ to: to('a'), id: `l${n}`, body: { n } }]);
    const step = { outboxDone: 0, outbox: [], tells: [], writes: [], wakeAtMs: undefined, state: 'keep' } as const;
    const first = await store.open(to('a'), 10);
    await store.commit(to('a'), {
      ...step,
      version: first.version,
      letterIds: ['l1'],
      unreachedIds: ['l2', 'l3'],
    });
    assert.deepEqual((await store.open(to('a'), 10)).attempts, [1, 1]);
    assert.deepEqual((await store.open(to('a'), 10)).attempts, [2], 'the turn before never ended');
  });

  it('does not mistake a later life of a forgotten actor for the one it knew', async () => {
    const store = new ActorStore(host.redis, host.keys);
    const step = { outboxDone: 0, outbox: [], tells: [], writes: [], wakeAtMs: undefined, state: 'forget' } as const;
    await host.mail.tell([{ to: to('a'), id: 'l1', body: { n: 1 } }]);
    const slow = await store.open(to('a'), 10);
    await store.commit(to('a'), { ...step, version: slow.version, letterIds: ['l1'] });
    await host.mail.tell([{ to: to('a'), id: 'l2', body: { n: 2 } }]);
    await assert.rejects(store.commit(to('a'), { ...step, version: slow.version, letterIds: ['l1'] }), FenceError);
    const opened = await store.open(to('a'), 10);
    assert.deepEqual(
      opened.letters.map(({ id }) => id),
      ['l2'],
    );
  });

  it('recognises letters from before an upgrade, without phone numbers in key names', async () => {
    const id = '27825550102';
    const plain = `${host.keys.plainSeen()}ledger:${id}:l1`;
    await host.redis.client.set(plain, '1', 'PX', 60_000);
    const marks = new SeenMarks(host.redis, host.keys);
    await marks.rename();
    await marks.rename();
    assert.equal(await host.redis.client.exists(plain), 0);
    assert.ok((await host.redis.client.pttl(host.keys.seen('ledger', id, 'l1'))) > 0, 'it ends when it would have');
    assert.deepEqual(await host.mail.tell(['l1', 'l2'].map((letter) => ({ to: to(id), id: letter, body: { n: 1 } }))), [
      false,
      true,
    ]);
    assert.equal(host.keys.seen('ledger', id, 'l1').includes(id), false);
  });

  it('is shared by two processes without a letter lost, doubled or out of order', async () => {
    const other = new ActorHost(privateRedis.options, host.keys.queuePrefix.slice(1, -4), [kind]);
    await Promise.all([host.start(), other.start()]);
    for (let n = 0; n < 300; n += 1)
      await (n % 2 ? host : other).mail.tell([{ to: to(`${n % 5}`), id: `l${n}`, body: { n } }]);
    for (let id = 0; id < 5; id += 1) {
      await until('60 letters', async () => (await had(`${id}`)).length === 60);
      assert.deepEqual(
        await had(`${id}`),
        Array.from({ length: 60 }, (_, at) => at * 5 + id),
      );
    }
    await other.stop();
  });
});

import assert from 'node:assert/strict';
import { EventStream } from '../../core/heimdall/event-stream.js';
import { RedisConnection } from '../../core/redis/connection.js';
import { Keys } from '../../core/redis/keys.js';
import { PrivateRedis } from '../support/private-redis.js';
import { until } from '../support/until.js';
import { HttpRig } from './http-rig.js';

describe('watching events', () => {
  let rig: HttpRig;
  let redis: PrivateRedis | undefined;

  const start = async (own?: PrivateRedis) => {
    redis = own;
    rig = await new HttpRig({ workers: true, ...(own && { redis: own }) }).start();
  };

  afterEach(async () => {
    await rig.stop();
    await redis?.stop();
  });

  const emit = (path: string, data: object = {}) => rig.ask('POST', '/api/heimdall/emit', { path, data });
  const watch = (pattern: string, after?: string) =>
    rig.watch(
      `/api/heimdall/events?path=${encodeURIComponent(pattern)}`,
      after === undefined ? {} : { 'last-event-id': after },
    );

  it('shows what is emitted under the pattern, in order, to every watcher', async () => {
    await start();
    const [all, some] = [await watch('orders.*'), await watch('orders.#.paid')];
    const emitted = await emit('orders.1.paid', { amount: 5 });
    assert.equal(emitted.status, 202);
    await emit('parcels.1.paid');
    await emit('orders.2.sent');
    await emit('orders.2.paid');
    const seen = await all.read(3);
    assert.deepEqual(
      seen.map(({ data }) => data['path']),
      ['orders.1.paid', 'orders.2.sent', 'orders.2.paid'],
    );
    assert.deepEqual(seen[0]!.data['data'], { amount: 5 });
    assert.equal(seen[0]!.data['id'], emitted.body.id);
    assert.equal(seen[0]!.event, 'event');
    assert.deepEqual(
      (await some.read(2)).map(({ data }) => data['path']),
      ['orders.1.paid', 'orders.2.paid'],
    );
    all.end();
    some.end();
  });

  it('goes on after the last event a watcher saw, missing none and repeating none', async () => {
    await start();
    const first = await watch('a.*');
    for (let index = 0; index < 5; index++) await emit(`a.${index}`);
    const seen = await first.read(5);
    first.end();
    for (let index = 5; index < 450; index++) await emit(`a.${index}`);
    const second = await watch('a.*', seen[2]!.id!);
    for (let index = 450; index < 460; index++) await emit(`a.${index}`);
    const rest = await second.read(457);
    assert.deepEqual(
      rest.map(({ data }) => data['path']),
      Array.from({ length: 457 }, (_, index) => `a.${index + 3}`),
    );
    second.end();
  });

  it('gives all there is to a watcher whose last event is of a Redis that is gone', async () => {
    await start();
    for (let index = 0; index < 3; index++) await emit(`a.${index}`);
    const watcher = await watch('a.*', '999999999999999-0');
    await emit('a.3');
    assert.deepEqual(
      (await watcher.read(4)).map(({ data }) => data['path']),
      ['a.0', 'a.1', 'a.2', 'a.3'],
    );
    watcher.end();
  });

  it('refuses a pattern or a last id that is none', async () => {
    await start();
    assert.equal((await rig.ask('GET', '/api/heimdall/events?path=a.*.b')).body.error.code, 'path_invalid');
    assert.equal((await rig.ask('GET', '/api/heimdall/events')).body.error.code, 'validation_failed');
    assert.equal(
      (await rig.ask('GET', '/api/heimdall/events?path=a', undefined, { 'last-event-id': 'x' })).body.error.code,
      'validation_failed',
    );
    assert.equal((await emit('a.*')).body.error.code, 'path_invalid');
  });

  it('closes a watcher who does not keep up, and none of the others', async () => {
    await start();
    const stream = rig.container.get(EventStream);
    const { client } = rig.container.get(RedisConnection);
    const key = rig.container.get(Keys).events();
    const [slow, quick] = [await stream.watch('a.*'), await stream.watch('a.*')];
    let taken = 0;
    const taking = (async () => {
      for await (const _ of quick) if (++taken === 1_500) return;
    })();
    for (let index = 0; index < 1_500; index++) await client.xadd(key, '*', 'path', `a.${index}`, 'data', '{}');
    await taking;
    assert.equal(taken, 1_500);
    assert.equal(slow.closedBecause, 'slow');
    assert.equal(quick.closedBecause, 'done');
  });

  it('goes on by itself when Redis was away', async () => {
    await start(await new PrivateRedis().start());
    const watching = await watch('a.*');
    await emit('a.1');
    await watching.read(1);
    await redis!.kill9();
    const { client } = rig.container.get(RedisConnection);
    await until('the program to miss it', () => client.status === 'reconnecting');
    await redis!.start();
    await emit('a.2');
    assert.deepEqual(
      (await watching.read(2)).map(({ data }) => data['path']),
      ['a.1', 'a.2'],
    );
    watching.end();
  });
});

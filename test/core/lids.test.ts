import assert from 'node:assert/strict';
import { RedisClock } from '../../core/actor/redis-clock.js';
import { Lids } from '../../core/lid/lids.js';
import { Queues } from '../../core/queue/queues.js';
import { RedisConnection } from '../../core/redis/connection.js';
import { Keys } from '../../core/redis/keys.js';
import { RedisTarget } from '../../core/redis/redis-target.js';
import { privateRedis } from '../support/private-redis.js';

/** What one process of a host has. */
function newProcess(prefix: string) {
  const redis = new RedisConnection(new RedisTarget(privateRedis.options, prefix));
  const keys = new Keys(prefix);
  const queues = new Queues(redis, keys);
  const clock = new RedisClock(redis, keys, queues);
  const stop = async () => {
    await queues.close();
    await redis.close();
  };
  return { redis, clock, lids: new Lids(redis, keys, clock), stop };
}

describe('LIDs', () => {
  let one: ReturnType<typeof newProcess>;
  let two: ReturnType<typeof newProcess>;
  let elsewhere: ReturnType<typeof newProcess>;

  beforeEach(() => {
    const prefix = privateRedis.newPrefix();
    one = newProcess(prefix);
    two = newProcess(prefix);
    elsewhere = newProcess(privateRedis.newPrefix());
  });

  afterEach(() => Promise.all([one, two, elsewhere].map(({ stop }) => stop())));

  /** As a commit does it. */
  const write = async (lid: string, data: { [key: string]: string }, ttlMs: number) => {
    for (const [command, ...args] of one.lids.writes(lid, data, ttlMs, await one.clock.nowMs()))
      await one.redis.client.call(command, ...args);
  };

  it('are the same for the same thing in every process, also when two make the first at once, and no one else’s', async () => {
    const [lid, same] = await Promise.all([one.lids.lidOf('delivery', 'd-1'), two.lids.lidOf('delivery', 'd-1')]);
    assert.equal(lid, same);
    assert.match(lid, /^[0-9A-Za-z]{16}$/);
    assert.notEqual(await one.lids.lidOf('delivery', 'd-2'), lid);
    assert.notEqual(await elsewhere.lids.lidOf('delivery', 'd-1'), lid, 'it cannot be worked out from the delivery id');
  });

  it('keep their data until their time is over, by the one clock', async () => {
    const lid = await one.lids.lidOf('delivery', 'd-1');
    assert.equal(await two.lids.read(lid), undefined);
    await write(lid, { stubref: 's' }, 60_000);
    const read = await two.lids.read(lid);
    assert.deepEqual([read?.lid, read?.data], [lid, { stubref: 's' }]);
    const leftMs = Date.parse(read!.expires_at) - (await one.clock.nowMs());
    assert.ok(leftMs > 50_000 && leftMs <= 60_000);
    await one.clock.advance(61_000);
    assert.equal(await two.lids.read(lid), undefined);
  });

  it('leave Redis when their time is over', async () => {
    const lid = await one.lids.lidOf('delivery', 'd-1');
    await write(lid, {}, 60_000);
    const [key] = await one.redis.client.keys(`*lid:${lid}`);
    const leftMs = await one.redis.client.pttl(key!);
    assert.ok(leftMs > 50_000 && leftMs <= 60_000);
  });
});

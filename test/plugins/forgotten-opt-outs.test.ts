import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import type { Write } from '../../core/contract/actor-kind.js';
import { RedisConnection } from '../../core/redis/connection.js';
import { Keys } from '../../core/redis/keys.js';
import { RedisTarget } from '../../core/redis/redis-target.js';
import { NEW_CONVERSATION } from '../../plugins/meta_whatsapp/conversation/conversation.js';
import { ForgottenOptOuts } from '../../plugins/meta_whatsapp/identity/forgotten-opt-outs.js';
import { privateRedis } from '../support/private-redis.js';

const NUMBER = '27825550131';
const NO = { scope: 'all', atMs: 1_700_000_000_000, by: 'word' } as const;

describe('meta_whatsapp: the no of somebody who was erased', () => {
  let redis: RedisConnection;
  let keys: Keys;
  beforeEach(() => {
    const prefix = privateRedis.newPrefix();
    redis = new RedisConnection(new RedisTarget(privateRedis.options, prefix));
    keys = new Keys(prefix);
  });
  afterEach(() => redis.close());

  const key = (name: string) => keys.plugin('meta_whatsapp', name);
  const saidNo = async (number: string) =>
    (await new ForgottenOptOuts(keys, redis).remembered('main', number, NEW_CONVERSATION)).optedOut;

  it('is remembered for this number only', async () => {
    const [[command, ...args]] = (await new ForgottenOptOuts(keys, redis).writes('main', [NUMBER], NO as never)) as [
      Write,
    ];
    await redis.client.call(command, ...args);
    assert.deepEqual(await saidNo(NUMBER), NO);
    assert.equal(await saidNo('27825550132'), undefined);
  });

  it('is still remembered after an upgrade, and the fast hash of an earlier version is deleted', async () => {
    const field = createHmac('sha256', 'old-secret').update(`main\n${NUMBER}`).digest('base64url');
    await redis.client.set(key('forgotten-opt-outs:secret'), 'old-secret');
    await redis.client.hset(key('forgotten-opt-outs'), field, JSON.stringify({ v: 1, ...NO }));
    const found = await Promise.all([saidNo(NUMBER), saidNo(NUMBER)]); // two processes at once
    assert.deepEqual(found, [NO, NO]);
    assert.equal(await redis.client.exists(key('forgotten-opt-outs')), 0);
    const left = JSON.stringify(await redis.client.hgetall(key('forgotten-opt-outs:slow')));
    assert.equal(left.includes(field), false);
  });
});

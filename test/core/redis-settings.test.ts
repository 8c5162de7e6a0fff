import assert from 'node:assert/strict';
import { redisOptions } from '../../core/redis/redis-url.js';
import { checkSettings, judgeSettings } from '../../core/redis/settings-check.js';
import { PrivateRedis, privateRedis } from '../support/private-redis.js';

describe('settings of Redis', () => {
  it('are right when nothing is thrown away and every write is kept', () => {
    const judged = judgeSettings({ 'maxmemory-policy': 'noeviction', appendonly: 'yes', appendfsync: 'always' });
    assert.deepEqual(judged, { warnings: [] });
  });

  it('are refused when Redis may evict keys', () => {
    const { problem } = judgeSettings({ 'maxmemory-policy': 'allkeys-lru', appendonly: 'yes' });
    assert.equal(problem?.code, 'redis_settings_unfit');
    assert.match(problem.message, /allkeys-lru.*noeviction/);
  });

  it('give a warning that says what a crash would lose', () => {
    const warningOf = (appendonly: string, appendfsync = 'everysec') =>
      judgeSettings({ 'maxmemory-policy': 'noeviction', appendonly, appendfsync }).warnings[0];
    assert.match(warningOf('no')!, /no append-only file/);
    assert.match(warningOf('yes')!, /about the last second is lost/);
  });

  it('are read from a running Redis', async () => {
    const redis = privateRedis.connect();
    assert.deepEqual(await checkSettings(redis), []);
    redis.disconnect();
  });

  it('that may not be read give a warning', async () => {
    const own = await new PrivateRedis().start();
    const redis = own.connect();
    await redis.call('ACL', 'SETUSER', 'default', '-config');
    assert.match((await checkSettings(redis))[0]!, /does not let its settings be read/);
    redis.disconnect();
    await own.stop();
  });
});

describe('redis.url', () => {
  it('takes redis, rediss and unix sockets', () => {
    assert.deepEqual(redisOptions('redis://example.org'), { host: 'example.org', port: 6379 });
    assert.deepEqual(redisOptions('rediss://me:p%40ss@example.org:7000/2'), {
      host: 'example.org',
      port: 7000,
      username: 'me',
      password: 'p@ss',
      db: 2,
      tls: {},
    });
    assert.deepEqual(redisOptions('redis://[::1]:6380'), { host: '::1', port: 6380 });
    assert.deepEqual(redisOptions('/run/redis.sock'), { path: '/run/redis.sock' });
    assert.deepEqual(redisOptions('unix:///run/redis.sock'), { path: '/run/redis.sock' });
  });

  for (const url of [
    'redis-sentinel://a:26379/main',
    'redis://a:1,redis://b:2',
    'example.org:6379',
    'http://example.org',
    'redis://a/main',
    'redis://:secret@:99999999',
  ]) {
    it(`refuses ${url}, says what it takes, and repeats no password`, () => {
      assert.throws(() => redisOptions(url), { code: 'redis_url_unsupported', message: /It takes redis:\/\// });
      assert.throws(
        () => redisOptions(url),
        (error: Error) => !error.message.includes('secret'),
      );
    });
  }
});

import assert from 'node:assert/strict';
import { redisOptions } from '../../core/redis/redis-url.js';
import { checkSettings, judgeSettings } from '../../core/redis/settings-check.js';
import { storeRefusal } from '../../core/redis/store-refusal.js';
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
    'redis://:secret%zz@a',
    'redis://secret%@a',
    'redis://me:1/secret@a',
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

describe('an answer of Redis that refuses all work', () => {
  const reply = (message: string, more: object = {}) =>
    Object.assign(new Error(message), { name: 'ReplyError', ...more });

  it('is store_away with the cause and what to do, also inside a transaction', () => {
    for (const message of [
      "OOM command not allowed when used memory > 'maxmemory'.",
      'MISCONF Redis is configured to save RDB snapshots',
      "READONLY You can't write against a read only replica.",
      'LOADING Redis is loading the dataset in memory',
      'NOAUTH Authentication required.',
      'WRONGPASS invalid username-password pair or user is disabled.',
      "NOPERM this user has no permissions to run the 'set' command",
    ]) {
      const [word] = message.split(' ');
      const refusal = storeRefusal(reply(message))!;
      assert.equal(refusal.code, 'store_away');
      assert.match(refusal.message, new RegExp(`^Redis refuses to work \\(${word}\\): it.*\\.$`));
      const transaction = reply('EXECABORT Transaction discarded', { previousErrors: [reply(message)] });
      assert.equal(storeRefusal(transaction)!.message, refusal.message);
      assert.equal(storeRefusal(refusal), refusal);
    }
  });

  it('is neither an error of one command nor any other error', () => {
    for (const error of [
      reply('WRONGTYPE Operation'),
      reply('ERR no such key'),
      new Error('OOM of a library'),
      'OOM x',
      null,
    ])
      assert.equal(storeRefusal(error), undefined);
  });
});

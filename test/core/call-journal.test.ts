import assert from 'node:assert/strict';
import { CallJournal } from '../../core/apicall/call-journal.js';
import { RedisConnection } from '../../core/redis/connection.js';
import { Keys } from '../../core/redis/keys.js';
import { RedisTarget } from '../../core/redis/redis-target.js';
import { privateRedis } from '../support/private-redis.js';

describe('the journal of calls', () => {
  const prefix = privateRedis.newPrefix();
  const redis = new RedisConnection(new RedisTarget(privateRedis.options, prefix));
  const keys = new Keys(prefix);
  const journal = new CallJournal(redis, keys);
  after(() => redis.close());

  it('keeps the first end of a call, so two processes that made it go on with the same', async () => {
    const first = { payload: { status: 200, headers: {}, body: 'first', attempts: 1 } };
    assert.equal(await journal.read('a'), undefined);
    assert.deepEqual(await journal.keep('a', first), first);
    assert.deepEqual(await journal.keep('a', { error: { code: 'apicall_no_answer', message: 'late' } }), first);
    assert.deepEqual(await journal.read('a'), first);
    assert.deepEqual(journal.forgetting('a'), [['DEL', keys.calledBefore('a')]]);
    assert.ok((await redis.client.pttl(keys.calledBefore('a'))) > 0, 'what a crash leaves behind goes by itself');
  });
});

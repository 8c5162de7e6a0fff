import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { Keys } from '../../core/redis/keys.js';
import { CalleeServer, json } from '../support/callee-server.js';
import { EngineProcess, freePort } from '../support/engine-process.js';
import { askFor } from '../support/fault-http.js';
import { privateRedis } from '../support/private-redis.js';
import { until } from '../support/until.js';

const TOKEN = 'token-of-the-crm-0815';
const template = (url: string) => `
template: caller
initial_state: open
states:
  open: { actions: [both, slow] }
actions:
  both:
    tasks:
      first: { tasktype: apicall, params: { method: POST, url: "${url}/first", auth: { bearer: crm_token } } }
      second: { tasktype: apicall, params: { method: POST, url: "${url}/second" } }
  slow:
    tasks:
      ask: { tasktype: apicall, params: { method: POST, url: "${url}/slow" } }
`;

describe('kill -9 during a call', () => {
  const dir = mkdtempSync(join(tmpdir(), 'stubwire-apicall-'));
  const callee = new CalleeServer();
  const prefix = privateRedis.newPrefix();
  const keys = new Keys(prefix);
  const held: ServerResponse[] = [];
  let redis: Redis;
  let engine: EngineProcess;

  before(async () => {
    redis = privateRedis.connect();
    await callee.start();
    mkdirSync(join(dir, 'templates'));
    writeFileSync(join(dir, 'templates', 'caller.yaml'), template(`http://127.0.0.1:${callee.port}`));
    const config = {
      org: { orguuid: 'faults', name: 'Faults', default_country: 'ZA' },
      redis: { url: `unix://${privateRedis.options.path}`, prefix },
      log: { level: 'error' },
      files: { dir: 'files' },
      apicall: {
        allow_hosts: [`127.0.0.1:${callee.port}`],
        allow_private_addresses: true,
        secrets: { crm_token: TOKEN },
      },
      plugins: { log: {} },
    };
    writeFileSync(join(dir, 'stubwire.yaml'), JSON.stringify(config));
    engine = new EngineProcess(join(dir, 'stubwire.yaml'), await freePort(), {});
  });
  after(async () => {
    redis.disconnect();
    await engine?.kill9();
    await callee.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it('makes it again with the same key, and no call that was answered; the lock of a turn that waits is renewed', async () => {
    callee.at('/first', json({ is: 'first', echo: TOKEN })).at('/second', () => undefined);
    callee.at('/slow', (_, response) => void held.push(response));
    await engine.start();
    const [cut, long] = [await newStub(), await newStub()];
    await run(cut, 'both');
    await until('the second call', () => callee.of('/second').length === 1);
    assert.equal(
      (await redis.keys(keys.calledBefore('*'))).length,
      1,
      'the answer to the first is kept for the next run',
    );
    assert.doesNotMatch(await everything(), new RegExp(TOKEN));
    await engine.kill9();
    callee.at('/second', json({ is: 'second' }));
    await engine.start();
    await run(long, 'slow');
    await until('the long call', () => held.length === 1);
    await untilRenewed();
    held[0]!.end('slow');

    const [post] = await untilPosts(cut, 8_000);
    assert.deepEqual(
      [post.tasks.first.payload.body, post.tasks.second.payload.body],
      [{ is: 'first', echo: '***' }, { is: 'second' }],
    );
    assert.equal(callee.of('/first').length, 1);
    const sent = callee.of('/second').map(({ headers }) => headers['idempotency-key']);
    assert.deepEqual([sent.length, new Set(sent).size], [2, 1]);
    assert.notEqual(callee.of('/first')[0]!.headers['idempotency-key'], sent[0], 'each task has its own');
    const [slow] = await untilPosts(long, 8_000);
    assert.equal((await redis.keys(keys.calledBefore('*'))).length, 0);
    assert.doesNotMatch(await everything(), new RegExp(TOKEN));
    assert.deepEqual([slow.tasks.ask.payload.body, callee.of('/slow').length], ['slow', 1]);
  });

  /** Waits until a lock has more time than a moment ago. */
  async function untilRenewed(): Promise<void> {
    const left = new Map<string, number>();
    await until('a lock to be renewed', async () => {
      for (const lock of await redis.keys(`${keys.queuePrefix}:stub-actions:*:lock`)) {
        const now = await redis.pttl(lock);
        if (now > (left.get(lock) ?? now)) return true;
        left.set(lock, now);
      }
      return false;
    });
  }
  /** All that stands in Redis. */
  async function everything(): Promise<string> {
    const read: { readonly [type: string]: (key: string) => Promise<unknown> } = {
      string: (key) => redis.get(key),
      hash: (key) => redis.hgetall(key),
      list: (key) => redis.lrange(key, '0', '-1'),
      set: (key) => redis.smembers(key),
      zset: (key) => redis.zrange(key, '0', '-1'),
      stream: (key) => redis.xrange(key, '-', '+'),
    };
    const all = await redis.keys(`${keys.queuePrefix}:*`);
    return JSON.stringify(await Promise.all(all.map(async (key) => [key, await read[await redis.type(key)]?.(key)])));
  }
  const newStub = async (): Promise<string> =>
    (await askFor(201, 'POST', `${engine.url}/api/stubs`, { template: 'caller' })).stubref;
  const run = (stubref: string, action: string) =>
    askFor(202, 'POST', `${engine.url}/api/stubs/${stubref}/actions/${action}`, {});
  const untilPosts = (stubref: string, waitMs: number) =>
    until(
      'the stubpost',
      async () => {
        const { items } = await askFor(200, 'GET', `${engine.url}/api/stubs/${stubref}/posts`);
        return items.length === 2 && items;
      },
      waitMs,
    );
});

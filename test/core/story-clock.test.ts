import assert from 'node:assert/strict';
import type { StoryClients } from '../../core/contract/story-clients.js';
import { WorkUnderWay } from '../../core/queue/work-under-way.js';
import { StoryClock } from '../../core/story/story-clock.js';
import { ActorHost } from '../support/actor-host.js';
import { privateRedis } from '../support/private-redis.js';

const HOUR_MS = 3_600_000;

describe('the clock of stories', () => {
  it('a wait brings what is meant for its very end and stands in its queue a little later, and nothing after that', async () => {
    const host = new ActorHost(privateRedis.options, privateRedis.newPrefix(), []);
    const { client: redis } = host.redis;
    const due = host.keys.plugin('test', 'due');
    const work = new WorkUnderWay(host.queues, host.redis, host.keys);
    const came: string[] = [];
    const clients = {
      work: { due: [due], atWork: [] },
      clockMoved: () =>
        void host.clock.nowMs().then(async (nowMs) => {
          came.push(...(await redis.zrangebyscore(due, '-inf', nowMs)));
          await redis.zremrangebyscore(due, '-inf', nowMs);
        }),
    } as Partial<StoryClients> as StoryClients;
    const clock = new StoryClock(work, new Map(), host.clock, clients);
    const endMs = (await host.clock.nowMs()) + HOUR_MS;
    const meant: [string, number][] = [
      ['before', endMs - 1_000],
      ['at the end', endMs + 100],
      ['after', endMs + 2_000],
    ];
    for (const [name, atMs] of meant) await redis.zadd(due, atMs, name);
    await clock.pass(HOUR_MS);
    assert.deepEqual([came, await redis.zrange(due, '0', '-1')], [['before', 'at the end'], ['after']]);
    await host.stop();
  });
});

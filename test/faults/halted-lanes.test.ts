import assert from 'node:assert/strict';
import type { SendOutcome } from '../../core/contract/channel.js';
import { LaneHost } from '../support/lane-host.js';
import { privateRedis } from '../support/private-redis.js';
import { TestProvider } from '../support/test-provider.js';
import { until } from '../support/until.js';

const REFUSED = {
  result: 'halt',
  problem: { code: 'provider_refused', message: 'The token ended.', provider_code: 190 },
} as const satisfies SendOutcome;
const RESTS_MS = 5_000;

describe('A profile that is refused, where processes die or meet', () => {
  let hosts: LaneHost[];
  let prefix: string;

  beforeEach(() => {
    hosts = [];
    prefix = privateRedis.newPrefix();
  });
  afterEach(() => Promise.all(hosts.map((host) => host.stop())));

  function process(): LaneHost {
    const host = new LaneHost(new TestProvider(400), prefix, privateRedis.options);
    hosts.push(host);
    return host;
  }
  const calls = () => hosts.flatMap(({ provider }) => provider.calls);
  const isAccepted = (host: LaneHost, ...ids: string[]) =>
    until('all to be sent', async () =>
      (await Promise.all(ids.map((id) => host.stored(id)))).every(({ status }) => status === 'accepted'),
    );

  it('loses nothing when one dies between the answer and its commit', async () => {
    const dead = process();
    await dead.deliver('27/1', '27/2');
    // The process that died: the attempt is committed as under way, it was refused, the group is paused, and no more.
    const lane = { kind: dead.queue, id: '27' };
    const { version } = await dead.actors.store.open(lane, 10);
    const waiting = { round: 1, delivery: '27/2' };
    const current = { round: 1, delivery: '27/1', phase: 'sending', untilMs: 0, attempts: 1 };
    const record = { v: 1, waiting: [waiting], current: { ...current, retries: 0, pairRetries: 0, resends: 0 } };
    const call = { id: '27/1:1.1', task: { delivery: '27/1' } };
    const step = { letterIds: ['27/1', '27/2'], outboxDone: 0, outbox: [{ call }], tells: [], writes: [] };
    await dead.actors.store.commit(lane, { ...step, wakeAtMs: undefined, version, state: { record } });
    await dead.pauses.pause(dead.queue, REFUSED);

    const next = process();
    await next.start();
    await next.pauses.restore();
    assert.deepEqual(calls(), [], 'it is still paused');
    await next.pauses.resume(next.queue);
    await next.actors.sweeper.sweep();
    await isAccepted(next, '27/1', '27/2');
    assert.deepEqual(calls(), ['27/1', '27/2'], 'after a wait for a status, and in order');
  });

  it('is stopped once by two that are refused at a time, and goes on in both', async () => {
    const both = [process(), process()];
    for (const { provider } of both) provider.answer = () => REFUSED;
    await Promise.all(both.map((host) => host.start()));
    const ids = Array.from({ length: 20 }, (_, at) => `27${at}/1`);
    await both[0]!.deliver(...ids);
    await until('the pause', async () => (await both[1]!.pauses.state(both[1]!.queue)).paused);
    await until('calls to end', async () => (await both[0]!.queues.get(both[0]!.queue).getActiveCount()) === 0);
    for (const { provider } of both) provider.answer = ({ id }) => provider.accept(id);
    await both[0]!.actors.clock.advance(RESTS_MS);
    await both[1]!.pauses.resume(both[1]!.queue);
    await isAccepted(both[0]!, ...ids);
    assert.deepEqual(await both[0]!.pauses.all(), {});
  });

  it('is never left paused without a reason, or with one and not paused, by halts and resumes that cross', async () => {
    const [one, other] = [process(), process()];
    const queue = one.queues.get(one.queue);
    for (let round = 0; round < 60; round += 1) {
      const acts = [
        () => one.pauses.pause(one.queue, REFUSED),
        () => other.pauses.resume(one.queue),
        () => other.pauses.pause(one.queue, REFUSED),
        () => one.pauses.restore(),
        () => one.pauses.resume(one.queue),
      ];
      if (round % 2 === 0) await one.pauses.pause(one.queue, REFUSED);
      const from = round % acts.length;
      await Promise.all([...acts.slice(from), ...acts.slice(0, from)].slice(0, 2 + (round % 4)).map((act) => act()));
      await one.pauses.restore(); // what looks after lanes does it
      const { pause } = await one.pauses.state(one.queue);
      assert.equal(await queue.isPaused(), pause !== undefined, `round ${round}`);
      await one.pauses.resume(one.queue);
      assert.deepEqual([await queue.isPaused(), await one.pauses.all()], [false, {}]);
    }
  });

  it('has its own rate again where what says that it is lowered got lost', async () => {
    const host = process();
    await host.start();
    await host.pace.begin(host.queue, 400);
    await host.pace.lower(host.queue, 400, await host.actors.clock.nowMs());
    assert.equal((await host.pace.lowered(host.queue))?.perSecond, 200);
    const redis = privateRedis.connect();
    await redis.del(...(await redis.keys(`*${prefix}*paces*`)));
    redis.disconnect();
    const limit = () => host.queues.get(host.queue).getGlobalRateLimit();
    assert.equal((await limit())?.max, 10);
    await host.pace.tend(await host.actors.clock.nowMs());
    assert.equal((await limit())?.max, 20);
  });
});

import assert from 'node:assert/strict';
import type { SendOutcome } from '../../core/contract/channel.js';
import { LaneHost } from '../support/lane-host.js';
import { privateRedis } from '../support/private-redis.js';
import { TestProvider } from '../support/test-provider.js';
import { until } from '../support/until.js';

const LANES = 40;
const PROBLEM = { code: 'provider_refused', message: 'The token ended.', provider_code: 190 };
const REFUSED: SendOutcome = { result: 'halt', problem: PROBLEM };
const addresses = Array.from({ length: LANES }, (_, at) => `27${at}`);
const messages = addresses.flatMap((to) => ['1', '2', '3'].map((number) => `${to}/${number}`));

describe('A group of lanes whose profile is refused', () => {
  let host: LaneHost;
  let others: LaneHost[];

  beforeEach(async () => {
    others = [];
    host = new LaneHost(new TestProvider(400), privateRedis.newPrefix(), privateRedis.options);
    await host.start();
  });
  afterEach(() => Promise.all([host, ...others].map((one) => one.stop())));

  const isPaused = async () => (await host.pauses.state(host.queue)).paused;
  const areAllSent = async () =>
    (await Promise.all(messages.map((id) => host.stored(id)))).every(({ status }) => status === 'accepted');

  /** All that was given has been refused, and the calls under way have ended. */
  async function refuseAll(): Promise<void> {
    host.provider.answer = () => REFUSED;
    await host.deliver(...messages);
    await until('the pause', isPaused);
    await until('the calls under way to end', async () => (await host.queues.get(host.queue).getActiveCount()) === 0);
  }

  async function goOn(): Promise<void> {
    host.provider.answer = ({ id }) => host.provider.accept(id);
    host.provider.calls.length = 0;
    await host.actors.clock.advance(5_000); // what was refused rests so long
    assert.equal(await host.pauses.resume(host.queue), true);
    await until('all to be sent', areAllSent);
    for (const to of addresses)
      assert.deepEqual(
        host.provider.calls.filter((id) => id.startsWith(`${to}/`)),
        [`${to}/1`, `${to}/2`, `${to}/3`],
      );
    assert.equal(host.provider.calls.length, messages.length, 'each once');
  }

  it('sends nothing more, loses nothing, and goes on in order when it is let', async () => {
    await refuseAll();
    const { pause } = await host.pauses.state(host.queue);
    assert.equal(pause?.problem.provider_code, 190);
    assert.ok(host.provider.calls.length <= LANES, 'no lane asked twice');
    const stored = await host.stored(host.provider.calls[0]!);
    assert.deepEqual([stored.status, stored.resting], ['sending', true]);
    await goOn();
    assert.deepEqual(await host.pauses.all(), {});
    assert.equal(await host.pauses.resume(host.queue), false, 'there is nothing more to let go on');
  });

  it('does not fill its queue while it waits, whatever wakes its lanes', async () => {
    await refuseAll();
    const called = host.provider.calls.length;
    for (let times = 0; times < 5; times += 1) {
      await host.actors.clock.advance(40_000);
      assert.ok((await host.actors.sweeper.sweep()) > 0, 'their letters are old by now');
      await host.deliver(`270/more ${times}`);
    }
    const jobs = await host.jobs();
    assert.ok(jobs > 0 && jobs <= LANES, `at most one job a lane: ${jobs}`);
    assert.equal(host.provider.calls.length, called);
    assert.equal(await host.actors.sweeper.sweep(), 0, 'and those that were looked at are left alone for a while');
    await goOnWithMore();
  });

  async function goOnWithMore(): Promise<void> {
    host.provider.answer = ({ id }) => host.provider.accept(id);
    await host.pauses.resume(host.queue);
    await until('the last to be sent', async () => (await host.stored('270/more 4')).status === 'accepted');
  }

  it('stays paused over a restart, and when a process dies before its queue is paused', async () => {
    await refuseAll();
    const next = new LaneHost(new TestProvider(400), host.prefix, privateRedis.options);
    others.push(next);
    await host.actors.runtime.stop();
    await next.start();
    assert.equal((await next.pauses.state(next.queue)).paused, true);
    assert.deepEqual(next.provider.calls, []);
    await host.queues.get(host.queue).resume();
    await next.pauses.restore();
    assert.equal(await next.queues.get(next.queue).isPaused(), true);
  });

  it('is not paused again by what was sent before it was let go on', async () => {
    await refuseAll();
    await goOn();
    assert.equal(await host.pauses.pause(host.queue, { problem: PROBLEM }, 60_000), false);
    assert.equal(await isPaused(), false);
  });
});

describe('A group of lanes that is too fast for its provider', () => {
  it('sends more slowly for a while, and what was refused goes on at its place', async () => {
    const host = new LaneHost(new TestProvider(400), privateRedis.newPrefix(), privateRedis.options);
    await host.start();
    try {
      let refusals = 3;
      const problem = { code: 'provider_refused', message: 'Too fast.', provider_code: 130429 };
      host.provider.answer = ({ id }) => {
        refusals -= 1;
        return refusals >= 0 ? { result: 'retry', limit: 'rate', problem } : host.provider.accept(id);
      };
      await host.deliver('27/1', '27/2', '28/1', '29/1');
      await until('all to be sent', async () =>
        (await Promise.all(['27/2', '28/1', '29/1'].map((id) => host.stored(id)))).every(
          ({ status }) => status === 'accepted',
        ),
      );
      assert.equal((await host.pauses.state(host.queue)).lowered?.perSecond, 200, 'halved once');
      const lane = host.provider.calls.filter((id) => id.startsWith('27/'));
      assert.deepEqual(lane, ['27/1', '27/1', '27/2']);
    } finally {
      await host.stop();
    }
  });
});

describe('A lane at its pair limit', () => {
  it('rests alone, and goes on where it stopped', async () => {
    const host = new LaneHost(new TestProvider(400), privateRedis.newPrefix(), privateRedis.options);
    await host.start();
    try {
      const problem = { code: 'provider_refused', message: 'Too many to one.', provider_code: 131056 };
      let open = false;
      host.provider.answer = ({ id, to }) =>
        to === '27' && !open ? { result: 'retry', limit: 'pair', problem } : host.provider.accept(id);
      await host.deliver('27/1', '27/2', ...Array.from({ length: 20 }, (_, at) => `28/${at}`));
      await until('the other lane', async () => (await host.stored('28/19')).status === 'accepted');
      const { status, resting } = await host.stored('27/1');
      assert.deepEqual([status, resting], ['sending', true]);
      assert.equal((await host.stored('27/2')).status, 'queued');
      open = true;
      await host.actors.clock.advance(64_000);
      await until('the lane to go on', async () => (await host.stored('27/2')).status === 'accepted');
      const sent = host.provider.calls.filter((id) => id.startsWith('27/'));
      assert.deepEqual(sent.slice(-2), ['27/1', '27/2']);
    } finally {
      await host.stop();
    }
  });
});

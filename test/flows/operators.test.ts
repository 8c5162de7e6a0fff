import assert from 'node:assert/strict';
import { DESK, newDeskClient } from '../support/desk.js';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

const SECONDS = 1 / 3_600;

describe('What an operator sees and does', () => {
  let host: StoryHost;
  let clients = 0;
  before(async () => {
    host = await StoryHost.start({ desk: DESK });
  });
  after(() => host.stop());

  const newClient = (options?: { hasWritten?: boolean }) =>
    newDeskClient(host, `2782555${String(++clients).padStart(4, '0')}`, options);

  const deliveries = async (filter: string) => (await host.ask('GET', `/api/deliveries?${filter}`)).items;
  const profile = async (name = 'main') =>
    (await host.ask('GET', '/api/profiles')).items.find((item: { name: string }) => item.name === name);

  it('finds deliveries by status and client, each with its history and what went out', async () => {
    const { number, stubref, tell } = await newClient();
    const good = await tell('one');
    await good.until('sent');
    await host.fault({ kind: 'error_code', code: 131026, client: number, times: 1 });
    const bad = await tell('two');
    await bad.until('failed');
    const [failed, ...more] = await deliveries(`status=failed&to=${number}`);
    assert.deepEqual(more, []);
    assert.deepEqual([failed.id, failed.problem.provider_code, failed.origin.stubref], [bad.id, 131026, stubref]);
    assert.match(failed.problem.message, /not on WhatsApp/);
    await until('the ticks', async () => (await deliveries(`status=delivered&to=${number}`))[0]?.id === good.id);
    const whole = await host.ask('GET', `/api/deliveries/${good.id}`);
    assert.equal(whole.message.text.body, 'one');
    assert.deepEqual(whole.history.map(({ status }: { status: string }) => status), ['queued', 'sending', 'accepted', 'sent', 'delivered']); // biome-ignore format: one line reads best
  });

  it('retries a failed one: it arrives once, however often it is asked for', async () => {
    const { number, tell } = await newClient();
    await host.fault({ kind: 'error_code', code: 131026, client: number, times: 1 });
    const post = await tell('again please');
    await post.until('failed');
    const asked = [1, 2, 3].map(() => fetch(`${host.url}/api/deliveries/${post.id}/retry`, { method: 'POST' }));
    assert.ok((await Promise.all(asked)).some(({ status }) => status === 202));
    await post.until('sent');
    const { error } = await host.ask('POST', `/api/deliveries/${post.id}/retry`, undefined, 409);
    assert.equal(error.code, 'delivery_not_failed');
    await (await tell('after')).until('sent');
    assert.deepEqual(await host.arrived(number), ['again please', 'after']);
    const { round, problem } = await host.ask('GET', `/api/deliveries/${post.id}`);
    assert.deepEqual([round, problem], [2, undefined]);
  });

  it('a retried one goes the way of any message: it waits for consent where there is none', async () => {
    const { number, tell } = await newClient({ hasWritten: false });
    const post = await tell('may I?');
    await host.untilArrived(number, 1);
    await host.clientSays(number, { tap: 'Reject' });
    assert.equal((await post.until('failed')).history.at(-1).error.code, 'interaction_rejected');
    await host.ask('POST', `/api/deliveries/${post.id}/retry`, undefined, 202);
    await until('the second failure', async () => {
      const { round, status } = await host.ask('GET', `/api/deliveries/${post.id}`);
      return round === 2 && status === 'failed';
    });
    await host.ask('POST', `/api/conversations/main/${number}/lift-rejection`, undefined, 202);
    await until('it to be lifted', async () => (await host.conversation(number)).consent.rejected_at === null);
    await host.ask('POST', `/api/deliveries/${post.id}/retry`, undefined, 202);
    await post.until('sent');
    assert.deepEqual((await host.arrived(number)).slice(1), ['may I?']);
    const [request] = (await deliveries(`to=${number}`)).filter(({ origin }: { origin?: object }) => !origin);
    const { error } = await host.ask('POST', `/api/deliveries/${request.id}/cancel`, undefined, 409);
    assert.equal(error.code, 'delivery_fixed');
  });

  it('takes a message back out of the stash, and out of a queue that is paused', async () => {
    const stashed = await newClient({ hasWritten: false });
    const keep = await stashed.tell('keep');
    const drop = await stashed.tell('drop');
    for (const each of [keep, drop]) await each.until('stashed');
    await host.ask('POST', `/api/deliveries/${drop.id}/cancel`, undefined, 202);
    assert.equal((await drop.until('failed')).history.at(-1).error.code, 'cancelled');
    await host.untilArrived(stashed.number, 1);
    assert.deepEqual(
      (await deliveries(`status=stashed&to=${stashed.number}`)).map(({ id }: { id: string }) => id),
      [keep.id],
    );
    await host.clientSays(stashed.number, { tap: 'Allow' });
    await keep.until('sent');
    assert.deepEqual((await host.arrived(stashed.number)).slice(1), ['keep']);

    const queued = await newClient();
    await host.ask('POST', '/api/profiles/main/pause', { reason: 'stocktaking' });
    const first = await queued.tell('first');
    const second = await queued.tell('second');
    assert.equal((await deliveries(`status=queued&to=${queued.number}&profile=main`)).length, 2);
    assert.equal((await deliveries(`status=queued&to=${queued.number}&profile=second`)).length, 0);
    await host.ask('POST', `/api/deliveries/${second.id}/cancel`, undefined, 202);
    assert.match((await profile()).queue.problem.message, /stocktaking/);
    await host.ask('POST', '/api/profiles/main/resume');
    await first.until('sent');
    await second.until('failed');
    assert.deepEqual(await host.arrived(queued.number), ['first']);
    const { error } = await host.ask('POST', `/api/deliveries/${first.id}/cancel`, undefined, 409);
    assert.equal(error.code, 'delivery_under_way');
  });

  it('sees that the token has ended: the profile rests with the reason, nothing is lost, all goes on in order', async () => {
    const people = [await newClient(), await newClient(), await newClient()];
    const token = await host.fault({ kind: 'error_code', code: 190, profile: 'main' });
    for (const message of ['one', 'two', 'three']) for (const { tell } of people) await tell(message);
    const { queue } = await until('the pause', async () => {
      const found = await profile();
      return found.queue.paused && found;
    });
    assert.deepEqual([queue.problem.provider_code, queue.waiting_clients], [190, 3]);
    assert.match(queue.problem.message, /access token of the profile has expired/);
    assert.equal((await profile('second')).queue.paused, false);
    const calls = await host.calls('/messages');
    for (const { number } of people)
      assert.ok(calls.filter(({ client }) => client === number).length <= 1, 'Meta is not asked again and again');

    await host.ask('DELETE', `/emulator/faults/${token}`);
    await host.wait(6 * SECONDS); // what was refused rests so long
    await host.ask('POST', '/api/profiles/main/resume');
    for (const { number } of people) assert.deepEqual(await host.untilArrived(number, 3), ['one', 'two', 'three']);
    assert.equal((await profile()).queue.problem, undefined);
    assert.deepEqual(await deliveries(`status=failed&to=${people[0]!.number}`), []);
  });

  it('sees on the stubpost that nobody knows whether it was sent, and what came of it', async () => {
    const { number, tell } = await newClient();
    await host.fault({ kind: 'drop_request', client: number, times: 1 });
    const lost = await tell('lost on the way there');
    const open = await until('the outcome to be unknown', async () => {
      const { history } = await host.ask('GET', `/api/deliveries/${lost.id}`);
      return history.at(-1).error?.code === 'unknown_outcome' && history.at(-1);
    });
    assert.equal(open.status, 'sending');
    await host.wait(70 * SECONDS);
    const { history } = await lost.until('sent');
    assert.match(JSON.stringify(history), /Sent again: the answer to .* was lost and no status came/);
    assert.deepEqual(await host.arrived(number), ['lost on the way there']);

    await host.fault({ kind: 'drop_answer', client: number, times: 1 });
    const arrived = await tell('lost on the way back');
    await arrived.until('sent');
    assert.deepEqual(await host.arrived(number), ['lost on the way there', 'lost on the way back']);
  });

  it('a message that stays unknown fails with unknown_outcome and can be sent again by hand', async () => {
    const { number, tell } = await newClient();
    const cut = await host.fault({ kind: 'drop_request', client: number });
    const lost = await tell('into the void');
    await until('it to fail', async () => {
      await host.wait(70 * SECONDS);
      return (await deliveries(`problem=unknown_outcome&to=${number}`)).length === 1;
    });
    const { history } = await lost.until('failed');
    assert.equal(history.at(-1).error.code, 'unknown_outcome');
    await host.ask('DELETE', `/emulator/faults/${cut}`);
    await host.ask('POST', `/api/deliveries/${lost.id}/retry`, undefined, 202);
    await lost.until('sent');
    assert.deepEqual(await host.arrived(number), ['into the void']);
  });
});

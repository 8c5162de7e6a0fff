import assert from 'node:assert/strict';
import { DESK, newDeskClient } from '../support/desk.js';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

const SECONDS = 1 / 3_600;

describe('Meta’s limits while sending', () => {
  let host: StoryHost;
  let clients = 0;
  before(async () => {
    host = await StoryHost.start({ desk: DESK });
  });
  after(() => host.stop());

  const newClient = () => newDeskClient(host, `2782555${String(++clients).padStart(4, '0')}`);
  const profile = async () => (await host.ask('GET', '/api/profiles')).items[0];

  /** Lets time go by, a second at a time, until the client has got so many messages. */
  const untilArrivedLater = (number: string, count: number) =>
    until(`${count} messages, sooner or later`, async () => {
      await host.wait(1 * SECONDS);
      const texts = await host.arrived(number);
      return texts.length >= count && texts;
    });

  for (const how of ['in its answer', 'by a status']) {
    it(`the window turns out to be closed (131047 ${how}): the message waits for Allow and arrives once, in its place`, async () => {
      const { number, tell } = await newClient();
      await (await tell('one')).until('sent');
      const kind = how === 'in its answer' ? 'error_code' : 'fail_status';
      await host.fault({ kind, code: 131047, client: number, times: 1 });
      const two = await tell('two');
      const { history } = await two.until('stashed');
      assert.equal(history.at(-1).error.provider_code, 131047);
      const three = await tell('three');
      await three.until('stashed');
      const { consent, stash } = await host.conversation(number);
      assert.deepEqual([consent.pending, stash.length], [true, 2]);
      const shown = async () => {
        const chat = await host.chat(number);
        const gone = chat.filter(({ status, direction }) => direction === 'to_client' && status !== 'failed');
        return gone.map(({ text }) => (/would like to send it here/.test(text) ? 'request' : text));
      };
      await until('the request', async () => (await shown()).length === 2);
      await host.clientSays(number, { tap: 'Allow' });
      for (const post of [two, three]) await post.until('sent');
      assert.deepEqual(await shown(), ['one', 'request', 'two', 'three']);
    });
  }

  it('the number is too fast (130429): the whole profile slows down, and every message arrives once', async () => {
    const people = [await newClient(), await newClient()];
    await host.fault({ kind: 'error_code', code: 130429, profile: 'main', times: 3 });
    for (const message of ['one', 'two']) for (const { tell } of people) await tell(message);
    for (const { number } of people) assert.deepEqual(await untilArrivedLater(number, 2), ['one', 'two']);
    const { messages_per_second, queue } = await profile();
    assert.deepEqual([messages_per_second, queue.messages_per_second], [80, 40], 'halved for a minute');
  });

  it('too much to one client (131056): that one waits, the others get theirs at once', async () => {
    const [slow, quick] = [await newClient(), await newClient()];
    const limit = await host.fault({ kind: 'error_code', code: 131056, client: slow.number });
    await slow.tell('one');
    await slow.tell('two');
    await until('the refusal', async () =>
      (await host.calls('/messages')).some(({ client, status }) => client === slow.number && status === 400),
    );
    for (const message of ['one', 'two', 'three']) await (await quick.tell(message)).until('sent');
    assert.deepEqual(await host.arrived(quick.number), ['one', 'two', 'three']);
    assert.deepEqual(await host.arrived(slow.number), []);
    await host.ask('DELETE', `/emulator/faults/${limit}`);
    assert.deepEqual(await untilArrivedLater(slow.number, 2), ['one', 'two']);
  });

  it('Meta does not answer for a while (HTTP 500, 131000): each message arrives once', async () => {
    const { number, tell } = await newClient();
    await host.fault({ kind: 'http_500', client: number, times: 1 });
    await tell('one');
    await tell('two');
    assert.deepEqual(await untilArrivedLater(number, 2), ['one', 'two']);
    await host.fault({ kind: 'error_code', code: 131000, client: number, times: 1 });
    await tell('three');
    assert.deepEqual(await untilArrivedLater(number, 3), ['one', 'two', 'three']);
    await host.wait(60 * SECONDS);
    assert.equal((await host.arrived(number)).length, 3);
  });
});

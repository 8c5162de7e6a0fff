import assert from 'node:assert/strict';
import { Keys } from '../../core/redis/keys.js';
import { idPart } from '../../plugins/meta_whatsapp/webhook-json.js';
import { DESK, newDeskClient } from '../support/desk.js';
import { privateRedis } from '../support/private-redis.js';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

const DAY_HOURS = 24;

describe('meta_whatsapp: what Meta tells again', () => {
  let host: StoryHost;
  before(async () => {
    host = await StoryHost.start({ desk: DESK });
  });
  after(() => host.stop());

  it('within seven days, in whatever number, changes nothing: messages land once, statuses count once', async () => {
    const { number, stubref, tell } = await newDeskClient(host, '27825550181');
    await (await tell('Good day')).until('sent');
    await host.clientSays(number, { text: 'a green gate' });
    const posts = await host.untilPosts(stubref, 3);
    const watch = host.watch('stubber.systems.notifications.whatsapp.*');
    await watch.open;
    for (const days of [0, 3, 3.9]) {
      await host.wait(days * DAY_HOURS);
      const { replayed } = await host.ask('POST', '/emulator/webhooks/replay', { last: 1_000 }, 202);
      assert.ok(replayed >= 5, 'two messages, three statuses');
    }
    // What comes behind the repeats is taken, and nothing of them before it.
    await host.ask('PUT', `/api/conversations/main/${number}/stubsession`, { stubref, hours: 1 }, 202);
    await until('the session', async () => (await host.conversation(number)).stubsession?.stubref === stubref);
    await host.clientSays(number, { text: 'and a red door' });
    const after = await host.untilPosts(stubref, posts.length + 1);
    assert.deepEqual(
      after.slice(-2).map(({ message }: { message: string }) => message),
      ['a green gate', 'and a red door'],
    );
    await until('its event', () => watch.events.some(({ path }) => path.endsWith(`stubsession.${stubref}`)));
    const told = watch.events.map(({ path }) => path).filter((path) => path.includes('incoming'));
    assert.equal(told.length, 1, told.join());
    assert.deepEqual(await host.arrived(number), ['Good day']);
    watch.close();
  });

  it('a repeat after eight days, when its mark has expired, is only counted, and opens no window', async () => {
    const number = '27825550182';
    const redis = privateRedis.connect();
    await host.clientSays(number, { text: 'a blue gate' });
    await until('the conversation', () => host.conversation(number).catch(() => undefined));
    const { id } = (await host.chat(number))[0]!;
    await host.wait(9 * DAY_HOURS);
    const mark = new Keys('')
      .seen('conversation', `main:${number}`, `in:${idPart(id)}`)
      .split(':')
      .at(-1);
    const marks = await redis.keys(`*:${mark}`);
    assert.equal(marks.length, 1);
    await redis.del(marks);
    redis.disconnect();
    await host.ask('POST', '/emulator/webhooks/replay', { last: 1_000 }, 202);
    const { items } = await until('the count', async () => {
      const seen = await host.ask('GET', '/api/unhandled-webhooks');
      return seen.items.length > 0 && seen;
    });
    assert.equal(items[0].reason, 'message older than 8 days: a replay');
    assert.doesNotMatch(items[0].excerpt, /gate|2782/);
    const { routing, window } = await host.conversation(number);
    assert.deepEqual(
      routing.map(({ message_id, rule }: { message_id: string; rule: string }) => [message_id, rule]),
      [
        [id, 'replay'],
        [id, 'unsolicited'],
      ],
    );
    assert.equal(window.open, false);
    await host.clientSays(number, { text: 'and a yellow one' });
    await until('the new message', async () => (await host.conversation(number)).window.open);
  });
});

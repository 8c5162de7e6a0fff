import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Keys } from '../../core/redis/keys.js';
import { DESK } from '../support/desk.js';
import { MetaWebhooks } from '../support/meta-webhooks.js';
import { privateRedis } from '../support/private-redis.js';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

const QUIET_MS = 60_000;
let count = 0;
/** Ids of one client, in no other test. */
const newClient = () => {
  count += 1;
  return { number: `2782556${String(count).padStart(4, '0')}`, userId: `ZA.5560${count}`, next: `ZA.5561${count}` };
};
const note = (type: string, more: object) => ({ type: 'system', system: { type, ...more } });

describe('Whatever ids a webhook of Meta carries', () => {
  let host: StoryHost;
  let meta: MetaWebhooks;
  let keys: Keys;
  const redis = privateRedis.connect();
  before(async () => {
    const prefix = privateRedis.newPrefix();
    keys = new Keys(prefix);
    host = await StoryHost.start({ desk: DESK }, { redis: { url: `unix://${privateRedis.options.path}`, prefix } });
    meta = new MetaWebhooks(host);
  });
  after(async () => {
    redis.disconnect();
    await host.stop();
  });

  /** No letters are left. An actor whose letters circulate for ever would always have one. */
  const quiet = () => until('no actor to be busy', async () => (await redis.zcard(keys.mail())) === 0, QUIET_MS);
  const unrouted = async () => {
    const items = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: { items: { data: { message: string } }[]; next_cursor: string | null } = await host.ask(
        'GET',
        `/api/unrouted?limit=100${cursor ? `&cursor=${cursor}` : ''}`,
      );
      items.push(...page.items);
      cursor = page.next_cursor;
    }
    return items.map(({ data }) => data.message);
  };
  const reasons = async (): Promise<string[]> =>
    (await host.ask('GET', '/api/unhandled-webhooks')).items.map(({ reason }: { reason: string }) => reason);
  const inSession = async (client: string, mobile: string) => {
    const stubref = await host.newStub('desk', `+${mobile}`);
    await host.ask('PUT', `/api/conversations/main/${client}/stubsession`, { stubref }, 202);
    await until('the session', async () => (await host.conversation(client)).stubsession?.stubref === stubref);
    return stubref;
  };
  const untilOnStub = (stubref: string, text: string) =>
    until(`"${text}" on the stub`, async () => (await host.posts(stubref)).some(({ message }) => message === text));

  it('a user id in `from` is a user id: the client has one conversation, and the stubsession goes on', async () => {
    const { number, userId } = newClient();
    await meta.text({ from: userId, from_user_id: userId }, `one of ${userId}`);
    await until('the inbox', async () => (await unrouted()).includes(`one of ${userId}`));
    const stubref = await inSession(userId, number);
    await meta.text({ from: userId, from_user_id: userId }, 'two');
    await meta.text({ from: userId }, 'three');
    await meta.text({ from_user_id: userId }, 'four');
    for (const text of ['two', 'three', 'four']) await untilOnStub(stubref, text);
    await quiet();
    const { client, number: known, user_id } = await host.conversation(userId);
    assert.deepEqual([client, known, user_id], [userId, null, userId]);
    await meta.text({ from: number, from_user_id: userId }, 'five');
    await untilOnStub(stubref, 'five');
    assert.equal((await host.conversation(userId)).client, number);
  });

  it('a value that is neither a number nor a user id is counted, and creates no conversation', async () => {
    const { number } = newClient();
    await meta.text({ from_user_id: 'foo_bar' }, 'from nobody');
    await meta.text({ from: number, from_user_id: 'foo_bar' }, `a number of ${number}`);
    await until('the inbox', async () => (await unrouted()).includes(`a number of ${number}`));
    const [second, first] = await reasons();
    assert.equal(first, 'message without id or sender');
    assert.match(second!, /^from_user_id, user_id of a message: neither/);
    await host.ask('GET', '/api/conversations/main/foo_bar', undefined, 404);
    assert.equal((await host.conversation(number)).user_id, null);
  });

  it('a conversation that an older program moved to itself is found again', async () => {
    const { userId } = newClient();
    const damaged = { v: 2, movedTo: userId, sinceMs: 1, ids: [] };
    await redis.hset(keys.actor('conversation', `main:${userId}`), { version: 1, state: JSON.stringify(damaged) });
    await meta.text({ from_user_id: userId }, `back as ${userId}`);
    await until('the inbox', async () => (await unrouted()).includes(`back as ${userId}`));
    assert.equal((await host.conversation(userId)).client, userId);
  });

  it('a conversation that waits for itself continues with its held messages', async () => {
    const { userId } = newClient();
    await meta.text({ from_user_id: userId }, 'first');
    await until('the conversation', () => host.conversation(userId).catch(() => undefined));
    await quiet();
    const key = keys.actor('conversation', `main:${userId}`);
    const state = JSON.parse((await redis.hget(key, 'state'))!);
    const message = {
      id: `held ${userId}`,
      from: userId,
      timestamp: '1700000000',
      type: 'text',
      text: { body: `held ${userId}` },
    };
    const letter = { type: 'incoming', message, name: '', from: userId, userId, phoneNumberId: '1', to: '1' };
    const held = [{ id: 'in:held', atMs: 1, body: letter }];
    await redis.hset(key, 'state', JSON.stringify({ ...state, number: userId, awaiting: userId, held }));
    await meta.text({ from_user_id: userId }, `after ${userId}`);
    await until('both', async () => {
      const texts = await unrouted();
      return texts.includes(`held ${userId}`) && texts.includes(`after ${userId}`);
    });
    assert.deepEqual((await host.conversation(userId)).number, null);
  });

  for (const [form, who, more] of [
    ['with neither, and both ids in its text', {}, { body: 'User DR.Smith changed from OLD to NEW' }],
    ['with `previous_user_id` alone', {}, { previous_user_id: 'OLD' }],
    [
      'with "" in `from` and the new id in `from_user_id`',
      { from: '', from_user_id: 'NEW' },
      { previous_user_id: 'OLD' },
    ],
    ['with the old id in `from` and the new one in `from_user_id`', { from: 'OLD', from_user_id: 'NEW' }, {}],
  ] as const) {
    for (const isLate of [false, true]) {
      it(`a new user id is told ${form}${isLate ? ', after the first message from it' : ''}: the session stays`, async () => {
        const { number, userId, next } = newClient();
        const filled = <T>(value: T): T =>
          JSON.parse(JSON.stringify(value).replaceAll('OLD', userId).replaceAll('NEW', next));
        await meta.text({ from_user_id: userId }, 'mine');
        await until('the conversation', () => host.conversation(userId).catch(() => undefined));
        const stubref = await inSession(userId, number);
        if (isLate) await meta.text({ from_user_id: next }, `too early ${next}`);
        await meta.message(filled(who), note('user_changed_user_id', filled({ ...more, user_id: 'NEW' })));
        await quiet();
        await meta.text({ from_user_id: next }, 'still mine');
        await untilOnStub(stubref, 'still mine');
        assert.equal((await host.conversation(userId)).client, next);
      });
    }
  }

  it('a new number moves number and user id, also where the note names the person by the old user id alone', async () => {
    const { number, userId, next } = newClient();
    const moved = newClient().number;
    await meta.text({ from: number, from_user_id: userId }, 'mine');
    await until('the conversation', () => host.conversation(number).catch(() => undefined));
    const stubref = await inSession(number, number);
    const ids = { wa_id: moved, user_id: next, previous_user_id: userId };
    await meta.message({}, note('user_changed_number', ids));
    await quiet();
    await meta.text({ from: moved, from_user_id: next }, 'still mine');
    await untilOnStub(stubref, 'still mine');
    assert.equal((await host.conversation(userId)).client, moved);
  });

  it('a notice with the ids of two people does not merge them', async () => {
    const [ann, ben] = [newClient(), newClient()];
    await meta.text({ from: ann.number, from_user_id: ann.userId }, 'Ann');
    await meta.text({ from: ben.number, from_user_id: ben.userId }, 'Ben');
    await quiet();
    await meta.message(
      { from: ann.number, from_user_id: ben.userId },
      note('user_changed_user_id', { user_id: ben.next, previous_user_id: ben.userId }),
    );
    await quiet();
    assert.equal((await host.conversation(ann.userId)).client, ann.number);
    assert.equal((await host.conversation(ben.userId)).client, ben.next);
  });

  it('each message of a client ends on a stub, in the inbox, or in a count, and no actor stays busy (property)', async () => {
    const stubref = await host.newStub('desk', '+27825569999');
    const counted = async (): Promise<number> => {
      const metrics = await (await fetch(`${host.url}/metrics`)).text();
      return Number(/reason="message without id or sender"\} (\d+)/.exec(metrics)?.[1] ?? 0);
    };
    await fc.assert(
      fc.asyncProperty(fc.array(scenario, { minLength: 12, maxLength: 12 }), async (scenarios) => {
        const before = await counted();
        const texts: string[] = [];
        await Promise.all(
          scenarios.map(async (steps) => {
            count += 1;
            const run = count;
            if (run % 2 === 0) {
              const client = `ZA.77${run}0`;
              await meta.text({ from_user_id: client }, `first of ${run}`);
              await until('the conversation', () => host.conversation(client).catch(() => undefined), QUIET_MS);
              await host.ask('PUT', `/api/conversations/main/${client}/stubsession`, { stubref }, 202);
            }
            for (const [at, step] of steps.entries()) {
              const text = `${run}.${at}`;
              const { field, value } = JSON.parse(
                JSON.stringify(step).replaceAll('RUN', `77${run}`).replaceAll('TEXT', text),
              );
              if (JSON.stringify(value).includes(`"body":"${text}"`)) texts.push(text);
              await meta.change(field, value);
            }
          }),
        );
        await quiet();
        await host.wait(1);
        await quiet();
        const seen = new Set([...(await unrouted()), ...(await host.posts(stubref)).map(({ message }) => message)]);
        const lost = texts.filter((text) => !seen.has(text));
        const dead = (await host.ask('GET', '/api/dead-letters')).items;
        assert.deepEqual([lost.length - ((await counted()) - before), dead.length], [0, 0], `not found: ${lost}`);
      }),
      { numRuns: 5, endOnFailure: true },
    );
  });
});

/** Possible values of a client id field. There are few ids, so that they collide; RUN separates the runs. */
const anyId = fc.constantFrom(
  undefined,
  null,
  '',
  'RUN10',
  'RUN11',
  '+RUN10',
  'ZA.RUN0',
  'ZA.RUN1',
  'ZA.RUN2',
  'ZA.ENT.RUN0',
  'foo_bar',
  {},
);
const sentAt = fc.integer({ min: 1_700_000_000, max: 1_700_000_002 });
const id = () => fc.uuid();

const message = fc
  .record({ id: id(), from: anyId, from_user_id: anyId, wa_id: anyId, user_id: anyId, sentAt })
  .map(({ wa_id, user_id, sentAt: timestamp, ...more }) => ({
    field: 'messages',
    value: {
      contacts: [{ wa_id, user_id }],
      messages: [{ ...more, timestamp: String(timestamp), type: 'text', text: { body: 'TEXT' } }],
    },
  }));
const system = fc
  .record({
    id: id(),
    from: anyId,
    from_user_id: anyId,
    type: fc.constantFrom('user_changed_number', 'user_changed_user_id', 'customer_identity_changed'),
    wa_id: anyId,
    user_id: anyId,
    previous_user_id: anyId,
    body: fc.constantFrom(
      undefined,
      'User ZA.RUN0 changed from ZA.RUN1 to ZA.RUN2',
      'User X changed from ZA.RUN0 to ZA.RUN1',
    ),
    sentAt,
  })
  .map(({ id, from, from_user_id, sentAt: timestamp, ...system }) => ({
    field: 'messages',
    value: { messages: [{ id, from, from_user_id, timestamp: String(timestamp), type: 'system', system }] },
  }));
const update = fc.record({ previous: anyId, current: anyId, sentAt }).map(({ sentAt: timestamp, ...user_id }) => ({
  field: 'user_id_update',
  value: { user_id_update: [{ user_id, timestamp }] },
}));
const preference = fc
  .record({ wa_id: anyId, user_id: anyId, value: fc.constantFrom('resume', 'signup') })
  .map((preference) => ({
    field: 'user_preferences',
    value: { user_preferences: [{ ...preference, timestamp: 1_700_000_000 }] },
  }));
const status = fc.record({ id: id(), recipient_id: anyId, recipient_user_id: anyId }).map((status) => ({
  field: 'messages',
  value: { statuses: [{ ...status, status: 'sent', timestamp: '1700000000' }] },
}));
const scenario = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: message },
    { weight: 4, arbitrary: system },
    { weight: 2, arbitrary: update },
    { weight: 1, arbitrary: preference },
    { weight: 1, arbitrary: status },
  ),
  { minLength: 2, maxLength: 8 },
);

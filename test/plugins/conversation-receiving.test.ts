import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { MetaWebhooks } from '../support/meta-webhooks.js';
import { privateRedis } from '../support/private-redis.js';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

const template = (name: string) => readFileSync(`config/templates/${name}.yaml`, 'utf8');
/** In no other test: keys are looked for in a Redis that tests share. */
const THANDI = '27825559901';
/** Of one story only: what is kept of him is of one host only. */
const SIPHO = '27825550177';
const NOMSA = '27825559902';
const OTHER_NUMBER = '27835550202';
const HIDDEN = 'ZA.1349120865530274';

describe('A conversation that receives', () => {
  let host: StoryHost;
  let meta: MetaWebhooks;
  const redis = privateRedis.connect();
  beforeEach(async () => {
    host = await StoryHost.start({ parcel: template('parcel') });
    meta = new MetaWebhooks(host);
  });
  afterEach(() => host.stop());
  after(() => redis.disconnect());

  const withSession = async (client = THANDI): Promise<string> => {
    const stubref = await host.newStub('parcel', `+${client}`);
    await meta.text({ from: client }, 'first');
    await until('the conversation', () => conversation(client));
    await host.ask('PUT', `/api/conversations/main/${client}/stubsession`, { stubref }, 202);
    await until('the session', async () => (await conversation(client))?.stubsession?.stubref === stubref);
    return stubref;
  };
  const conversation = (client: string) => host.conversation(client).catch(() => undefined);
  const said = async (stubref: string): Promise<string[]> =>
    (await host.posts(stubref)).map(({ message }) => message).filter(Boolean);
  const untilSaid = (stubref: string, text: string) =>
    until(`"${text}" on the stub`, async () => (await said(stubref)).includes(text));
  /** The key that ends so. */
  const keyOf = async (end: string): Promise<string> => {
    const found = await redis.keys(`*${end}`);
    assert.equal(found.length, 1, found.join());
    return found[0]!;
  };
  const text = (id: string, body: string) => ({
    id,
    from: THANDI,
    timestamp: '1700000000',
    type: 'text',
    text: { body },
  });

  it('an edit and a deletion in one POST with their message go to the stub that gets it, not to the session’s', async () => {
    const first = await withSession();
    const second = await host.newStub('parcel', `+${THANDI}`);
    await host.clientSays(THANDI, { text: 'hello' });
    await untilSaid(first, 'hello');
    await host.run(second, 'ask_proof');
    await until('the nextreply', async () => (await host.conversation(THANDI)).nextreply?.stubref === second);
    const about = { from: THANDI, timestamp: '1700000001' };
    const edit = { original_message_id: 'wamid.a', message: { type: 'text', text: { body: 'a green gate' } } };
    const messages = [
      text('wamid.a', 'a green gaet'),
      { ...about, id: 'wamid.b', type: 'edit', edit },
      { ...about, id: 'wamid.c', type: 'revoke', revoke: { original_message_id: 'wamid.b' } },
    ];
    await host.webhook({ messages });
    await untilSaid(second, 'Deleted a message');
    assert.deepEqual((await said(second)).slice(-3), ['a green gaet', 'Edited: a green gate', 'Deleted a message']);
    assert.deepEqual(await said(first), ['hello']);
  });

  it('a session on a stub that is not there is deleted, the next rule applies, the trace says so', async () => {
    const stubref = await withSession();
    await redis.del(await keyOf(`actor:stub:${stubref}`)); // as after a restore of an older backup
    await meta.text({ from: THANDI }, 'anybody?');
    const [item] = await until('the inbox', async () => {
      const { items } = await host.ask('GET', '/api/unrouted');
      return items.length === 2 && items; // with the very first message
    });
    assert.equal(item.data.message, 'anybody?');
    const { stubsession, routing } = await host.conversation(THANDI);
    assert.equal(stubsession, null);
    assert.equal(routing[0].rule, 'unsolicited');
    assert.match(routing[0].passed.at(-1).why, /does not exist: it was deleted/);
  });

  it('who hides the number that we wrote to is known by it: statuses showed number and user id together', async () => {
    const { user_id } = await host.ask('PATCH', `/emulator/clients/${SIPHO}`, { hide_number: true });
    const stubref = await host.newStub('parcel', `+${SIPHO}`);
    await host.run(stubref, 'tell_customer', { data: { eta: 'at 9' } });
    await host.untilArrived(SIPHO, 1);
    await until('the statuses', async () => (await redis.keys(`*shown-number:main:${user_id}`)).length === 1);
    await host.clientSays(SIPHO, { tap: 'Allow' });
    assert.match((await host.untilArrived(SIPHO, 2))[1]!, /at 9/);
    await until('the session', async () => (await host.conversation(user_id)).stubsession?.stubref === stubref);
    await host.clientSays(SIPHO, { text: 'thank you' });
    await untilSaid(stubref, 'thank you');
    const { client, number } = await host.conversation(user_id);
    assert.deepEqual([client, number], [SIPHO, SIPHO]);
    const [post] = (await host.posts(stubref)).slice(-1);
    assert.equal(post.data._incoming_whatsapp_data.from, undefined, 'Meta hid it');
  });

  it('a number that changes without any user id takes session and contact along', async () => {
    const stubref = await withSession();
    const system = { type: 'user_changed_number', body: 'Thandi changed', wa_id: OTHER_NUMBER };
    await meta.message({ from: THANDI }, { type: 'system', system });
    await until('the move', async () => (await conversation(OTHER_NUMBER))?.stubsession?.stubref === stubref);
    await meta.text({ from: OTHER_NUMBER }, 'still me');
    await untilSaid(stubref, 'still me');
    assert.equal((await host.ask('GET', `/api/contacts?mobile=${OTHER_NUMBER}`)).items.length, 1);
  });

  it('messages keep their order while the client hides the number and shows it again', async () => {
    const stubref = await withSession();
    await meta.text({ from: THANDI, from_user_id: HIDDEN }, 'this is me');
    await until('the link', async () => (await conversation(HIDDEN))?.client === THANDI);
    const bodies = Array.from({ length: 40 }, (_, number) => `m${number}`);
    for (const [at, body] of bodies.entries())
      await meta.text({ from_user_id: HIDDEN, ...(at % 2 === 0 && { from: THANDI }) }, body);
    await untilSaid(stubref, 'm39');
    assert.deepEqual((await said(stubref)).slice(-40), bodies);
  });

  it('a late note about a new number says nothing against a newer user id', async () => {
    const stubref = await withSession();
    const ids = [HIDDEN, 'ZA.2222', 'ZA.3333'];
    for (const [at, current] of ids.entries()) {
      const user_id = { previous: ids[at - 1], current };
      if (at > 0) await meta.change('user_id_update', { user_id_update: [{ user_id, timestamp: 1_700_000_000 + at }] });
      await meta.text({ from: THANDI, from_user_id: current }, `as ${current}`);
      await until('the link', async () => (await conversation(THANDI))?.user_id === current);
    }
    const system = { type: 'user_changed_number', body: 'Thandi changed', wa_id: OTHER_NUMBER, user_id: ids[1] };
    await meta.message({ from: THANDI, from_user_id: HIDDEN }, { type: 'system', system });
    await until('the move', async () => (await conversation(OTHER_NUMBER))?.stubsession?.stubref === stubref);
    for (const id of ids) await until(id, async () => (await conversation(id))?.client === OTHER_NUMBER);
    await meta.text({ from_user_id: 'ZA.3333' }, 'still me');
    await untilSaid(stubref, 'still me');
    const { items } = await host.ask('GET', '/api/conversations');
    assert.deepEqual(
      items.map(({ client }: { client: string }) => client),
      [OTHER_NUMBER],
    );
    assert.equal((await host.ask('GET', '/api/dead-letters')).items.length, 0);
  });

  it('a new user id of a contact is in the trace', async () => {
    const contactpoints = [{ type: 'whatsapp_user', contact: HIDDEN }];
    await host.ask('POST', '/api/contacts', { name: 'Thandi', contactpoints }, 201);
    await meta.text({ from_user_id: HIDDEN }, 'hello');
    await until('the conversation', () => conversation(HIDDEN)); // what has no conversation has no trace
    const user_id = { previous: HIDDEN, current: 'ZA.2222' };
    await meta.change('user_id_update', { user_id_update: [{ user_id, timestamp: 1_700_000_100 }] });
    await until('the trace', async () => {
      const { routing } = (await conversation('ZA.2222')) ?? { routing: [] };
      return routing.some(
        ({ rule, to }: { rule: string; to: string }) => rule === 'user id changed' && /new one/.test(to),
      );
    });
  });

  it('what waits for an answer about its client that never comes waits for 200 messages at most, and keeps its order', async () => {
    const stubref = await withSession(NOMSA);
    const key = await keyOf(`actor:conversation:main:${NOMSA}`);
    const state = JSON.parse((await redis.hget(key, 'state'))!);
    await redis.hset(key, 'state', JSON.stringify({ ...state, userId: HIDDEN, number: NOMSA, awaiting: HIDDEN }));
    const bodies = Array.from({ length: 205 }, (_, number) => `m${number}`);
    await host.webhook({ messages: bodies.map((body) => ({ ...text(`wamid.${body}`, body), from: NOMSA })) });
    await until(
      'every message',
      async () => {
        const { items, next_cursor } = await host.ask('GET', `/api/stubs/${stubref}/posts?limit=200`);
        if (next_cursor === null) return false;
        const more = await host.ask(
          'GET',
          `/api/stubs/${stubref}/posts?limit=200&cursor=${encodeURIComponent(next_cursor)}`,
        );
        const found = [...items, ...more.items].map(({ message }) => message).filter((message) => /^m\d/.test(message));
        if (found.length < bodies.length) return false;
        assert.deepEqual(found.reverse(), bodies);
        return true;
      },
      25_000,
    );
  });

  it('times that are missing or senseless count as now: the window opens', async () => {
    const times = [undefined, null, '', 'soon', 0, -5, '99999999999999', 1e300];
    for (const [at, timestamp] of times.entries()) {
      const from = `2782555020${at}`;
      await host.webhook({ messages: [{ id: `wamid.t${at}`, from, timestamp, type: 'text', text: { body: 'x' } }] });
      const { window } = await until('the conversation', () => conversation(from));
      assert.equal(window.open, true, `timestamp ${timestamp}`);
    }
  });

  it('a message takes off what may be sent for a while, for Meta’s limit is for both directions together', async () => {
    const others = (at: number) => ({ id: `wamid.r${at}`, from: '27825550230', type: 'text', text: { body: 'x' } });
    await host.webhook({ messages: Array.from({ length: 30 }, (_, at) => others(at)) });
    await until('the lower pace', async () => {
      const { items } = await host.ask('GET', '/api/profiles');
      return items[0].queue.messages_per_second < items[0].messages_per_second;
    });
  });
});

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Keys } from '../../core/redis/keys.js';
import { privateRedis } from '../support/private-redis.js';
import { until } from '../support/until.js';
import { BUSINESS, EmulatorRig, NUMBER_ID, Receiver } from './whatsapp-emulator-rig.js';

const CLIENT = '27825550101';
const TO = `+${CLIENT}`;

const request = (payloads: readonly string[] = []) => ({
  template: {
    name: 'general_interaction_request',
    language: { code: 'en' },
    components: [
      { type: 'body', parameters: [{ type: 'text', text: 'Demo Parcels' }] },
      ...payloads.map((payload, index) => ({
        type: 'button',
        sub_type: 'quick_reply',
        index: String(index),
        parameters: [{ type: 'payload', payload }],
      })),
    ],
  },
});

describe('whatsapp_emulator: webhooks', () => {
  let receiver: Receiver;
  let rig: EmulatorRig;

  beforeEach(async () => {
    receiver = new Receiver();
    rig = await EmulatorRig.start(await receiver.start());
  });
  afterEach(async () => {
    await rig.stop();
    await receiver.stop();
  });

  it('signs the raw bytes, escaped as Meta escapes them', async () => {
    await rig.as(CLIENT, { text: 'Grüße / 😀', name: 'Thandi' });
    const [{ raw, signed, value }] = (await receiver.has(1)) as [Receiver['got'][number]];
    assert.ok(signed);
    assert.ok(raw.includes('Gr\\u00fc\\u00dfe \\/ \\ud83d\\ude00'), raw);
    assert.equal(value.messages[0].text.body, 'Grüße / 😀');
  });

  it('posts a message in Meta’s envelope, with number and user id', async () => {
    const { body: written } = await rig.as('+27 82 555 0101', { text: 'Hello', name: 'Thandi' });
    const [{ value }] = (await receiver.has(1)) as [Receiver['got'][number]];
    const userId = value.contacts[0].user_id;
    assert.match(userId, /^ZA\.\d{20}$/);
    assert.match(value.messages[0].timestamp, /^\d{10}$/);
    assert.deepEqual(value, {
      messaging_product: 'whatsapp',
      metadata: { display_phone_number: BUSINESS, phone_number_id: NUMBER_ID },
      contacts: [{ profile: { name: 'Thandi' }, wa_id: CLIENT, user_id: userId }],
      messages: [
        {
          from: CLIENT,
          from_user_id: userId,
          id: written.id,
          timestamp: value.messages[0].timestamp,
          type: 'text',
          text: { body: 'Hello' },
        },
      ],
    });
    await until('the second tick', async () => (await rig.chat(CLIENT))[0]?.status === 'delivered');
  });

  it('posts sent, delivered and, when the client writes, read: in this order and with our callback data', async () => {
    await rig.as(CLIENT, { text: 'Hello' });
    await rig.text(TO, 'Good day', { biz_opaque_callback_data: 'delivery-7' });
    await receiver.has(3);
    await rig.as(CLIENT, { text: 'Thanks' });
    const got = await receiver.has(5);
    assert.deepEqual(receiver.lines(), ['Hello', 'sent', 'delivered', 'read', 'Thanks']);
    const statuses = got.slice(1, 4).map(({ value }) => value.statuses[0]);
    assert.deepEqual(new Set(statuses.map((status) => status.biz_opaque_callback_data)), new Set(['delivery-7']));
    assert.deepEqual(new Set(statuses.map((status) => status.recipient_id)), new Set([CLIENT]));
    assert.deepEqual((await rig.chat(CLIENT)).map(({ status }) => status)[1], 'read');
  });

  it('posts read when the chat is opened, once', async () => {
    await rig.send(TO, request());
    await Promise.all([1, 2, 3].map(() => rig.call('POST', `/emulator/clients/${CLIENT}/read`, {})));
    await rig.as(CLIENT, { text: 'Seen' });
    await receiver.has(4);
    assert.deepEqual(receiver.lines(), ['sent', 'delivered', 'read', 'Seen']);
  });

  it('posts a tap on a template’s button as a button message that names the template', async () => {
    const sent = await rig.send(TO, request(['allow:1', 'reject:1']));
    await rig.as(CLIENT, { tap: 'Reject' });
    const message = (await receiver.has(4)).at(-1)!.value.messages[0];
    assert.equal(message.type, 'button');
    assert.deepEqual(message.button, { payload: 'reject:1', text: 'Reject' });
    assert.deepEqual(message.context, { from: BUSINESS, id: sent.body.messages[0].id });
  });

  it('posts a tap on a reply button and on a list row as interactive messages', async () => {
    await rig.as(CLIENT, { text: 'Hello' });
    const action = { buttons: [{ type: 'reply', reply: { id: 'yes', title: 'Yes, please' } }] };
    await rig.send(TO, { interactive: { type: 'button', body: { text: 'More?' }, action } });
    const rows = [{ id: 'row-1', title: 'First', description: 'The first one' }];
    await rig.send(TO, {
      interactive: { type: 'list', body: { text: 'Which?' }, action: { button: 'Show', sections: [{ rows }] } },
    });
    await rig.as(CLIENT, { tap: 'yes' });
    await rig.as(CLIENT, { tap: 'First' });
    const got = (await receiver.has(9)).flatMap(({ value }) => value.messages ?? []);
    assert.deepEqual(got[1].interactive, { type: 'button_reply', button_reply: { id: 'yes', title: 'Yes, please' } });
    assert.deepEqual(got[2].interactive, { type: 'list_reply', list_reply: rows[0] });
  });

  it('carries a quote', async () => {
    await rig.as(CLIENT, { text: 'Hello' });
    const { body } = await rig.text(TO, 'Which day?');
    await rig.as(CLIENT, { reply_to: body.messages[0].id, text: 'Monday' });
    const message = (await receiver.has(5)).at(-1)!.value.messages[0];
    assert.deepEqual(message.context, { from: BUSINESS, id: body.messages[0].id });
  });

  it('keeps one client’s order while the receiver fails, and does not make others wait', async () => {
    let down = true;
    receiver.before = async ({ value }) => {
      if (down && value.contacts[0].wa_id === CLIENT) receiver.answers.unshift(500);
    };
    for (let count = 0; count < 20; count++) await rig.as(CLIENT, { text: `Message ${count}` });
    await rig.as('27825550102', { text: 'Someone else' });
    await until('the other client', () => receiver.lines().includes('Someone else'));
    assert.equal(receiver.got.length, 1);
    down = false;
    await receiver.has(21);
    assert.deepEqual(
      receiver.lines().slice(1),
      Array.from({ length: 20 }, (_, count) => `Message ${count}`),
    );
  });

  it('posts one webhook of a client at a time, and different clients side by side', async () => {
    const now = new Map<string, number>();
    let most = 0;
    let overlaps = 0;
    receiver.before = async ({ value }) => {
      const client = value.contacts[0].wa_id as string;
      now.set(client, (now.get(client) ?? 0) + 1);
      if (now.get(client)! > 1) overlaps++;
      most = Math.max(most, [...now.values()].filter((count) => count > 0).length);
      await sleep(5);
      now.set(client, now.get(client)! - 1);
    };
    const clients = Array.from({ length: 10 }, (_, at) => `2782555020${at}`);
    await Promise.all(clients.flatMap((client) => [1, 2, 3, 4].map((text) => rig.as(client, { text: `${text}` }))));
    await receiver.has(40);
    assert.equal(overlaps, 0);
    assert.ok(most > 3, `${most} at a time`);
  });
});

describe('whatsapp_emulator: accounts that channels contribute', () => {
  it('gets their webhooks on this host, and is written to by profile', async () => {
    const receiver = new Receiver();
    const bodies: unknown[] = [];
    const contributed = { path: '/webhooks/second', handler: (body: unknown) => void bodies.push(body) };
    const rig = await EmulatorRig.start(await receiver.start(), { contributed });
    await rig.as(CLIENT, { text: 'To the second', profile: 'second' });
    await until('the webhook', () => bodies.length === 1);
    assert.match(JSON.stringify(bodies), /"phone_number_id":"100000000000002".*To the second/);
    const { body } = await rig.as(CLIENT, { text: 'To the same' });
    assert.equal(body.profile, 'second', 'the answer says which one got it');
    await until('the newest profile', () => bodies.length === 2);
    await rig.as(CLIENT, { text: 'To the first', profile: 'main' });
    await receiver.has(1);
    assert.deepEqual(receiver.lines(), ['To the first']);
    const about = await rig.as(CLIENT, { text: 'About the other', reply_to: body.id });
    assert.equal(about.body.profile, 'second', 'a quote goes where the quoted message went');
    assert.equal((await rig.as('27825550199', { text: 'For the first time' })).body.profile, 'second');
    const profiles = (await rig.call('GET', '/emulator/accounts')).body.map(
      (each: { profile: string }) => each.profile,
    );
    assert.deepEqual(profiles, ['second', 'main']);
    await rig.stop();
    await receiver.stop();
  });
});

describe('whatsapp_emulator: several processes', () => {
  it('goes on with what a killed process had accepted, each webhook once and in order', async () => {
    const receiver = new Receiver();
    const hook = await receiver.start();
    const prefix = privateRedis.newPrefix();
    const killed = await EmulatorRig.start(hook, { prefix, pump: false }); // it accepts and never posts
    for (let count = 0; count < 30; count++) await killed.as(CLIENT, { text: `Message ${count}` });
    const next = await EmulatorRig.start(hook, { prefix });
    await receiver.has(30);
    assert.deepEqual(
      receiver.lines(),
      Array.from({ length: 30 }, (_, count) => `Message ${count}`),
    );
    await Promise.all([killed.stop(), next.stop()]);
    await receiver.stop();
  });

  it('keeps the order and loses nothing when a post takes longer than its lease', async () => {
    const receiver = new Receiver();
    const prefix = privateRedis.newPrefix();
    const own = await EmulatorRig.start(await receiver.start(), { prefix });
    const redis = privateRedis.connect();
    const leased = new Keys(prefix).plugin('whatsapp_emulator', 'leased');
    const held: (() => void)[] = [];
    receiver.before = () => new Promise((resolve) => void held.push(resolve));

    for (const text of ['1', '2', '3']) await own.as(CLIENT, { text });
    await until('the first post', () => held.length === 1);
    // The process paused until its lease expired, so the same webhook is posted again.
    await until('the second post', async () => {
      for (const lane of await redis.zrange(leased, '0', '-1')) await redis.zadd(leased, 'XX', 0, lane);
      return held.length >= 2;
    });
    const repeats = held.length;
    for (const letGo of held) letGo();
    await until('the next post', () => held.length > repeats);
    receiver.answers.push(503); // not accepted: it must be posted again
    receiver.before = async () => undefined;
    for (const letGo of held) letGo();
    await until('all of them', () => receiver.lines().includes('3'));
    assert.deepEqual([...new Set(receiver.lines())], ['1', '2', '3']);
    redis.disconnect();
    await own.stop();
    await receiver.stop();
  });

  it('posts what another process stored, and never twice', async () => {
    const receiver = new Receiver();
    const hook = await receiver.start();
    const prefix = privateRedis.newPrefix();
    const quiet = await EmulatorRig.start(hook, { prefix, pump: false });
    const pumps = await Promise.all([1, 2, 3].map(() => EmulatorRig.start(hook, { prefix })));
    await quiet.as(CLIENT, { text: 'From elsewhere' });
    await receiver.has(1);
    const clients = Array.from({ length: 20 }, (_, at) => `278255503${10 + at}`);
    const writing = clients.flatMap((client, at) =>
      [0, 1, 2, 3, 4].map((n) => pumps[(at + n) % 3]!.as(client, { text: `${n}` })),
    );
    await Promise.all(writing);
    await receiver.has(101);
    const keys = new Keys(prefix);
    const redis = privateRedis.connect();
    const lanes = ['due', 'leased'].map((name) => keys.plugin('whatsapp_emulator', name));
    await until('nothing to be left to post', async () => (await redis.exists(...lanes)) === 0);
    redis.disconnect();
    assert.equal(receiver.got.length, 101);
    assert.equal(new Set(receiver.got.map(({ value }) => value.messages[0].id)).size, 101);
    await Promise.all([quiet, ...pumps].map((each) => each.stop()));
    await receiver.stop();
  });
});

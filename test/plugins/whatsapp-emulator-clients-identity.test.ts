import assert from 'node:assert/strict';
import {
  type Answer,
  EmulatorRig,
  type Json,
  NUMBER_ID,
  type ReceivedWebhook,
  Receiver,
} from './whatsapp-emulator-rig.js';

const CLIENT = '27825550101';
const TO = `+${CLIENT}`;
const NEW_NUMBER = '27825550777';

describe('whatsapp_emulator: who a client is', () => {
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

  const client = (path: string, body: Json, method: 'POST' | 'PATCH' = 'POST'): Promise<Answer> =>
    rig.call(method, `/emulator/clients${path}`, body);
  const patch = (body: Json) => client(`/${TO}`, body, 'PATCH');
  const sendToUser = (recipient: string, text = 'Hello') =>
    rig.graph('POST', `/${NUMBER_ID}/messages`, { messaging_product: 'whatsapp', recipient, text: { body: text } });
  const statusesOf = (webhooks: readonly ReceivedWebhook[]) => webhooks.filter(({ value }) => value.statuses);
  const keys = (value: Json | undefined) => Object.keys(value ?? {}).sort();

  it('tells number and user id of a client without a username, and no username', async () => {
    await rig.as(CLIENT, { text: 'Hi', name: 'Thandi' });
    const [{ value }] = (await receiver.has(1)) as [ReceivedWebhook];
    assert.deepEqual(value.contacts, [
      { profile: { name: 'Thandi' }, wa_id: CLIENT, user_id: value.messages[0].from_user_id },
    ]);
    assert.equal(value.messages[0].from, CLIENT);
  });

  it('leaves wa_id and from out where the number is hidden, and tells the username', async () => {
    const { body } = await patch({ hide_number: true, username: 'thandi.m' });
    assert.equal(body.hide_number, true);
    await rig.as(body.user_id, { text: 'Hi' });
    const [{ raw, value }] = (await receiver.has(1)) as [ReceivedWebhook];
    assert.deepEqual(value.contacts[0].profile.username, 'thandi.m');
    assert.deepEqual(keys(value.contacts[0]), ['profile', 'user_id']);
    assert.equal('from' in value.messages[0], false);
    assert.equal(value.messages[0].from_user_id, body.user_id);
    assert.equal(raw.replace(/wamid\.[^"]*/g, '').includes(CLIENT), false);
  });

  for (const hidden of [false, true]) {
    const who = hidden ? 'hides the number' : 'has a username and shows the number';
    it(`reports sends to the number of a client who ${who}: number and user id; the username not on sent`, async () => {
      const { user_id } = (await patch({ hide_number: hidden, username: 'thandi.m' })).body;
      await rig.as(user_id, { text: 'Hi' });
      await rig.text(TO, 'Hello');
      await client(`/${TO}/read`, {});
      const statuses = statusesOf(await receiver.has(4));
      for (const { value } of statuses) {
        assert.equal(value.statuses[0].recipient_id, CLIENT);
        assert.equal(value.statuses[0].recipient_user_id, user_id);
        assert.equal(value.contacts[0].wa_id, CLIENT);
      }
      const usernames = statuses.map(({ value }) => value.contacts[0].profile.username);
      assert.deepEqual(usernames, [undefined, 'thandi.m', 'thandi.m']);
    });

    it(`reports sends to the user id of a client who ${who}: the number only if it is shown`, async () => {
      const { user_id } = (await patch({ hide_number: hidden, username: 'thandi.m' })).body;
      await rig.as(user_id, { text: 'Hi' });
      assert.equal((await sendToUser(user_id)).status, 200);
      for (const { value } of statusesOf(await receiver.has(3))) {
        assert.equal(value.statuses[0].recipient_id, hidden ? undefined : CLIENT);
        assert.equal(value.contacts[0].wa_id, hidden ? undefined : CLIENT);
        assert.equal(value.statuses[0].recipient_user_id, user_id);
        assert.equal(value.contacts[0].user_id, user_id);
      }
    });
  }

  it('reports a failure without contacts, and the user id only of a send to it', async () => {
    const { user_id } = (await patch({ name: 'Thandi' })).body;
    await rig.as(CLIENT, { text: 'Hi' });
    await rig.call('POST', '/emulator/faults', { kind: 'fail_status', code: 131026, times: 2 });
    await rig.text(TO, 'Hello');
    await sendToUser(user_id);
    const [byNumber, byId] = statusesOf(await receiver.has(3)).map(({ value }) => value);
    assert.equal(byNumber.contacts, undefined);
    assert.deepEqual(keys(byNumber.statuses[0]), ['errors', 'id', 'recipient_id', 'status', 'timestamp']);
    assert.deepEqual(keys(byId.statuses[0]), ['errors', 'id', 'recipient_user_id', 'status', 'timestamp']);
  });

  it('tells parent ids of a client that has one', async () => {
    const parent_user_id = 'ZA.ENT.11815799212886844830';
    await patch({ parent_user_id });
    await rig.as(CLIENT, { text: 'Hi' });
    await rig.text(TO, 'Hello');
    const got = await receiver.has(3);
    assert.equal(got[0]!.value.contacts[0].parent_user_id, parent_user_id);
    assert.equal(got[0]!.value.messages[0].from_parent_user_id, parent_user_id);
    assert.equal(got[1]!.value.statuses[0].recipient_parent_user_id, parent_user_id);
  });

  it('has clients that are known by user id only; chat and sends find them by it', async () => {
    const user_id = 'US.13491208655302741918';
    const { body, status } = await client('', { user_id, name: 'Sam' });
    assert.equal(status, 201);
    assert.equal(body.number, null);
    await rig.as(user_id, { text: 'Hi' });
    const [{ value }] = (await receiver.has(1)) as [ReceivedWebhook];
    assert.deepEqual(keys(value.contacts[0]), ['profile', 'user_id']);
    assert.equal((await sendToUser(user_id, 'Hello Sam')).status, 200);
    assert.deepEqual(
      (await rig.chat(user_id)).map(({ text }) => text),
      ['Hi', 'Hello Sam'],
    );
    assert.equal((await rig.as(user_id, { contact_info: true })).status, 422);
  });

  it('gives a new user id with a new number, tells of it both ways, and keeps the chat', async () => {
    await rig.as(CLIENT, { text: 'Hi', name: 'Thandi' });
    const before = (await receiver.has(1))[0]!.value.messages[0].from_user_id;
    const { body } = await client(`/${TO}/change-number`, {
      to: `+${NEW_NUMBER}`,
      announce: ['system', 'user_id_update'],
    });
    assert.equal(body.number, NEW_NUMBER);
    assert.notEqual(body.user_id, before);
    const [, system, update] = await receiver.has(3);
    assert.deepEqual(system!.value.messages[0].system, {
      body: `User Thandi changed from ${CLIENT} to ${NEW_NUMBER}`,
      type: 'user_changed_number',
      wa_id: NEW_NUMBER,
      user_id: body.user_id,
      previous_user_id: before,
    });
    assert.equal(system!.value.messages[0].from, CLIENT);
    assert.equal(system!.value.messages[0].from_user_id, before);
    assert.equal('contacts' in system!.value, false);
    assert.deepEqual(update!.value.user_id_update[0].user_id, { previous: before, current: body.user_id });
    assert.equal(JSON.parse(update!.raw).entry[0].changes[0].field, 'user_id_update');

    await rig.as(`+${NEW_NUMBER}`, { text: 'Still me' });
    assert.equal((await receiver.has(4))[3]!.value.messages[0].from, NEW_NUMBER);
    assert.deepEqual(
      (await rig.chat(NEW_NUMBER)).map(({ text }) => text),
      ['Hi', 'Still me'],
    );
    assert.equal((await rig.text(TO, 'Anybody?')).body.error.code, 131026);
    assert.equal((await sendToUser(before)).body.error.code, 131026);
    assert.equal((await rig.as(CLIENT, { text: 'Me too' })).status, 422);
  });

  it('rotates a user id: told first, told after the next message, or not at all', async () => {
    await rig.as(CLIENT, { text: 'Hi' });
    const rotate = (how: Json) => client(`/${TO}/rotate-user-id`, how);
    await rotate({ announce: ['user_id_update'] });
    assert.ok((await receiver.has(2))[1]!.value.user_id_update);

    const before = (await receiver.has(2))[1]!.value.user_id_update[0].user_id.current;
    const { body } = await rotate({ announce: ['user_id_update', 'system'], after_next_message: true });
    await rig.as(CLIENT, { text: 'From the new id' });
    const [first, second, third] = (await receiver.has(5)).slice(2);
    assert.equal(first!.value.messages[0].from_user_id, body.user_id);
    assert.equal(second!.value.user_id_update[0].user_id.current, body.user_id);
    const [message] = third!.value.messages;
    assert.deepEqual(keys(message), ['id', 'system', 'timestamp', 'type'], 'it names no sender');
    assert.deepEqual(message.system, {
      body: `User ${body.name} changed from ${before} to ${body.user_id}`,
      type: 'user_changed_user_id',
      user_id: body.user_id,
      previous_user_id: before,
    });

    await rotate({ announce: [] });
    await rig.as(CLIENT, { text: 'Untold' });
    assert.equal((await receiver.has(6)).at(-1)!.value.messages[0].text.body, 'Untold');
  });

  it('gives a number to another person, with another user id and an empty chat', async () => {
    await rig.as(CLIENT, { text: 'First person' });
    const before = (await receiver.has(1))[0]!.value.messages[0].from_user_id;
    const { body } = await client('', { number: TO, new_person: true, name: 'Second' });
    assert.notEqual(body.user_id, before);
    assert.deepEqual(await rig.chat(CLIENT), []);
    await rig.as(CLIENT, { text: 'Second person' });
    const { value } = (await receiver.has(2))[1]!;
    assert.equal(value.messages[0].from, CLIENT);
    assert.equal(value.messages[0].from_user_id, body.user_id);
    assert.deepEqual(
      (await rig.chat(before)).map(({ text }) => text),
      ['First person'],
    );
    await rig.as(before, { text: 'Without my number' });
    assert.equal('from' in (await receiver.has(3))[2]!.value.messages[0], false);
  });

  it('stops marketing: tells it, then marketing templates fail with 131050 until it is resumed', async () => {
    await rig.as(CLIENT, { text: 'Hi' });
    await client(`/${TO}/marketing`, { stop: true });
    const told = (await receiver.has(2))[1]!;
    assert.equal(JSON.parse(told.raw).entry[0].changes[0].field, 'user_preferences');
    const { detail, value, category, wa_id } = told.value.user_preferences[0];
    assert.deepEqual([detail, value, category, wa_id], [
      'User requested to stop marketing messages', 'stop', 'marketing_messages', CLIENT,
    ]); // biome-ignore format: one line reads best
    await rig.stop();
    await receiver.stop();
    const template = {
      name: 'offer',
      language: 'en',
      category: 'MARKETING',
      components: [{ type: 'BODY', text: 'Half price' }],
    };
    receiver = new Receiver();
    rig = await EmulatorRig.start(await receiver.start(), { config: { templates: [template] } });
    await rig.as(CLIENT, { text: 'Hi' });
    await client(`/${TO}/marketing`, { stop: true });
    const offer = () => rig.send(TO, { template: { name: 'offer', language: { code: 'en' } } });
    await offer();
    assert.equal((await receiver.has(3))[2]!.value.statuses[0].errors[0].code, 131050);
    assert.equal((await rig.chat(CLIENT)).at(-1)!.status, 'failed');
    await client(`/${TO}/marketing`, { stop: false });
    await offer();
    await receiver.has(6);
    assert.deepEqual(receiver.lines().slice(-2), ['sent', 'delivered']);
  });

  it('signs up for marketing, which ends a stop', async () => {
    await rig.as(CLIENT, { text: 'Hi' });
    await client(`/${TO}/marketing`, { stop: true });
    const { body } = await client(`/${TO}/marketing`, { stop: false, signup_id: 'signup-7' });
    assert.equal(body.marketing_stopped, false);
    const { value, signup_id, wa_id } = (await receiver.has(3))[2]!.value.user_preferences[0];
    assert.deepEqual([value, signup_id, wa_id], ['signup', 'signup-7', CLIENT]);
    assert.equal((await client(`/${TO}/marketing`, { stop: true, signup_id: 'a' })).status, 422);
  });

  it('shows the hash of the identity key where the number checks it, and fails a send with another', async () => {
    const check = (on: boolean) =>
      rig.graph('POST', `/${NUMBER_ID}/settings`, { user_identity_change: { enable_identity_key_check: on } });
    await rig.as(CLIENT, { text: 'Not asked for' });
    assert.deepEqual((await check(true)).body, { success: true });
    assert.equal(
      (await rig.graph('GET', `/${NUMBER_ID}/settings`)).body.user_identity_change.enable_identity_key_check,
      true,
    );
    await rig.as(CLIENT, { text: 'Asked for' });
    const [first, second] = await receiver.has(2);
    assert.equal('identity_key_hash' in first!.value.contacts[0], false);
    const { identity_key_hash: hash } = second!.value.contacts[0];
    assert.match(hash, /^[A-Za-z0-9+/]{11}=$/);

    await rig.text(TO, 'To this key', { recipient_identity_key_hash: hash });
    const sent = (await receiver.has(4))[3]!.value;
    assert.deepEqual([sent.statuses[0].status, sent.statuses[0].recipient_identity_key_hash], ['delivered', hash]);
    const { body } = await client(`/${TO}/change-identity-key`, {});
    assert.notEqual(body.identity_key_hash, hash);
    const { body: late } = await rig.text(TO, 'To the old key', { recipient_identity_key_hash: hash });
    assert.ok(late.messages[0].id, 'it is accepted at first');
    const { status, errors } = (await receiver.has(5))[4]!.value.statuses[0];
    assert.deepEqual([status, errors[0].code], ['failed', 137000]);

    await check(false);
    await rig.as(CLIENT, { text: 'Off again' });
    assert.equal('identity_key_hash' in (await receiver.has(6))[5]!.value.contacts[0], false);
    assert.equal((await rig.graph('POST', `/${NUMBER_ID}/settings`, {})).body.error.code, 131008);
    const { error } = (await rig.graph('POST', `/${NUMBER_ID}/settings`, { calling: { status: 'enabled' } })).body;
    assert.match(error.error_data.details, /the emulator does not play settings besides user_identity_change/);
  });

  it('has so many clients and no more, and says what to do', async () => {
    await rig.stop();
    rig = await EmulatorRig.start('http://127.0.0.1:9/hook', { config: { clients_max: 2 } });
    await rig.as(CLIENT, { text: 'One' });
    await client('', { user_id: 'US.2', name: 'Two' });
    const { status, body } = await rig.as('27825550103', { text: 'Three' });
    assert.equal(status, 409);
    assert.equal(body.error.code, 'emulator_full');
    assert.match(body.error.message, /clients_max/);
    assert.equal((await rig.as(CLIENT, { text: 'One again' })).status, 201);
    assert.match((await rig.text('+27825550103', 'Hello')).body.error.error_data.details, /clients_max/);
  });
});

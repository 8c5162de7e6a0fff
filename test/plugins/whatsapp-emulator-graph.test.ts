import assert from 'node:assert/strict';
import { BUSINESS, EmulatorRig, NUMBER_ID, Receiver, refused, WABA_ID } from './whatsapp-emulator-rig.js';

const CLIENT = '27825550101';
const TO = '+27 82 555-0101';
const HOUR_MS = 3_600_000;

const template = (parameters: readonly unknown[], name = 'general_stub_update', code = 'en') => ({
  template: { name, language: { code }, components: [{ type: 'body', parameters }] },
});
const words = (...texts: string[]) => texts.map((text) => ({ type: 'text', text }));
const buttons = (...replies: { id: string; title: string }[]) => ({
  interactive: {
    type: 'button',
    body: { text: 'Choose' },
    action: { buttons: replies.map((reply) => ({ type: 'reply', reply })) },
  },
});
const list = (rows: number) => ({
  interactive: {
    type: 'list',
    body: { text: 'Choose' },
    action: {
      button: 'Show',
      sections: [
        { title: 'All', rows: Array.from({ length: rows }, (_, at) => ({ id: `r${at}`, title: `Row ${at}` })) },
      ],
    },
  },
});

describe('whatsapp_emulator: the Graph API', () => {
  const receiver = new Receiver();
  let rig: EmulatorRig;

  before(async () => {
    rig = await EmulatorRig.start(await receiver.start());
    await rig.as(CLIENT, { text: 'Hello', name: 'Thandi' });
  });
  after(async () => {
    await rig.stop();
    await receiver.stop();
  });

  it('takes a text and answers as Meta does', async () => {
    const { status, body } = await rig.text(TO, 'Good day');
    assert.equal(status, 200);
    assert.match(body.messages[0].id, /^wamid\..{20,}$/);
    assert.deepEqual(body, {
      messaging_product: 'whatsapp',
      contacts: [{ input: TO, wa_id: CLIENT }],
      messages: [{ id: body.messages[0].id }],
    });
  });

  it('refuses no token with 200, an unknown one with 190, and a foreign number with 100, subcode 33', async () => {
    const body = { messaging_product: 'whatsapp', to: TO, type: 'text', text: { body: 'x' } };
    const path = `/${NUMBER_ID}/messages`;
    const noToken = await rig.call('POST', `/emulator/graph/v25.0${path}`, body);
    assert.deepEqual([noToken.status, noToken.body.error.message], [403, '(#200) Provide valid app ID']);
    assert.equal((await rig.call('POST', `/emulator/graph/v25.0${path}?access_token=token-of-main`, body)).status, 200);
    assert.equal((await rig.graph('POST', path, body, 'wrong')).status, 401);
    const foreign = await rig.graph('POST', '/999999999999999/messages', body);
    assert.equal(foreign.status, 400);
    assert.equal(foreign.body.error.code, 100);
    assert.equal(foreign.body.error.error_subcode, 33);
  });

  it('answers unknown paths and broken bodies with errors of Meta’s form', async () => {
    assert.equal((await rig.graph('GET', `/${NUMBER_ID}/nowhere`)).body.error.code, 2500);
    const broken = await rig.graph('POST', `/${NUMBER_ID}/messages`, '{"a":');
    assert.equal(broken.status, 400);
    assert.equal(broken.body.error.code, 100);
    assert.equal((await rig.graph('POST', `/${NUMBER_ID}/messages`, {})).body.error.code, 100);
  });

  it('counts characters, not UTF-16 units', async () => {
    assert.equal((await rig.text(TO, '😀'.repeat(4096))).status, 200);
    const error = await refused(131009, rig.text(TO, '😀'.repeat(4097)));
    assert.match(error.error_data!.details, /text\['body'\]: must be 1 to 4096 characters/);
    await refused(131009, rig.text(TO, ''));
    await refused(131008, rig.send(TO, { text: {} }));
  });

  it('refuses keys that the API does not have', async () => {
    const error = await refused(100, rig.send(TO, { text: { body: 'x', previewUrl: true } }));
    assert.equal(error.message, '(#100) Unexpected key "previewUrl" on param "text".');
    await refused(100, rig.text(TO, 'x', { callback: 'x' }));
    await refused(131009, rig.text(TO, 'x', { biz_opaque_callback_data: 'x'.repeat(513) }));
  });

  it('puts the business number’s calling code before a number without +', async () => {
    const { body } = await rig.send('(082) 555 0101', template(words('a', 'b')));
    assert.equal(body.contacts[0].wa_id, '10825550101');
    assert.equal(
      (await rig.send('1 (631) 555-1234', template(words('a', 'b')))).body.contacts[0].wa_id,
      '116315551234',
    );
    await refused(100, rig.text('0027825550101', 'x'));
    await refused(131009, rig.text('not a number', 'x'));
    await refused(131021, rig.text(`+${BUSINESS}`, 'x'));
  });

  it('takes bare digits of a whole international number as they are, as webhooks give them', async () => {
    const { body } = await rig.text(CLIENT, 'To the bare from');
    assert.deepEqual(body.contacts, [{ input: CLIENT, wa_id: CLIENT }]);
    for (const bare of ['12015550123', '5511987654321', '919876543210', '15550000009'])
      assert.equal((await rig.send(bare, template(words('a', 'b')))).body.contacts[0].wa_id, bare);
  });

  it('reaches a client by user id once the client is known', async () => {
    const known = (await rig.call('GET', '/emulator/clients')).body.find(
      (each: { client: string }) => each.client === CLIENT,
    );
    assert.match(known.user_id, /^ZA\.\d{20}$/);
    const body = { messaging_product: 'whatsapp', recipient: known.user_id, type: 'text', text: { body: 'By id' } };
    const sent = await rig.graph('POST', `/${NUMBER_ID}/messages`, body);
    assert.deepEqual(sent.body.contacts, [{ input: known.user_id, user_id: known.user_id }]);
    assert.equal((await rig.chat(known.user_id)).at(-1)!.text, 'By id');
    await refused(131026, rig.graph('POST', `/${NUMBER_ID}/messages`, { ...body, recipient: 'ZA.1' }));
  });

  it('enforces the 24 h window for everything but templates', async () => {
    const stranger = '+27825550999';
    const error = await refused(131047, rig.text(stranger, 'Hi'));
    assert.equal(error.message, '(#131047) Re-engagement message');
    await refused(131047, rig.send(stranger, buttons({ id: 'a', title: 'A' })));
    const request = template(words('Demo Parcels'), 'general_interaction_request');
    const { body } = await rig.send(stranger, request);
    assert.equal(body.messages[0].message_status, 'accepted');
    await refused(131047, rig.text(stranger, 'Still closed'));
    await rig.as(stranger, { tap: 'Allow' });
    assert.equal((await rig.text(stranger, 'Open')).status, 200);
    await rig.call('POST', '/emulator/clock', { advance_ms: 24 * HOUR_MS });
    await refused(131047, rig.text(stranger, 'Closed again'));
    await rig.as(CLIENT, { text: 'Me again' });
  });

  it('holds templates against the catalogue', async () => {
    assert.equal((await rig.send(TO, template(words('Parcel 7', 'On its way.')))).status, 200);
    assert.equal(
      (await rig.chat(CLIENT)).at(-1)!.text,
      'News about Parcel 7: On its way. Thank you for your patience.',
    );
    await refused(132000, rig.send(TO, template(words('one'))));
    await refused(132001, rig.send(TO, template(words('a', 'b'), 'no_such_template')));
    const other = await refused(132001, rig.send(TO, template(words('a', 'b'), 'general_stub_update', 'af')));
    assert.match(other.error_data!.details, /does not exist in af\. It exists in: en\./);
    await refused(132018, rig.send(TO, template(words('two\nlines', 'b'))));
    await refused(132005, rig.send(TO, template(words('a', 'x'.repeat(1020)))));
  });

  it('holds reply buttons and lists against Meta’s limits', async () => {
    assert.equal((await rig.send(TO, buttons({ id: 'a', title: 'A' }, { id: 'b', title: 'B' }))).status, 200);
    assert.deepEqual((await rig.chat(CLIENT)).at(-1)!.buttons, [
      { id: 'a', title: 'A' },
      { id: 'b', title: 'B' },
    ]);
    await refused(131009, rig.send(TO, buttons()));
    await refused(131009, rig.send(TO, buttons({ id: 'a', title: 'A' }, { id: 'a', title: 'B' })));
    await refused(131009, rig.send(TO, buttons({ id: 'a', title: 'x'.repeat(21) })));
    assert.equal((await rig.send(TO, list(10))).status, 200);
    await refused(131009, rig.send(TO, list(11)));
  });

  it('names the types there are to one who asks for another', async () => {
    await refused(100, rig.send(TO, { telegram: {} }));
    const error = await refused(100, rig.send(TO, { interactive: { type: 'hologram' } }));
    assert.match(error.message, /CTA_URL.*got "hologram"/);
  });

  it('marks messages read and shows typing until the answer', async () => {
    const { body: first } = await rig.as(CLIENT, { text: 'One' });
    const { body: second } = await rig.as(CLIENT, { text: 'Two' });
    const mark = {
      messaging_product: 'whatsapp',
      status: 'read',
      message_id: second.id,
      typing_indicator: { type: 'text' },
    };
    assert.deepEqual(await rig.graph('POST', `/${NUMBER_ID}/messages`, mark), { status: 200, body: { success: true } });
    const chat = await rig.chat(CLIENT);
    assert.deepEqual(
      [first.id, second.id].map((id) => chat.find((each) => each.id === id)?.status),
      ['read', 'read'],
    );
    const typing = async () => (await rig.call('GET', '/emulator/clients')).body[0].typing;
    assert.deepEqual(await typing(), ['main']);
    await rig.text(TO, 'There you are');
    assert.deepEqual(await typing(), []);
    await refused(131009, rig.graph('POST', `/${NUMBER_ID}/messages`, { ...mark, message_id: 'wamid.none' }));
  });

  it('lists templates and keeps commands', async () => {
    const { body } = await rig.graph('GET', `/${WABA_ID}/message_templates`);
    const names = body.data.map((each: { name: string }) => each.name);
    assert.deepEqual(names.slice(0, 2), ['general_interaction_request', 'general_stub_update']);
    const commands = [{ command_name: 'run', command_description: 'Run something' }];
    const set = await rig.graph('POST', `/${NUMBER_ID}/conversational_automation`, {
      messaging_product: 'whatsapp',
      commands,
    });
    assert.deepEqual(set.body, { success: true });
    const got = await rig.graph('GET', `/${NUMBER_ID}?fields=conversational_automation`);
    assert.deepEqual(got.body.conversational_automation.commands, commands);
  });

  it('lists the calls with bodies and answers, and never a token', async () => {
    const sent = await rig.text('+27825550777', 'Refused');
    const { body: calls } = await rig.call('GET', '/emulator/requests?client=27825550777');
    assert.equal(calls.length, 1);
    assert.equal(calls[0].path, `/v25.0/${NUMBER_ID}/messages`);
    assert.equal(calls[0].body.text.body, 'Refused');
    assert.deepEqual(calls[0].answer, sent.body);
    const { body: all } = await rig.call('GET', '/emulator/requests');
    assert.ok(all.length > 20);
    assert.ok(!JSON.stringify(all).includes('token-of-main'));
  });

  it('answers what a client cannot do with a coded error', async () => {
    const codes = async (write: object, client = CLIENT) => {
      const { status, body } = await rig.as(client, write as { text: string });
      return `${status} ${body.error.code}`;
    };
    assert.equal(await codes({ tap: 'Nowhere' }), '422 validation_failed');
    assert.equal(await codes({ text: 'x', tap: 'A' }), '422 validation_failed');
    assert.equal(await codes({ reply_to: 'wamid.none', text: 'x' }), '422 validation_failed');
    assert.equal(await codes({ text: 'x', profile: 'other' }), '422 validation_failed');
    assert.equal(await codes({ text: 'x' }, 'nobody'), '422 number_invalid');
  });
});

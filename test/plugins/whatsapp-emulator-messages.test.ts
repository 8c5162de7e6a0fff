import assert from 'node:assert/strict';
import { until } from '../support/until.js';
import { buttons, CASES, contacts, LINK, name, x } from './whatsapp-emulator-message-cases.js';
import { EmulatorRig, type Json, NUMBER_ID, Receiver, WABA_ID } from './whatsapp-emulator-rig.js';

const CLIENT = '27825550101';
const TO = `+${CLIENT}`;
const DAY_MS = 86_400_000;

describe('whatsapp_emulator: messages of all types', () => {
  const receiver = new Receiver();
  let rig: EmulatorRig;

  before(async () => {
    rig = await EmulatorRig.start(await receiver.start());
    await rig.as(CLIENT, { text: 'Hello' });
  });
  after(async () => {
    await rig.stop();
    await receiver.stop();
  });

  const expectCode = async (code: number, content: Json, more: Json = {}, to = TO) => {
    const { body } = await rig.send(to, content, more);
    assert.equal(body.error?.code, code, JSON.stringify(body));
  };

  for (const [type, cases] of Object.entries(CASES))
    for (const [what, content, code, details] of cases)
      it(`${type}: ${what} is ${code === undefined ? 'taken' : `refused with ${code}`}`, async () => {
        const { status, body } = await rig.send(TO, content);
        assert.equal(body.error?.code, code, JSON.stringify(body));
        assert.equal(status, code === undefined ? 200 : 400);
        if (details) assert.match(body.error.error_data.details, details);
        if (code === undefined) assert.equal((await rig.chat(CLIENT)).at(-1)!.id, body.messages[0].id);
      });

  it('accepts each of these with null for absent, types in capitals, and content as JSON text', async () => {
    const loud = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(loud);
      if (typeof value !== 'object' || value === null) return value;
      const pairs = Object.entries(value).map(([key, each]) => [
        key,
        key === 'type' ? String(each).toUpperCase() : loud(each),
      ]);
      return { ...Object.fromEntries(pairs), absent: null };
    };
    const taken = Object.values(CASES)
      .flat()
      .filter(([, , code]) => code === undefined);
    for (const [what, content] of taken) {
      const [[type, value]] = Object.entries(content) as [[string, Json]];
      await rig.send(TO, content);
      const quiet = (await rig.chat(CLIENT)).at(-1)!;
      for (const spelling of [loud(value), JSON.stringify(loud(value))]) {
        const { body } = await rig.send(TO, { [type]: spelling });
        assert.equal(body.error, undefined, `${what}: ${JSON.stringify(body)}`);
      }
      const said = (await rig.chat(CLIENT)).at(-1)!;
      assert.deepEqual([said.text, said.type, said.buttons], [quiet.text, quiet.type, quiet.buttons], what);
    }
  });

  it('shows a caption, a place, names and an emoji as the text of the chat', async () => {
    const newest = async (content: Json) => {
      await rig.send(TO, content);
      return (await rig.chat(CLIENT)).at(-1)!.text;
    };
    assert.equal(await newest({ image: { link: LINK, caption: 'The box' } }), 'The box');
    assert.equal(
      await newest({ location: { latitude: 1, longitude: 2, name: 'Depot', address: 'Dock 4' } }),
      'Depot, Dock 4',
    );
    assert.equal(await newest({ contacts: [{ name: name() }, { name: name() }] }), 'A B, A B');
  });

  it('fails a message later whose link leads to a file of another type', async () => {
    const sent = await rig.send(TO, { video: { link: 'https://example.com/page.html' } });
    assert.equal(sent.status, 200);
    const [{ id: sentId }] = sent.body.messages;
    const { status, errors } = await until('its status', () =>
      receiver.got.flatMap(({ value }) => value.statuses ?? []).find(({ id }) => id === sentId),
    );
    assert.deepEqual([status, errors[0].code], ['failed', 131053]);
    assert.match(errors[0].error_data.details, /Unsupported Video mime type/);
    await rig.send(TO, { document: { link: 'https://example.com/a.exe' } });
    assert.equal((await rig.chat(CLIENT)).at(-1)!.status, 'failed');
    await rig.send(TO, { audio: { link: 'https://example.com/a.mp3', voice: true } });
    assert.equal((await rig.chat(CLIENT)).at(-1)!.status, 'failed');
  });

  it('takes a reaction to a message of the chat, and says only that it was sent', async () => {
    const { id } = (await rig.as(CLIENT, { text: 'Thank you' })).body;
    const { body } = await rig.send(TO, { reaction: { message_id: id, emoji: '👍🏽' } });
    assert.equal((await rig.send(TO, { reaction: { message_id: id, emoji: '' } })).status, 200);
    const after = await rig.text(TO, 'After');
    const statusesOf = (sent: string) =>
      receiver.got
        .flatMap(({ value }) => value.statuses ?? [])
        .filter((each: Json) => each.id === sent)
        .map((each: Json) => each.status);
    await until('the statuses', () => statusesOf(after.body.messages[0].id).includes('delivered'));
    assert.deepEqual(statusesOf(body.messages[0].id), ['sent']);
    await expectCode(131009, { reaction: { message_id: body.messages[0].id, emoji: '👍' } });
    await expectCode(131009, { reaction: { message_id: 'wamid.none', emoji: '👍' } });
    await expectCode(131009, { reaction: { message_id: id, emoji: 'ok' } });
    await expectCode(131009, { reaction: { message_id: id, emoji: '👍👍' } });
    await expectCode(131008, { reaction: { message_id: id } });
    await expectCode(131009, { reaction: { message_id: id, emoji: '👍' } }, { context: { message_id: id } });
    await rig.call('POST', '/emulator/clock', { advance_ms: 31 * DAY_MS });
    await rig.as(CLIENT, { text: 'Here again' });
    await expectCode(131009, { reaction: { message_id: id, emoji: '👍' } });
  });

  it('reports a tap on a card as that of a reply button', async () => {
    const card = (card_index: number, ...ids: string[]) => ({
      card_index,
      type: 'cta_url',
      header: { type: 'image', image: { link: LINK } },
      action: { buttons: ids.map((id) => ({ type: 'quick_reply', quick_reply: { id, title: 'Choose' } })) },
    });
    const action = { cards: [card(0, 'red'), card(1, 'blue')] };
    await rig.send(TO, { interactive: { type: 'carousel', body: { text: 'Which?' }, action } });
    const { payload } = (await rig.as(CLIENT, { tap: 'blue' })).body;
    assert.deepEqual(payload.interactive, { type: 'button_reply', button_reply: { id: 'blue', title: 'Choose' } });
  });

  it('sends a message with a category, also outside the window, and makes a template of it', async () => {
    const stranger = '+27825550910';
    const direct = (more: Json, content: Json = { text: { body: 'Your parcel is here.' } }, to = stranger) =>
      rig.send(to, content, { category: 'utility', ...more });
    const { body } = await direct({ ttl_seconds: 60 });
    const priced = await until('its status', () =>
      receiver.got.flatMap(({ value }) => value.statuses ?? []).find(({ id }) => id === body.messages[0].id),
    );
    assert.equal(priced.pricing.category, 'utility');
    const list = async (query: string) => (await rig.graph('GET', `/${WABA_ID}/message_templates?${query}`)).body.data;
    const [made] = await list('source=auto_generated&fields=name,source,category');
    assert.match(made.name, /^auto_generated_/);
    assert.equal((await direct({ direct_send_config: { template_name: made.name } })).status, 200);
    const gone = await rig.graph('DELETE', `/${WABA_ID}/message_templates?name=${made.name}`);
    assert.equal(gone.body.error.error_subcode, 2388330);

    const strange = await direct({ direct_send_config: { template_name: 'general_stub_update' } });
    const failed = await until('its failure', () =>
      receiver.got.flatMap(({ value }) => value.statuses ?? []).find(({ id }) => id === strange.body.messages[0].id),
    );
    assert.equal(failed.errors[0].code, 132021);
    assert.equal((await direct({}, buttons(1))).status, 200);
    for (const [more, content] of [
      [{ category: undefined, ttl_seconds: 60 }],
      [{ ttl_seconds: 29 }],
      [{ ttl_seconds: 43_201 }],
      [{ category: 'authentication', ttl_seconds: 901 }],
      [{ category: 'authentication', direct_send_config: { template_name: made.name } }],
      [{}, { location: { latitude: 1, longitude: 1 } }],
    ] as const)
      assert.equal((await direct(more, content)).body.error?.code, 100, JSON.stringify(more));
    assert.equal((await direct({ category: 'marketing' })).body.error.code, 131009);
    assert.equal((await direct({}, { text: { body: x(1025) } })).body.error.code, 131009);
  });

  it('takes a quote of a message, and nothing else for one', async () => {
    const { id } = (await rig.as(CLIENT, { text: 'When?' })).body;
    assert.equal((await rig.text(TO, 'Now', { context: { message_id: id } })).status, 200);
    await expectCode(131009, { text: { body: 'a' } }, { context: { message_id: '1' } });
    await expectCode(131008, { text: { body: 'a' } }, { context: {} });
    await expectCode(100, { text: { body: 'a' } }, { context: { message_id: id, from: CLIENT } });
  });

  it('takes callback data of 512 characters, one kind of recipient, and no group', async () => {
    const text = { text: { body: 'a' } };
    assert.equal(
      (await rig.text(TO, 'a', { biz_opaque_callback_data: x(512), recipient_type: 'individual' })).status,
      200,
    );
    await expectCode(131009, text, { biz_opaque_callback_data: x(513) });
    await expectCode(131009, text, { recipient_type: 'crowd' });
    await expectCode(131051, text, { recipient_type: 'group' });
  });

  it('sends to a user id, and to the number where both are given', async () => {
    const [{ user_id }] = (await rig.call('GET', '/emulator/clients')).body;
    const send = async (more: Json) =>
      (
        await rig.graph('POST', `/${NUMBER_ID}/messages`, {
          messaging_product: 'whatsapp',
          type: 'text',
          text: { body: 'a' },
          ...more,
        })
      ).body;
    assert.deepEqual((await send({ recipient: user_id })).contacts, [{ input: user_id, user_id }]);
    assert.deepEqual((await send({ recipient: user_id, to: TO })).contacts, [{ input: TO, wa_id: CLIENT }]);
    assert.equal((await send({})).error.code, 131008);
    assert.equal((await send({ recipient: 'not an id' })).error.code, 131009);
    const code = { type: 'body', parameters: [{ type: 'text', text: '123456' }] };
    const copy = { type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: '123456' }] };
    const template = { name: 'sample_login_code', language: { code: 'en' }, components: [code, copy] };
    assert.equal((await send({ type: 'template', template, recipient: user_id })).error.code, 131062);
    assert.equal((await send({ type: 'template', template, to: TO })).messages[0].message_status, 'accepted');
  });

  it('holds every type but templates to the window', async () => {
    const stranger = '+27825550909';
    for (const content of [
      { image: { link: LINK } },
      contacts(1),
      buttons(1),
      { location: { latitude: 1, longitude: 1 } },
    ])
      await expectCode(131047, content, {}, stranger);
  });
});

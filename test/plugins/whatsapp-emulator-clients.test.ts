import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { until } from '../support/until.js';
import { BUSINESS, EmulatorRig, type Json, Receiver } from './whatsapp-emulator-rig.js';

const CLIENT = '27825550101';
const TO = `+${CLIENT}`;
const PICTURE = Buffer.from('a picture, nearly');
const sha256 = createHash('sha256').update(PICTURE).digest('base64');
const file = PICTURE.toString('base64');

describe('whatsapp_emulator: what a client can send', () => {
  let receiver: Receiver;
  let rig: EmulatorRig;

  before(async () => {
    receiver = new Receiver();
    rig = await EmulatorRig.start(await receiver.start());
  });
  after(async () => {
    await rig.stop();
    await receiver.stop();
  });

  /** The message of the webhook, without what every message has. */
  async function written(write: Json): Promise<{ readonly content: Json; readonly value: Json }> {
    const { status, body } = await rig.as(CLIENT, write);
    assert.equal(status, 201, JSON.stringify(body));
    const { value } = await until('its webhook', () =>
      receiver.got.find(({ value }) => value.messages?.[0].id === body.id),
    );
    const { id, from, from_user_id, timestamp, ...content } = value.messages[0];
    assert.equal(from, CLIENT);
    assert.match(from_user_id, /^ZA\.\d{20}$/);
    assert.match(timestamp, /^\d{10}$/);
    assert.match(id, /^wamid\./);
    return { content, value };
  }

  const location = { latitude: -33.92, longitude: 18.42, name: 'Depot', address: '1 Long Street' };
  const contacts = [{ name: { formatted_name: 'Sipho', first_name: 'Sipho' }, phones: [{ phone: '+27825550109' }] }];
  const order = { catalog_id: '7', product_items: [{ product_retailer_id: 'a', quantity: 2, item_price: '9.5' }] };
  const referral = { source_url: 'https://fb.me/x', source_id: '1', source_type: 'ad', headline: 'Parcels' };
  const cases: readonly (readonly [string, Json, Json])[] = [
    ['a text', { text: 'Hello' }, { type: 'text', text: { body: 'Hello' } }],
    ['a location', { location }, { type: 'location', location }],
    ['contact cards', { contacts }, { type: 'contacts', contacts }],
    ['a reaction', { reaction: { message_id: 'wamid.x', emoji: '👍' } }, { type: 'reaction', reaction: { message_id: 'wamid.x', emoji: '👍' } }],
    ['a reaction taken away by leaving it out', { reaction: { message_id: 'wamid.x' } }, { type: 'reaction', reaction: { message_id: 'wamid.x' } }],
    ['a reaction taken away by an empty one', { reaction: { message_id: 'wamid.x', emoji: '' } }, { type: 'reaction', reaction: { message_id: 'wamid.x', emoji: '' } }],
    ['an edit', { edit: { message_id: 'wamid.x', text: 'Better' } }, { type: 'edit', edit: { original_message_id: 'wamid.x', message: { type: 'text', text: { body: 'Better' } } } }],
    ['a deletion', { revoke: { message_id: 'wamid.x' } }, { type: 'revoke', revoke: { original_message_id: 'wamid.x' } }],
    ['a flow’s answer', { flow_reply: { response_json: { flow_token: 't', size: 2 } } }, { type: 'interactive', interactive: { type: 'nfm_reply', nfm_reply: { name: 'flow', body: 'Sent', response_json: '{"flow_token":"t","size":2}' } } }],
    ['a flow’s answer with broken JSON', { flow_reply: { response_json: '{"size":' } }, { type: 'interactive', interactive: { type: 'nfm_reply', nfm_reply: { name: 'flow', body: 'Sent', response_json: '{"size":' } } }],
    ['a refused call', { call_permission: 'reject' }, { type: 'interactive', interactive: { type: 'call_permission_reply', call_permission_reply: { response: 'reject', is_permanent: false, response_source: 'user_action' } } }],
    ['an order', { order }, { type: 'order', order }],
    ['what the API cannot carry', { unsupported: { type: 'poll' } }, { type: 'unsupported', unsupported: { type: 'poll' }, errors: [{ code: 131051, title: 'Message type unknown' }] }],
    ['a file that is too large', { too_large: true }, { type: 'unsupported', errors: [{ code: 131052 }] }],
    ['a forwarded text', { text: 'See', forwarded: true }, { type: 'text', text: { body: 'See' }, context: { forwarded: true } }],
    ['a text often forwarded', { text: 'See', forwarded: 'frequently' }, { type: 'text', text: { body: 'See' }, context: { frequently_forwarded: true } }],
    ['a click on an ad', { text: 'Hi', referral }, { type: 'text', text: { body: 'Hi' }, referral }],
    ['anything', { raw: { type: 'new_thing', new_thing: { a: null } } }, { type: 'new_thing', new_thing: { a: null } }],
  ]; // biome-ignore format: a table reads best with a case a line

  for (const [name, write, expected] of cases) {
    it(`posts ${name} in Meta’s form`, async () => {
      const { content } = await written(write);
      const { errors, ...rest } = content as Json & { errors?: readonly Json[] };
      const { errors: expectedErrors, ...expectedRest } = expected as typeof content & { errors?: readonly Json[] };
      assert.deepEqual(rest, expectedRest);
      assert.equal(errors?.[0]?.code, expectedErrors?.[0]?.code);
      if (errors) assert.deepEqual(Object.keys(errors[0]!), ['code', 'title', 'message', 'error_data', 'href']);
    });
  }

  it('says until when a call is allowed', async () => {
    const { content } = await written({ call_permission: 'accept' });
    // biome-ignore lint/suspicious/noExplicitAny: read field by field
    const reply = (content.interactive as any).call_permission_reply;
    assert.equal(reply.response, 'accept');
    assert.ok(reply.expiration_timestamp > Date.now() / 1000 + 600_000);
  });

  it('posts system notes without contacts, and they open no window', async () => {
    const other = '27825550199';
    const { body } = await rig.as(other, { system: { type: 'customer_identity_changed', body: 'New device' } });
    const { value } = await until('its webhook', () =>
      receiver.got.find(({ value }) => value.messages?.[0].id === body.id),
    );
    assert.equal(value.contacts, undefined);
    assert.equal(value.messages[0].system.type, 'customer_identity_changed');
    assert.equal((await rig.text(`+${other}`, 'Hello')).body.error.code, 131047);
  });

  const kinds: readonly (readonly [string, Json, Json])[] = [
    ['image', { caption: 'Look' }, { caption: 'Look', mime_type: 'image/jpeg' }],
    ['video', { mime_type: 'video/3gpp' }, { mime_type: 'video/3gpp' }],
    ['document', { filename: 'bill.pdf' }, { filename: 'bill.pdf', mime_type: 'application/pdf' }],
    ['sticker', {}, { mime_type: 'image/webp', animated: false }],
    ['audio', { voice: true }, { mime_type: 'audio/ogg; codecs=opus', voice: true }],
  ];
  for (const [kind, more, expected] of kinds) {
    it(`posts a client’s ${kind} with id, hash and a link that gives the file`, async () => {
      const { content } = await written({ media: { kind, file, ...more } });
      assert.equal(content.type, kind);
      const { id, url, ...rest } = content[kind] as Json & { id: string; url: string };
      assert.match(id, /^\d+$/);
      assert.deepEqual(rest, { ...expected, sha256 });
      const answer = await fetch(url, { headers: { authorization: 'Bearer token-of-main' } });
      assert.deepEqual(Buffer.from(await answer.arrayBuffer()), PICTURE);
    });
  }

  it('edits the caption of a picture, which stays a picture', async () => {
    await written({ media: { kind: 'image', file, caption: 'Old' } });
    const { id } = (await rig.chat(CLIENT)).at(-1)!;
    const { content } = await written({ edit: { message_id: id, text: 'New' } });
    const { message } = content.edit as { message: { type: string; image: Json } };
    assert.equal(message.type, 'image');
    assert.equal(message.image.caption, 'New');
    assert.equal(message.image.sha256, sha256);
  });

  it('taps a row or a button by title or id, on the newest message that has it', async () => {
    const rows = [
      { id: 'row-1', title: 'First' },
      { id: 'row-2', title: 'Second', description: 'The other' },
    ];
    const action = { button: 'Show', sections: [{ rows }] };
    const sends = [1, 2].map(() => ({ interactive: { type: 'list', body: { text: 'Which?' }, action } }));
    const ids: string[] = [];
    for (const send of sends) ids.push((await rig.send(TO, send)).body.messages[0].id);
    await rig.as(CLIENT, { tap: 'row-2' });
    const chat = await rig.chat(CLIENT);
    const { interactive, context } = chat.at(-1)!.payload as { interactive: Json; context: Json };
    assert.deepEqual(interactive, { type: 'list_reply', list_reply: rows[1] });
    assert.deepEqual(context, { from: BUSINESS, id: ids[1] });
  });

  it('shares the own card when it is asked for', async () => {
    const { content } = await written({ contact_info: true, name: 'Thandi' });
    const [card] = content.contacts as [Json & { phones: readonly Json[] }];
    assert.equal(card.origin, 'contact_request');
    assert.deepEqual(card.phones, [{ phone: TO, wa_id: CLIENT, type: 'CELL' }]);
  });

  it('reports a voice message as played after it was read, once', async () => {
    const sent = await rig.send(TO, { audio: { link: 'https://example.test/a.ogg' } });
    const message_id = sent.body.messages[0].id;
    for (let count = 0; count < 2; count++) {
      const played = await rig.call('POST', `/emulator/clients/${CLIENT}/played`, { message_id });
      assert.equal(played.status, 204);
    }
    await written({ text: 'Heard it' });
    const statuses = receiver.got.flatMap(({ value }) => value.statuses ?? []).filter(({ id }) => id === message_id);
    assert.deepEqual(
      statuses.map(({ status }) => status),
      ['sent', 'delivered', 'read', 'played'],
    );
  });

  it('refuses two contents, none, and what does not exist', async () => {
    for (const write of [{}, { text: 'a', tap: 'b' }, { text: 'a', reply_to: 'wamid.none' }, { tap: 'Nothing' }]) {
      assert.equal((await rig.as(CLIENT, write)).status, 422, JSON.stringify(write));
    }
  });

  it('forgets a client and nobody else: chat, file, calls, webhooks, faults, name and ids', async () => {
    const [gone, stays] = ['27825550171', '27825550172'];
    const words = 'The code is 4471-Zebra';
    for (const number of [gone, stays]) {
      await rig.as(number, { text: `${words} of ${number}`, name: `Name of ${number}` });
      await rig.as(number, { media: { kind: 'document', file, filename: `${number}.pdf` } });
      await rig.text(`+${number}`, `Answer to ${number}`, { recipient_type: 'individual' });
    }
    const before = await rig.chat(gone);
    const [, sentFile] = before as unknown as { payload: { from_user_id: string; document: { id: string } } }[];
    const { from_user_id: userId, document } = sentFile!.payload;
    await rig.call('POST', '/emulator/faults', { kind: 'fail_status', code: 131026, client: gone, times: 9 });
    await until('all webhooks to be posted', async () => !(await rig.stored()).includes('outbox:'));

    assert.equal((await rig.call('DELETE', `/emulator/clients/${gone}`)).status, 204);
    const left = await until('nothing to be left', async () => {
      const stored = await rig.stored();
      return (
        ![gone, userId, document.id, ...before.map(({ id }) => id)].some((name) => stored.includes(name)) && stored
      );
    });
    assert.ok(left.includes(stays) && left.includes(`Name of ${stays}`));
    assert.equal((await rig.graph('GET', `/${document.id}`)).body.error.error_subcode, 33);
    assert.deepEqual(await rig.chat(gone), []);
    assert.equal((await rig.chat(stays)).length, 3);
  });
});

import assert from 'node:assert/strict';
import { privateRedis } from '../support/private-redis.js';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

const TEMPLATE = `
template: parcel
initial_state: open
states: { open: { actions: [link] } }
actions:
  link:
    notifications:
      to_both:
        send_to:
          customer: { type: contact_list, value: _created_by }
          again: { type: contact_list, value: _created_by }
          driver: { type: mobile, value: "27825550302" }
        platforms:
          meta_whatsapp:
            enable_lids: true
            message_type: text
            params: { text: { body: "Track at https://example.com/{{lid}} {{stub.subject}}" } }
      plain:
        send_to: { customer: { type: contact_list, value: _created_by } }
        platforms: { meta_whatsapp: { message_type: text, params: { text: { body: "no lid:{{lid}}" } } } }
`;
// biome-ignore lint/suspicious/noExplicitAny: answers are read as their reader would, field by field
type Body = any;

const text = (body: string, more: object = {}) => ({
  meta_whatsapp: { message_type: 'text', params: { text: { body } }, ...more },
});

describe('POST /api/send and LIDs, with WhatsApp', () => {
  let host: StoryHost;

  before(async () => {
    host = await StoryHost.start({ parcel: TEMPLATE });
  });

  after(() => host.stop());

  const send = (body: object, headers: Record<string, string> = {}) =>
    fetch(`${host.url}/api/send`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    }).then(async (answer) => ({ status: answer.status, body: (await answer.json()) as Body }));
  const refused = async (body: object): Promise<string> => {
    const answer = await send(body);
    assert.equal(answer.status, 422, JSON.stringify(answer.body));
    return `${answer.body.error.code} ${answer.body.error.message}`;
  };

  it('sends a message to a number, its text as it is', async () => {
    await host.clientSays('27825550201', { text: 'hello' });
    const body = 'A {{stub.data.secret}} and ~~org';
    const { status, body: answer } = await send({ to: '082 555 0201', platforms: text(body) });
    assert.equal(status, 202);
    assert.deepEqual(
      answer.deliveries.map(({ id: _, ...delivery }: { id: string }) => delivery),
      [{ channel: 'meta_whatsapp', to: '27825550201', profile: 'main', status: 'queued' }],
    );
    assert.deepEqual(await host.untilArrived('27825550201', 1), [body]);
  });

  it('waits for consent as any message does where the window is closed', async () => {
    await send({ to: { type: 'mobile', value: '+27825550202' }, platforms: text('first') });
    const [request] = await host.untilArrived('27825550202', 1);
    assert.notEqual(request, 'first');
    await host.clientSays('27825550202', { text: 'yes?' });
    assert.equal((await host.untilArrived('27825550202', 2))[1], 'first');
  });

  it('reaches a contact, from the profile that is asked for', async () => {
    const { contactuuid } = await host.ask('POST', '/api/contacts', { name: 'Sipho', mobile: '0825550203' }, 201);
    const { body } = await send({ to: contactuuid, profile: 'second', platforms: text('hi') });
    assert.deepEqual([body.deliveries[0].to, body.deliveries[0].profile], ['27825550203', 'second']);
    await host.untilArrived('27825550203', 1);
    assert.equal((await host.conversation('27825550203', 'second')).profile, 'second');
    const both = await send({
      to: contactuuid,
      profile: 'second',
      platforms: text('hi', { whatsapp_profile_name: 'main' }),
    });
    assert.equal(both.body.deliveries[0].profile, 'main');
    for (const profile of ['__proto__', 'constructor', 'toString', 'third']) {
      const refusal = await refused({ to: contactuuid, profile, platforms: text('hi') });
      assert.match(refusal, /^validation_failed .*There is no profile "\w+"\. Profiles: main, second\.$/);
    }
    const unknown = await send({ to: '11111111-1111-4111-8111-111111111111', platforms: text('x') });
    assert.deepEqual([unknown.status, unknown.body.error.code], [404, 'contact_unknown']);
  });

  it('reaches a contact and a contact point as GET returns them, whatever else the digits could mean', async () => {
    const { contactuuid } = await host.ask('POST', '/api/contacts', { name: 'Musa', mobile: '0825550206' }, 201);
    const contact = await host.ask('GET', `/api/contacts/${contactuuid}`);
    const points = [...contact.basic.contactpoints, { type: 'mobile', contact: '6737123456' }];
    const to = await Promise.all(
      [contact, ...points].map(async (to) => (await send({ to, platforms: text('hi') })).body.deliveries[0].to),
    );
    assert.deepEqual(to, ['27825550206', '27825550206', '6737123456']);
  });

  it('sends on several channels at once, and on none where one of them refuses', async () => {
    await host.clientSays('27825550204', { text: 'hello' });
    const to = '27825550204';
    const { body } = await send({ to, platforms: { ...text('one'), log: { body: 'line' } } });
    assert.deepEqual(
      body.deliveries.map(({ channel }: { channel: string }) => channel),
      ['meta_whatsapp', 'log'],
    );
    await refused({ to, platforms: { ...text('two'), log: { body: '' } } });
    await send({ to, platforms: text('three') });
    assert.deepEqual(await host.untilArrived(to, 2), ['one', 'three']);
  });

  it('says what is wrong with a request, and where', async () => {
    const to = '27825550205';
    assert.match(await refused({ platforms: text('x') }), /validation_failed body\.to/);
    assert.match(await refused({ to, platforms: {} }), /body\.platforms: names no channel/);
    assert.match(
      await refused({ to, platforms: { meta_whatsap: {} } }),
      /channel_unknown body\.platforms\.meta_whatsap/,
    );
    assert.match(await refused({ to, platforms: text('') }), /body\.platforms\.meta_whatsapp\.params\.text\.body/);
    assert.match(await refused({ to, platforms: text('x', { enable_lid: 1 }) }), /meta_whatsapp.*enable_lid/s);
    assert.match(await refused({ to: '12', platforms: text('x') }), /On meta_whatsapp: .*number/s);
    assert.match(
      await refused({ to, profile: 'third', platforms: text('x') }),
      /no profile "third"\. Profiles: main, second/,
    );
    assert.match(await refused({ to, platforms: text('x', { enable_lids: true }) }), /enable_lids/);
    assert.match(await refused({ to, platforms: text('x', { enable_lids: 'true' }) }), /enable_lids/);
    const session = (settings: object) => refused({ to, platforms: text('x', { stubsession: settings }) });
    assert.match(
      await session({ set_new_with_timeout_hours: 24 }),
      /set_new_with_timeout_hours: .*set_stubsession_stubref/,
    );
    assert.match(
      await session({ set_nextreply_with_timeout_minutes: 5 }),
      /set_nextreply_with_timeout_minutes: no stub/,
    );
    assert.deepEqual(await host.chat(to), []);
  });

  it('names the keys of the chosen message type once, and a misspelt message_type itself', async () => {
    const keys =
      'message_type, params, whatsapp_profile_name, enable_additional_status_messages, stubsession, quote, recipient_identity_key_hash, enable_lids';
    const to = '27825550205';
    assert.equal(
      await refused({ to, platforms: text('x', { foo: 1 }) }),
      `validation_failed body.platforms.meta_whatsapp.foo: there is no such key. There are: ${keys}.`,
    );
    assert.equal(
      await refused({ to, platforms: { meta_whatsapp: { mesage_type: 'text', params: { text: { body: 'x' } } } } }),
      `validation_failed body.platforms.meta_whatsapp.mesage_type: there is no such key. Did you mean "message_type"? There are: ${keys}.`,
    );
    const params = { buttons: { body: 'x', buttons: [{ id: 'a', titel: 'A' }] } };
    assert.match(
      await refused({ to, platforms: { meta_whatsapp: { message_type: 'buttons', params } } }),
      /buttons\.0\.titel: there is no such key\. Did you mean "title"\? There are: id, title\./,
    );
  });

  it('can lead the client’s next messages to a stub that it names', async () => {
    const client = '27825550206';
    const stubref = await host.newStub('parcel', client);
    await host.clientSays(client, { text: 'hello' });
    const stubsession = {
      set_new_with_timeout_hours: '1',
      set_nextreply_with_timeout_minutes: false,
      specificreply_uuid: null,
      set_stubsession_stubref: stubref,
    };
    await send({ to: client, platforms: text('write to us', { stubsession }) });
    await host.untilArrived(client, 1);
    await until('the stubsession', async () => (await host.conversation(client)).stubsession?.stubref === stubref);
    await host.clientSays(client, { text: 'I do' });
    assert.equal((await host.untilPosts(stubref, 2))[1].message, 'I do');
  });

  it('sends once for one Idempotency-Key, also when the first answer was lost with its process', async () => {
    const client = '27825550207';
    await host.clientSays(client, { text: 'hello' });
    const key = { 'idempotency-key': 'send-1' };
    const first = await send({ to: client, platforms: text('once') }, key);
    assert.deepEqual(await send({ to: client, platforms: text('once') }, key), first);
    await host.untilArrived(client, 1);
    const redis = privateRedis.connect();
    const records = await redis.keys('*:idempotency:*');
    for (const record of records) await redis.hdel(record, 'status', 'body'); // what a crash before the answer leaves
    assert.deepEqual(await send({ to: client, platforms: text('once') }, key), first);
    await redis.del(...records); // a day later
    redis.disconnect();
    assert.equal((await send({ to: client, platforms: text('another day') }, key)).status, 202);
    assert.deepEqual(await host.untilArrived(client, 2), ['once', 'another day']);
  });

  it('gives each recipient of a notification a LID of their own, kept for seven days', async () => {
    const client = '27825550301';
    const stubref = await host.newStub('parcel', client);
    await host.clientSays(client, { text: 'hello' });
    await host.clientSays('27825550302', { text: 'hello' });
    const post = await host.run(stubref, 'link');
    const [customer, plain] = await host.untilArrived(client, 2);
    const [driver] = await host.untilArrived('27825550302', 1);
    assert.equal(plain, 'no lid:');
    const [mine, theirs] = [customer!, driver!].map(
      (sent) => /example\.com\/([0-9A-Za-z]{16}) Parcel 4711$/.exec(sent)![1]!,
    );
    assert.notEqual(mine, theirs);
    const { data, expires_at } = await host.ask('GET', `/api/lids/${mine}`, undefined, 200);
    const [delivery] = post.notifications.to_both.deliveries;
    assert.deepEqual(data, {
      stubref,
      stubpostuuid: post.stubpostuuid,
      notification: 'to_both',
      recipient: 'customer',
      contactuuid: delivery.contactuuid,
    });
    assert.ok(Math.abs(Date.parse(expires_at) - Date.parse(post.posted_at) - 7 * 86_400_000) < 1_000);
    assert.equal((await host.ask('GET', `/api/lids/${theirs}`, undefined, 200)).data.recipient, 'driver');
    await host.wait(7 * 24 + 1);
    const gone = await host.ask('GET', `/api/lids/${mine}`, undefined, 404);
    assert.equal(gone.error.code, 'lid_unknown');
  });
});

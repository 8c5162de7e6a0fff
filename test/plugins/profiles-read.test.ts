import assert from 'node:assert/strict';
import { AccountHost, ask, postWebhook, realProfile } from '../support/account-host.js';
import { FakeAccount, type FakeReply } from '../support/fake-account.js';
import { until } from '../support/until.js';

const SEND = 'POST /100000000000001/messages';

describe('marking clients’ messages read', () => {
  let account: FakeAccount;
  let host: AccountHost;
  let answer: FakeReply;

  beforeEach(async () => {
    answer = { body: { success: true } };
    account = await new FakeAccount()
      .on('GET /200000000000001/message_templates', () => ({ body: { data: [] } }))
      .on(SEND, () => answer)
      .start();
    host = new AccountHost();
  });
  afterEach(async () => {
    await host.end();
    await account.stop();
  });

  const incoming = (id: string, message: object = { type: 'text', text: { body: 'Hello' } }) => ({
    field: 'messages',
    value: {
      messaging_product: 'whatsapp',
      metadata: { display_phone_number: '15550000001', phone_number_id: '100000000000001' },
      contacts: [{ profile: { name: 'Thandi' }, wa_id: '27825550101', user_id: 'ZA.1349' }],
      messages: [{ from: '27825550101', from_user_id: 'ZA.1349', id, timestamp: '1739321024', ...message }],
    },
  });
  const routed = async (program: Awaited<ReturnType<AccountHost['start']>>) =>
    (await ask(program, 'GET', '/api/unrouted')).body.items.length as number;

  it('happens for each that is stored, where the profile says mark_read, and a refusal changes nothing', async () => {
    const program = await host.write(realProfile(account.url, ['mark_read: true'])).start();
    answer = { status: 400, body: { error: { message: 'Message too old', code: 131009 } } };
    assert.equal(await postWebhook(program, incoming('wamid.1')), 200);
    await until('the first to be tried', () => account.of(SEND).length === 1);
    answer = { body: { success: true } };
    assert.equal(await postWebhook(program, incoming('wamid.2')), 200);
    await until('the second to be marked', () => account.of(SEND).length === 2);
    assert.deepEqual(
      account.of(SEND).map(({ body }) => body),
      ['wamid.1', 'wamid.2'].map((message_id) => ({ messaging_product: 'whatsapp', status: 'read', message_id })),
    );
    await until('both to be routed', async () => (await routed(program)) === 2);
    assert.equal((await ask(program, 'GET', '/api/dead-letters')).body.items.length, 0);
  });

  it('does not happen without it, nor for notes of Meta’s', async () => {
    const silent = await host.write(realProfile(account.url)).start();
    await postWebhook(silent, incoming('wamid.3'));
    await until('it to be routed', async () => (await routed(silent)) === 1);
    await host.stopAll();
    const marking = await host.write(realProfile(account.url, ['mark_read: true'])).start();
    const note = { type: 'system', system: { body: 'changed', type: 'customer_identity_changed' } };
    await postWebhook(marking, incoming('wamid.4', note));
    await postWebhook(marking, incoming('wamid.5'));
    await until('the next to be marked', () => account.of(SEND).length > 0);
    assert.deepEqual(
      account.of(SEND).map(({ body }) => body.message_id),
      ['wamid.5'],
    );
  });
});

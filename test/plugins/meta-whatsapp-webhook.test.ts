import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import type { JsonObject } from '../../core/contract/json.js';
import { StubwireError } from '../../core/errors.js';
import { withoutDeepParts } from '../../plugins/meta_whatsapp/json-depth.js';
import { WhatsAppConfigSchema } from '../../plugins/meta_whatsapp/profile.js';
import { lettersOf } from '../../plugins/meta_whatsapp/webhook-letters.js';
import { WhatsAppWebhook } from '../../plugins/meta_whatsapp/whatsapp-webhook.js';

const profile = (id: string, secrets: string[]) => ({
  phone_number_id: id,
  display_phone_number: '15550000001',
  waba_id: '2',
  access_token: 'token',
  app_secrets: secrets,
  verify_token: `verify-${id}`,
  graph_url: 'https://graph.example.org',
});
const webhook = new WhatsAppWebhook(
  WhatsAppConfigSchema.parse({ profiles: { main: profile('11', ['old', 'new']), other: profile('22', ['theirs']) } }),
);
const post = (body: unknown, secret: string) => {
  const rawBody = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return webhook.read({
    rawBody,
    headers: { 'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(rawBody).digest('hex')}` },
  });
};
const change = (phoneNumberId: string, value: object) => ({
  field: 'messages',
  value: { metadata: { phone_number_id: phoneNumberId, display_phone_number: '15550000001' }, ...value },
});
const of = (...changes: object[]) => ({ object: 'whatsapp_business_account', entry: [{ id: '2', changes }] });
const text = (id: string, from: object = { from: '27825550101' }) => ({
  id,
  ...from,
  timestamp: '1',
  type: 'text',
  text: { body: 'hi' },
});
const refusal = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return error instanceof StubwireError ? error.code : error;
  }
  return undefined;
};

describe('meta_whatsapp: a webhook', () => {
  it('is taken under every secret of its profile, so that secrets can be changed', () => {
    for (const secret of ['old', 'new'])
      assert.equal(post(of(change('11', { messages: [text('w1')] })), secret).tells.length, 1);
  });

  it('is refused with a wrong, missing or malformed signature', () => {
    assert.equal(
      refusal(() => post(of(), 'wrong')),
      'signature_invalid',
    );
    for (const header of [undefined, '', 'sha256=', 'sha1=abc', `sha256=${'0'.repeat(63)}g`]) {
      const headers = { 'x-hub-signature-256': header };
      assert.equal(
        refusal(() => webhook.read({ rawBody: Buffer.from('{}'), headers })),
        'signature_invalid',
      );
    }
  });

  it('changes only profiles whose secret signed it', () => {
    const { tells, unhandled } = post(
      of(change('11', { messages: [text('w1')] }), change('22', { messages: [text('w2')] })),
      'theirs',
    );
    assert.deepEqual(
      tells.map(({ to }) => to.id),
      ['other:27825550101'],
    );
    assert.deepEqual(
      unhandled.map(({ reason }) => reason),
      ['foreign number'],
    );
  });

  it('is accepted from any of many profiles, and hashed only a few times if no profile is named', () => {
    const profiles = Object.fromEntries(
      Array.from({ length: 50 }, (_, at) => [
        `p${at}`,
        { ...profile(`${100 + at}`, [`secret ${at}`]), waba_id: `${200 + at}` },
      ]),
    );
    const many = new WhatsAppWebhook(WhatsAppConfigSchema.parse({ default_profile: 'p0', profiles }));
    const read = (text: string, secret: string) => {
      const rawBody = Buffer.from(text);
      const signature = `sha256=${createHmac('sha256', secret).update(rawBody).digest('hex')}`;
      return many.read({ rawBody, headers: { 'x-hub-signature-256': signature } });
    };
    const filler = 'x'.repeat(2_500_000);
    const numbered = JSON.stringify(of({ ...change('149', { messages: [text('w1')] }), filler }));
    assert.equal(read(numbered, 'secret 49').tells.length, 1);
    const account = JSON.stringify({ entry: [{ id: '249', changes: [{ field: 'security', value: { filler } }] }] });
    assert.deepEqual(
      read(account, 'secret 49').unhandled.map(({ reason }) => reason),
      ['field security'],
    );
    const foreign = change('999', { messages: [text('w1')] });
    assert.deepEqual(
      read(JSON.stringify(of(foreign)), 'secret 49').unhandled.map(({ reason }) => reason),
      ['foreign number'],
    );
    assert.equal(
      refusal(() => read(JSON.stringify(of({ ...foreign, filler })), 'secret 49')),
      'signature_invalid',
      'that is 50 hashes of 2.5 MB',
    );
  });

  it('that nests too deep loses only the nested part', () => {
    const deep = `${'['.repeat(300_000)}"]\\"]"${']'.repeat(300_000)}`;
    const template = { field: 'message_template_components_update', value: 'DEEP' };
    const beside = change('11', { messages: [text('w1'), { ...text('w2'), more: 'DEEP' }] });
    const body = JSON.stringify(of(template, beside)).replaceAll('"DEEP"', deep);
    const { tells, unhandled } = post(body, 'old');
    assert.deepEqual(
      tells.map(({ id }) => id),
      ['in:w1'],
    );
    assert.deepEqual(
      unhandled.map(({ reason }) => reason),
      ['field message_template_components_update', 'message nested too deep'],
    );
    assert.equal(
      refusal(() => post(`{"entry":${'['.repeat(1_400_000)}`, 'old')),
      'body_invalid',
    );
  });

  it('is parsed unchanged if nothing nests too deep (property)', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (json) => {
        const bytes = Buffer.from(json);
        assert.equal(withoutDeepParts(bytes), bytes);
      }),
    );
  });

  it('with a good signature and a broken body is refused with 400', () => {
    for (const body of ['', '{', '[]', '7', 'null'])
      assert.equal(
        refusal(() => post(body, 'old')),
        'body_invalid',
      );
  });

  it('loses no sibling of what it cannot use', () => {
    const messages = [
      null,
      7,
      {},
      text('w1'),
      { ...text('w2'), group_id: 'g' },
      text('w3', { from_user_id: 'US.1349' }),
    ];
    const { tells, unhandled } = post(
      of({ field: 'flows', value: {} }, change('11', { messages, statuses: ['x', { id: 's1', status: 'sent' }] })),
      'old',
    );
    assert.deepEqual(
      tells.map(({ to, id }) => [to.kind, to.id, id]),
      [
        ['conversation', 'main:27825550101', 'in:w1'],
        ['conversation', 'main:US.1349', 'in:w3'],
        ['whatsapp-status', 'main:s1', 'sent:s1'],
      ],
    );
    assert.deepEqual(unhandled.map(({ reason }) => reason).sort(), [
      'field flows',
      'group_not_supported: a message in a group',
      'message without id or sender',
    ]);
  });

  it('never crashes, whatever JSON it holds, and shows nobody’s words to the operator (property)', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (value, messages) => {
        const body = {
          entry: [{ changes: [{ field: 'messages', value }, change('11', { messages, statuses: messages })] }, value],
        };
        const { unhandled } = lettersOf(JSON.parse(JSON.stringify(body)) as JsonObject, {
          ofNumber: (id) => (id === '11' ? 'main' : undefined),
          ofAccount: () => ['main'],
        });
        assert.ok(unhandled.every(({ reason }) => reason.length < 100));
      }),
    );
  });

  it('answers the subscription check of a profile’s own token only', () => {
    const query = { 'hub.mode': 'subscribe', 'hub.challenge': '1158201444', 'hub.verify_token': 'verify-22' };
    assert.equal(webhook.challenge(query), '1158201444');
    assert.equal(
      refusal(() => webhook.challenge({ ...query, 'hub.verify_token': 'guess' })),
      'verify_token_wrong',
    );
  });
});

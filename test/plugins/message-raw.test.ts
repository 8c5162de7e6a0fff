import assert from 'node:assert/strict';
import { built, checkedYaml } from './message-rig.js';

const interactive = (part: object) => ({ type: 'interactive', interactive: part });

describe('message type raw', () => {
  const problemOf = async (type: string, params: unknown): Promise<string> => {
    const refused = await built(type, params);
    assert.ok(!refused.ok);
    return refused.problem.message;
  };

  it('raw takes media without a caption in headers and on cards', async () => {
    const header = { type: 'image', image: { id: '4711' } };
    const cta = { name: 'cta_url', parameters: { display_text: 'Go', url: 'https://example.org' } };
    const button = interactive({ type: 'cta_url', header, body: { text: 'x' }, action: cta });
    const cards = [0, 1].map((card_index) => ({ card_index, type: 'cta_url', header, action: cta }));
    const carousel = interactive({ type: 'carousel', body: { text: 'x' }, action: { cards } });
    for (const message of [button, carousel, { type: 'audio', audio: { id: '4711' } }])
      assert.deepEqual(await built('raw', message), { ok: true, payload: message, needsNoWindow: false });
    const captioned = { type: 'audio', audio: { id: '4711', caption: 'x' } };
    assert.match(await problemOf('raw', captioned), /caption:? cannot go with this type/);
  });

  it('raw of Direct Send needs no window, and goes out as it is', async () => {
    const text = { type: 'text', text: { body: 'Your code is 123456' } };
    for (const more of [
      { category: 'utility', ttl_seconds: 43_200, direct_send_config: { template_name: 'auto_generated_1' } },
      { category: 'AUTHENTICATION', ttl_seconds: 900 },
      { category: 'utility' },
    ]) {
      const message = { ...text, ...more };
      assert.deepEqual(await built('raw', message), { ok: true, payload: message, needsNoWindow: true });
    }
  });

  const TEXT = { type: 'text', text: { body: 'x' } };
  const refusals: readonly (readonly [what: string, message: object, expected: RegExp])[] = [
    ['a lifetime without a category', { ...TEXT, ttl_seconds: 60 }, /raw\.ttl_seconds:? needs category/],
    [
      'a lifetime that is too long for a code',
      { ...TEXT, category: 'AUTHENTICATION', ttl_seconds: 901 },
      /raw\.ttl_seconds:? is 901; WhatsApp takes 30 to 900 seconds for authentication/,
    ],
    [
      'a category that Direct Send does not have',
      { ...TEXT, category: 'marketing' },
      /raw\.category:? is not one of: utility, authentication/,
    ],
    [
      'a template named for a code',
      { ...TEXT, category: 'authentication', direct_send_config: { template_name: 'a' } },
      /direct_send_config:? goes with category: utility only/,
    ],
    [
      'a text that is too long for a template',
      { type: 'text', text: { body: 'x'.repeat(1_025) }, category: 'utility' },
      /raw\.category:? makes a WhatsApp template of it, whose text has 1024 characters at most; this one has 1025/,
    ],
    [
      'too many buttons, whatever the case of the words',
      interactive({
        type: 'BUTTON',
        body: { text: 'x' },
        action: { buttons: ['a', 'b', 'c', 'd'].map((id) => ({ type: 'REPLY', reply: { id, title: id } })) },
      }),
      /action\.buttons:? has 4 entries/,
    ],
  ];
  for (const [what, message, expected] of refusals) {
    it(`raw refuses ${what}, in YAML and filled in`, async () => {
      assert.match(checkedYaml('raw', message).join('\n'), expected);
      assert.match(await problemOf('raw', message), expected);
    });
  }

  it('raw accepts Meta’s words in any case', async () => {
    const buttons = [{ type: 'Reply', reply: { id: 'a', title: 'A' } }];
    const message = interactive({ type: 'BUTTON', body: { text: 'x' }, action: { buttons } });
    assert.deepEqual(await built('raw', message), { ok: true, payload: message, needsNoWindow: false });
    const template = { type: 'TEMPLATE', template: { name: 'update', language: { code: 'en' } } };
    assert.deepEqual(await built('raw', template), { ok: true, payload: template, needsNoWindow: true });
  });

  it('raw makes no read receipts, and nothing nests without an end', async () => {
    const text = { type: 'text', text: { body: 'x' } };
    assert.match(await problemOf('raw', { ...text, status: 'read', message_id: 'w' }), /status makes a read receipt/);
    const deep = JSON.parse(`${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`);
    assert.match(await problemOf('raw', { ...text, extra: deep }), /nests over 100 levels deep/);
    assert.match(
      await problemOf('flow', { body: 'x', flow_id: '1', flow_cta: 'x', flow_action_payload: { data: deep } }),
      /nests over 100 levels deep/,
    );
  });
});

import assert from 'node:assert/strict';
import { built } from './message-rig.js';

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

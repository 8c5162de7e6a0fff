import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { JsonObject } from '../../core/contract/json.js';
import { textOf } from '../../plugins/meta_whatsapp/message-text.js';

const flow = (response_json?: string, body?: string) => ({
  type: 'interactive',
  interactive: {
    type: 'nfm_reply',
    nfm_reply: { name: 'flow', ...(body && { body }), ...(response_json && { response_json }) },
  },
});

/** Every type of §3.3 of the wire facts, as it reads on a stubpost. */
const MESSAGES: readonly (readonly [JsonObject, string])[] = [
  [{ type: 'text', text: { body: 'Hello' } }, 'Hello'],
  [{ type: 'text', text: { body: 'a\u0000b \ud800' } }, 'a\u0000b \ud800'],
  [{ type: 'text', text: {} }, ''],
  [{ type: 'image', image: { id: '1', caption: 'my gate' } }, 'my gate'],
  [{ type: 'image', image: { id: '1' } }, '[image]'],
  [{ type: 'video', video: {} }, '[video]'],
  [{ type: 'sticker', sticker: { id: '1', animated: true } }, '[sticker]'],
  [{ type: 'document', document: { id: '1', filename: 'proof.pdf' } }, '[document] proof.pdf'],
  [{ type: 'document', document: { id: '1', filename: 'proof.pdf', caption: 'proof' } }, 'proof'],
  [{ type: 'audio', audio: { id: '1', voice: true } }, '[voice message]'],
  [{ type: 'audio', audio: { id: '1', voice: false } }, '[audio]'],
  [{ type: 'location', location: { latitude: -33.9, longitude: '18.4' } }, '[location] -33.9, 18.4'],
  [
    { type: 'location', location: { latitude: -33.9, longitude: 18.4, name: 'Depot', address: 'Main Rd' } },
    '[location] Depot, Main Rd (-33.9, 18.4)',
  ],
  [
    { type: 'contacts', contacts: [{ name: { formatted_name: 'Sipho' } }, { phones: [{ wa_id: '2783' }] }, {}] },
    '[contacts] Sipho, 2783, ?',
  ],
  [{ type: 'interactive', interactive: { type: 'button_reply', button_reply: { id: 'y', title: 'Yes' } } }, 'Yes'],
  [{ type: 'interactive', interactive: { type: 'list_reply', list_reply: { id: 'r1', title: 'Noon' } } }, 'Noon'],
  [{ type: 'interactive', interactive: {} }, '[interactive]'],
  [{ type: 'interactive', interactive: { type: 'product', product: { product_retailer_id: 'p1' } } }, '[product] p1'],
  [{ type: 'interactive', interactive: { type: 'product' } }, '[product]'],
  [{ type: 'system', system: { type: 'customer_identity_changed' } }, '[system] customer_identity_changed'],
  [flow('{"a":1}', 'Sent'), 'Sent'],
  [flow('{"a":1}'), '[form] flow'],
  [flow('{"a":'), '[form] flow (its answer is not JSON)'],
  [
    {
      type: 'interactive',
      interactive: { type: 'call_permission_reply', call_permission_reply: { response: 'accept', is_permanent: true } },
    },
    'Allowed calls, for good',
  ],
  [
    {
      type: 'interactive',
      interactive: { type: 'call_permission_reply', call_permission_reply: { response: 'reject' } },
    },
    'Does not allow calls',
  ],
  [{ type: 'button', button: { payload: 'p', text: 'More' } }, 'More'],
  [{ type: 'reaction', reaction: { message_id: 'w', emoji: '👍' } }, 'Reacted 👍 to: “At noon”'],
  [{ type: 'reaction', reaction: { message_id: 'w', emoji: '' } }, 'Took the reaction back to: “At noon”'],
  [{ type: 'reaction', reaction: { message_id: 'w' } }, 'Took the reaction back to: “At noon”'],
  [
    { type: 'order', order: { text: 'soon', product_items: [{ product_retailer_id: 'sku', quantity: '2' }] } },
    '[order] 2 × sku soon',
  ],
  [{ type: 'system', system: { type: 'user_changed_number', body: 'Thandi changed' } }, 'Thandi changed'],
  [{ type: 'system', system: { type: 'customer_identity_changed' } }, '[system] customer_identity_changed'],
  [
    { type: 'edit', edit: { original_message_id: 'w', message: { type: 'text', text: { body: 'new' } } } },
    'Edited: new',
  ],
  [{ type: 'edit', edit: { message: { type: 'image', image: { caption: 'cap' } } } }, 'Edited: cap'],
  [{ type: 'revoke', revoke: { original_message_id: 'w' } }, 'Deleted a message to: “At noon”'],
  [
    {
      type: 'unsupported',
      errors: [{ code: 131051, title: 'T', error_data: { details: 'Not supported' } }],
      unsupported: { type: 'poll' },
    },
    '[not shown by WhatsApp: poll] Not supported, 131051',
  ],
  [
    { type: 'unsupported', errors: [{ code: 131060, title: 'Message unavailable' }] },
    '[not shown by WhatsApp] Message unavailable, 131060',
  ],
  [{ type: 'unknown' }, '[not shown by WhatsApp]'],
  [{ type: 'request_welcome' }, '[opened the chat]'],
  [{ type: 'something_of_2027', something_of_2027: { caption: 'c' } }, 'c'],
  [{ type: 'something_of_2027' }, '[something_of_2027]'],
  [{ type: '__proto__' }, '[__proto__]'],
  [{ type: 'constructor' }, '[constructor]'],
  [{}, '[not shown by WhatsApp]'],
];

describe('meta_whatsapp: what a client’s message says', () => {
  for (const [message, text] of MESSAGES) {
    it(`${JSON.stringify(message).slice(0, 90)} reads ${JSON.stringify(text).slice(0, 60)}`, () => {
      assert.equal(textOf(message, 'At noon'), text);
    });
  }

  it('keeps a text of 64 KiB whole', () => {
    const body = '😀'.repeat(16_384);
    assert.equal(textOf({ type: 'text', text: { body } }), body);
  });

  it('an edit of an edit, which Meta does not send, is one of its kind', () => {
    const edit = (message: JsonObject): JsonObject => ({ type: 'edit', edit: { message } });
    assert.equal(textOf(edit(edit({ type: 'text', text: { body: 'x' } }))), '[edit]');
  });

  it('is a text whatever stands in the message (property)', () => {
    const types = [...new Set(MESSAGES.map(([message]) => String(message['type'])))];
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.jsonValue(), fc.jsonValue(), (type, content, errors) => {
        const message = JSON.parse(JSON.stringify({ type, [type]: content, errors, contacts: content })) as JsonObject;
        assert.equal(typeof textOf(message), 'string');
      }),
    );
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MESSAGE_TYPES } from '../../plugins/meta_whatsapp/messages/message-types.js';
import { assertAsMetaDescribes } from '../support/meta-openapi.js';
import { EXAMPLES } from './message-examples.js';
import { built, checkedSettings, checkedYaml } from './message-rig.js';

const row = (id: string) => ({ id, title: id });
const list = (...sections: unknown[]) => ({ body: { text: 'x' }, action: { button: 'x', sections } });
const buttons = (...given: object[]) => ({ body: 'x', buttons: given });
const flow = (part: object) => ({ body: 'x', flow_cta: 'x', flow_id: '1', ...part });
const link = (part: object) => ({
  header: { type: 'image', image: { link: 'https://a.b/1.jpg' } },
  display_text: 'x',
  url: 'https://a.b',
  ...part,
});
const product = (part: object) => ({ catalog_id: '1', product_retailer_id: '1', ...part });
const interactive = (part: object) => ({ type: 'interactive', interactive: part });
const NAME = { formatted_name: 'A B', first_name: 'A' };

const refusals: readonly (readonly [what: string, type: string, params: unknown, expected: RegExp])[] = [
  [
    'two buttons of one id',
    'buttons',
    buttons({ id: 'a', title: 'A' }, { id: 'a', title: 'B' }),
    /buttons\[1\]\.id:? is the same id/,
  ],
  [
    'two buttons of one title',
    'buttons',
    buttons({ id: 'a', title: 'A' }, { id: 'b', title: 'A' }),
    /buttons\[1\]\.title:? is the same title/,
  ],
  [
    'an id with a blank in front',
    'buttons',
    buttons({ id: ' a', title: 'A' }),
    /buttons\[0\]\.id:? begins or ends with a blank/,
  ],
  [
    'a link that is none',
    'cta_url',
    { body: 'x', display_text: 'x', url: 'javascript:alert(1)' },
    /cta_url\.url:? is no link that begins with http/,
  ],
  [
    'a link with a blank',
    'cta_url',
    { body: 'x', display_text: 'x', url: 'https://a.b/c d' },
    /cta_url\.url:? is no link/,
  ],
  ['a picture by a link that is none', 'sticker', { link: 'file:///etc/passwd' }, /sticker\.link:? is no link/],
  [
    'rows of one id in two sections',
    'list',
    list({ title: 'a', rows: [row('a')] }, { title: 'b', rows: [row('a')] }),
    /sections\[1\]\.rows\[0\]\.id:? is the same id/,
  ],
  [
    'a section without its title',
    'list',
    list({ title: 'a', rows: [row('a')] }, { rows: [row('b')] }),
    /sections\[1\]:? has no title/,
  ],
  ['an emoji on the button of a flow', 'flow', flow({ flow_cta: 'Go 🚀' }), /flow\.flow_cta:? holds an emoji/],
  ['a flow that is not named', 'flow', flow({ flow_id: undefined }), /params\.flow:? names no flow/],
  ['a flow that is named twice', 'flow', flow({ flow_name: 'x' }), /params\.flow:? names the flow twice/],
  [
    'a screen for a data exchange',
    'flow',
    flow({ flow_action: 'data_exchange', flow_action_payload: { screen: 'A' } }),
    /flow_action_payload:? goes with flow_action: navigate/,
  ],
  [
    'data of a screen that is empty',
    'flow',
    flow({ flow_action_payload: { data: {} } }),
    /flow_action_payload\.data:? is empty/,
  ],
  [
    'products of two catalogues',
    'carousel',
    { body: 'x', cards: [product({}), product({ catalog_id: '2' })] },
    /cards\[1\]\.catalog_id:? is another/,
  ],
  [
    'cards of two kinds',
    'carousel',
    { body: 'x', cards: [link({}), product({})] },
    /cards\[1\]\.product_retailer_id:? is of another kind/,
  ],
  [
    'cards with different headers',
    'carousel',
    { body: 'x', cards: [link({}), link({ header: { type: 'video', video: { id: '1' } } })] },
    /cards\[1\]\.header:? is video/,
  ],
  [
    'a contact with one name only',
    'contacts',
    { name: { formatted_name: 'A' } },
    /contacts\.name:? has formatted_name only/,
  ],
  [
    'a birthday of another form',
    'contacts',
    { name: NAME, birthday: '31.1.1990' },
    /contacts\.birthday:? is no date of the form YYYY-MM-DD/,
  ],
  [
    'a place that is none',
    'location',
    { latitude: 'north', longitude: 0 },
    /location\.latitude:? is no number of degrees/,
  ],
  [
    'a letter for an emoji',
    'reaction',
    { message_id: 'wamid.1', emoji: 'a' },
    /reaction\.emoji:? is one sign and no emoji/,
  ],
  ['a reaction to nothing', 'reaction', { emoji: '👍' }, /reaction\.message_id is missing/],
  [
    'a template’s name that is none',
    'template',
    { whatsapp_template_name: 'Order Update' },
    /whatsapp_template_name:? is no WhatsApp template’s name/,
  ],
  [
    'a line break in a template’s text',
    'template',
    { whatsapp_template_name: 'a', whatsapp_template_params_array: ['a\nb'] },
    /params_array\[0\]:? has a line break/,
  ],
  [
    'a wide gap in a text of Meta’s components',
    'template',
    {
      whatsapp_template_name: 'a',
      whatsapp_template_params_array: [{ type: 'body', parameters: [{ type: 'text', text: 'a     b' }] }],
    },
    /params_array\[0\]\.parameters\[0\]\.text:? has a line break/,
  ],
  [
    'an empty text of a template',
    'template',
    { whatsapp_template_name: 'a', whatsapp_template_params_array: [''] },
    /params_array\[0\]:? has 0 characters/,
  ],
  ['an unknown key', 'text', { body: 'x', preview: true }, /"preview"/],
  [
    'raw with the envelope',
    'raw',
    { type: 'text', text: { body: 'x' }, to: '27825550101' },
    /raw\.to:? is part of the envelope/,
  ],
  [
    'raw without its object',
    'raw',
    { type: 'text' },
    /raw\.type:? is "text"; Meta’s object of that type has to stand under "text"/,
  ],
  ['raw with a text for an object', 'raw', { type: 'text', text: 'x' }, /raw\.text:? is no object/],
  [
    'raw reaction with a quote',
    'raw',
    { type: 'reaction', reaction: { message_id: 'a', emoji: '👍' }, context: { message_id: 'a' } },
    /raw\.context:? cannot go with a reaction/,
  ],
  [
    'raw media with two sources',
    'raw',
    { type: 'image', image: { id: '1', link: 'https://a.b' } },
    /raw\.image:? takes one of id, link and fileuuid/,
  ],
  [
    'raw audio with a caption',
    'raw',
    { type: 'audio', audio: { id: '1', caption: 'x' } },
    /raw\.audio\.caption:? cannot go with this type/,
  ],
  [
    'raw buttons without a body',
    'raw',
    interactive({ type: 'button', action: { buttons: [{ type: 'reply', reply: row('a') }] } }),
    /raw\.interactive\.type:? "button" needs a body/,
  ],
  [
    'raw rows over all sections',
    'raw',
    interactive({
      type: 'list',
      body: { text: 'x' },
      action: {
        button: 'x',
        sections: [0, 1].map((at) => ({ title: `${at}`, rows: Array.from({ length: 6 }, (_, n) => row(`${at}${n}`)) })),
      },
    }),
    /sections:? has 12 rows in all its sections; WhatsApp takes up to 10/,
  ],
];

describe('message types of meta_whatsapp: refusals', () => {
  for (const [what, type, params, expected] of refusals) {
    it(`${type}: ${what}, in YAML and once filled in`, async () => {
      const inYaml = checkedYaml(type, JSON.parse(JSON.stringify(params)));
      assert.equal(inYaml.length, 1, inYaml.join('\n'));
      assert.match(inYaml[0]!, expected);
      const refused = await built(type, params);
      assert.ok(!refused.ok);
      assert.match(refused.problem.message, expected);
    });
  }

  it('a list takes a header of text only', async () => {
    const params = { ...list({ rows: [row('a')] }), header: { type: 'image', image: { id: '1' } } };
    const refused = await built('list', params);
    assert.ok(!refused.ok);
    assert.match(refused.problem.message, /list\.header/);
    assert.match(checkedYaml('list', params).join('\n'), /list\.header\.type is "image"; it takes text/);
  });

  it('a header of a kind that is none is told those there are', async () => {
    const refused = await built('buttons', { ...buttons({ id: 'a', title: 'A' }), header: { type: 'gif', gif: {} } });
    assert.ok(!refused.ok);
    assert.match(refused.problem.message, /header\.type is text; it takes one of: text, image, video, document\./);
  });

  it('an empty emoji takes a reaction back', async () => {
    assert.ok((await built('reaction', { message_id: 'wamid.1', emoji: '' })).ok);
    for (const emoji of ['👍', '❤️', '🇿🇦', '1️⃣', '👨‍👩‍👧‍👦'])
      assert.ok((await built('reaction', { message_id: 'wamid.1', emoji })).ok, emoji);
  });

  it('raw leaves what it does not know to Meta', async () => {
    const params = { type: 'order_status', order_status: { anything: 1 }, context: { message_id: 'wamid.1' } };
    assert.deepEqual(await built('raw', params), { ok: true, payload: params, needsNoWindow: false });
  });

  it('no settings make a message type throw (property)', async () => {
    const name = fc.constantFrom(...MESSAGE_TYPES.map((type) => type.name));
    const json = fc.oneof(fc.jsonValue(), fc.constantFrom(...EXAMPLES.map(({ params }) => params)), fc.anything());
    await fc.assert(
      fc.asyncProperty(name, json, async (type, params) => {
        const answer = await built(type, params);
        if (!answer.ok) assert.ok(answer.problem.message.length > 10);
      }),
    );
  });

  it('names of JavaScript’s own are no types of raw', async () => {
    for (const type of ['__proto__', 'constructor', 'toString']) {
      const params = JSON.parse(`{"type": "${type}", "${type}": {}}`);
      await assert.doesNotReject(built('raw', params));
      assert.ok((await built('raw', { type: 'interactive', interactive: { type, action: {} } })).ok);
    }
  });

  it('Meta’s own description refuses what is wrong', () => {
    const envelope = { messaging_product: 'whatsapp', recipient_type: 'individual', to: '+1' };
    assert.throws(() => assertAsMetaDescribes({ ...envelope, type: 'text', text: { body: 'x', bold: true } }));
    assert.throws(() => assertAsMetaDescribes({ ...envelope, type: 'image', image: {} }));
    const wrong = { type: 'button', body: { text: 'x' }, action: { buttons: [] } };
    assert.throws(() => assertAsMetaDescribes({ ...envelope, type: 'interactive', interactive: wrong }));
    assert.throws(() => assertAsMetaDescribes({ type: 'text', text: { body: 'x' } }));
  });
});

describe('settings of meta_whatsapp in YAML', () => {
  const text = { message_type: 'text', params: { text: { body: 'x' } } };

  it('a key one level too high is told where it belongs', () => {
    const said = checkedSettings({ message_type: 'text', params: { body: 'x' } });
    assert.match(said.join('\n'), /"body" is not a key .* Did you mean "params\.text\.body"\?/);
  });

  it('params of another type than the message’s are told', () =>
    assert.match(
      checkedSettings({ message_type: 'buttons', params: { list: {} } }).join('\n'),
      /"list" is not a key .*params.* What exists: buttons/,
    ));

  it('a message type that is none is told those there are', () => {
    const said = checkedSettings({ ...text, message_type: 'butons' });
    assert.equal(said.length, 1);
    for (const { name } of MESSAGE_TYPES) assert.ok(said[0]!.includes(name), `${said[0]} names ${name}`);
  });

  it('enable_lids is true or false', () => {
    assert.deepEqual(checkedSettings({ ...text, enable_lids: true }), []);
    assert.match(
      checkedSettings({ ...text, enable_lids: 'yes' }).join(),
      /enable_lids is "yes"; it takes true or false/,
    );
  });
});

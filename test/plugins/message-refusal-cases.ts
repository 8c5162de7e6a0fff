export const row = (id: string) => ({ id, title: id });
export const list = (...sections: unknown[]) => ({ body: { text: 'x' }, action: { button: 'x', sections } });
export const buttons = (...given: object[]) => ({ body: 'x', buttons: given });
const flow = (part: object) => ({ body: 'x', flow_cta: 'x', flow_id: '1', ...part });
const link = (part: object) => ({
  header: { type: 'image', image: { link: 'https://a.b/1.jpg' } },
  display_text: 'x',
  url: 'https://a.b',
  ...part,
});
const reply = (...ids: string[]) => ({
  header: { type: 'image', image: { link: 'https://a.b/1.jpg' } },
  buttons: ids.map((id) => ({ id, title: id })),
});
const product = (part: object) => ({ catalog_id: '1', product_retailer_id: '1', ...part });
const interactive = (part: object) => ({ type: 'interactive', interactive: part });
const NAME = { formatted_name: 'A B', first_name: 'A' };

/** Messages that WhatsApp refuses, with the expected error, both in YAML and after filling in. */
export const REFUSALS: readonly (readonly [what: string, type: string, params: unknown, expected: RegExp])[] = [
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
    /cards\[1\]\.product_retailer_id:? has another kind/,
  ],
  [
    'cards with different headers',
    'carousel',
    { body: 'x', cards: [link({}), link({ header: { type: 'video', video: { id: '1' } } })] },
    /cards\[1\]\.header:? is video/,
  ],
  [
    'cards of links and of quick replies',
    'carousel',
    { body: 'x', cards: [link({}), reply('a')] },
    /cards\[1\]\.buttons:? has another kind/,
  ],
  [
    'cards with another number of quick replies',
    'carousel',
    { body: 'x', cards: [reply('a'), reply('b', 'c')] },
    /cards\[1\]\.buttons:? has 2 entries; WhatsApp wants 1/,
  ],
  [
    'two quick replies of one id',
    'carousel',
    { body: 'x', cards: [reply('a'), reply('a')] },
    /cards\[1\]\.buttons\[0\]\.id:? is the same id/,
  ],
  ['an address in another country', 'address_message', { body: 'x', country: 'ZA' }, /country is .*; it takes IN\./],
  ['a catalogue without a text', 'catalog_message', { footer: 'x' }, /catalog_message\.body is missing/],
  [
    'a link without its kind',
    'media',
    { files: { link: 'https://a.b/1.jpg' } },
    /media\.kind:? needs one of image, video, audio, document, sticker/,
  ],
  [
    'a name for a picture',
    'media',
    { files: { link: 'https://a.b/1.jpg', filename: 'a.jpg' }, kind: 'image' },
    /media\.files:? has a filename/,
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
  ['raw with a text for an object', 'raw', { type: 'text', text: 'x' }, /raw\.text:? is not an object/],
  [
    'raw reaction with a quote',
    'raw',
    { type: 'reaction', reaction: { message_id: 'a', emoji: '👍' }, context: { message_id: 'a' } },
    /raw\.context:? is not allowed with a reaction/,
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

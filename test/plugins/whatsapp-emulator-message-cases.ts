import type { Json } from './whatsapp-emulator-rig.js';

export const LINK = 'https://example.com/a';

/** What is sent, and Meta's code for it; without one it is taken. */
export type Case = readonly [what: string, content: Json, code?: number, details?: RegExp];

/** So many characters, of two UTF-16 units each. */
export const x = (count: number) => '😀'.repeat(count);
export const name = (more: Json = { first_name: 'A' }) => ({ formatted_name: 'A B', ...more });
const interactive = (type: string, action: Json, more: Json = {}) => ({
  interactive: { type, body: { text: 'Body' }, action, ...more },
});
const button = (at: number) => ({ type: 'reply', reply: { id: `b${at}`, title: `Button ${at}` } });
export const buttons = (count: number, more: Json = {}) =>
  interactive('button', { buttons: Array.from({ length: count }, (_, at) => button(at)) }, more);
const reply = (id: string, title: string) =>
  interactive('button', { buttons: [{ type: 'reply', reply: { id, title } }] });
const row = (id: string, more: Json = {}) => ({ id, title: 'Row', ...more });
const list = (sections: readonly Json[], more: Json = {}, label = 'Show') =>
  interactive('list', { button: label, sections }, more);
const rows = (count: number, from = 0) => Array.from({ length: count }, (_, at) => row(`r${at + from}`));
const cta = (display_text: string, url: string, more: Json = {}) =>
  interactive('cta_url', { name: 'cta_url', parameters: { display_text, url } }, more);
const flow = (parameters: Json) =>
  interactive('flow', {
    name: 'flow',
    parameters: { flow_message_version: '3', flow_id: '1', flow_cta: 'Book', ...parameters },
  });
const products = (count: number) => Array.from({ length: count }, (_, at) => ({ product_retailer_id: `p${at}` }));
const productList = (sections: readonly Json[]) =>
  interactive('product_list', { catalog_id: '1', sections }, { header: { type: 'text', text: 'Ours' } });
const card = (at: number, more: Json = {}) => ({
  card_index: at,
  type: 'cta_url',
  header: { type: 'image', image: { link: LINK } },
  action: { name: 'cta_url', parameters: { display_text: 'Go', url: LINK } },
  ...more,
});
const answers = (at: number, ...ids: string[]) =>
  card(at, { action: { buttons: ids.map((id) => ({ type: 'quick_reply', quick_reply: { id, title: 'Choose' } })) } });
const carousel = (cards: readonly Json[], more: Json = {}) => interactive('carousel', { cards }, more);
const cards = (count: number) => Array.from({ length: count }, (_, at) => card(at));
export const contacts = (count: number) => ({ contacts: Array.from({ length: count }, () => ({ name: name() })) });
const call = (parameters: Json) => interactive('voice_call', { name: 'voice_call', parameters });

/** Per type: what is taken, what is at a limit, and one over. */
export const CASES: { readonly [type: string]: readonly Case[] } = {
  text: [
    ['the longest body', { text: { body: x(4096), preview_url: true } }],
    [
      'a body that is one too long',
      { text: { body: x(4097) } },
      131009,
      /text\['body'\]: must be 1 to 4096 characters/,
    ],
    ['no body', { text: {} }, 131008, /text\['body'\] is required/],
    ['a preview that is a text', { text: { body: 'a', preview_url: 'yes' } }, 131009, /preview_url/],
  ],
  'media by link': [
    ['an image with the longest caption', { image: { link: LINK, caption: x(1024) } }],
    ['a caption that is one too long', { image: { link: LINK, caption: x(1025) } }, 131009, /image\['caption'\]/],
    ['neither id nor link', { video: { caption: 'a' } }, 131008, /video\['id'\] is required/],
    ['both id and link', { video: { id: '1', link: LINK } }, 131009, /one of id and link/],
    ['an id that is not known', { document: { id: '123' } }, 131009, /document\['id'\]/],
    ['a link that is no URL', { image: { link: 'example' } }, 131009, /http or https/],
    ['a link to a file here', { image: { link: 'file:///etc/passwd' } }, 131009, /http or https/],
    ['audio with a caption', { audio: { link: LINK, caption: 'a' } }, 100],
    ['a voice note', { audio: { link: `${LINK}.ogg`, voice: true } }],
    ['a document with its name', { document: { link: `${LINK}.pdf`, filename: 'a.pdf', caption: 'a' } }],
    ['an image with a file name', { image: { link: LINK, filename: 'a.png' } }, 100],
    ['a sticker', { sticker: { link: `${LINK}.webp` } }],
    ['a sticker with a caption', { sticker: { link: LINK, caption: 'a' } }, 100],
  ],
  location: [
    ['numbers', { location: { latitude: -90, longitude: 180, name: 'Pole', address: 'Ice' } }],
    ['texts that are numbers', { location: { latitude: '48.2', longitude: '-16.37' } }],
    ['a latitude off the globe', { location: { latitude: 90.1, longitude: 0 } }, 131009, /latitude/],
    ['a longitude that is a word', { location: { latitude: 1, longitude: 'east' } }, 131009, /longitude/],
    ['no longitude', { location: { latitude: 1 } }, 131008, /longitude/],
  ],
  contacts: [
    ['as many as there may be', contacts(257)],
    ['one more', contacts(258), 131009, /1 to 257/],
    ['none', contacts(0), 131009],
    ['a formatted name alone', { contacts: [{ name: name({}) }] }, 131009, /at least one of/],
    ['no name', { contacts: [{ phones: [{ phone: '+1' }] }] }, 131008, /contacts\[0\]\['name'\]/],
    ['a birthday that is no date', { contacts: [{ name: name(), birthday: '1 May' }] }, 131009, /birthday/],
    [
      'a whole card',
      {
        contacts: [
          {
            name: name({ last_name: 'B', prefix: 'Dr' }),
            phones: [{ phone: '+1 650', type: 'WORK', wa_id: '1650' }],
            emails: [{ email: 'a@example.com', type: 'WORK' }],
            addresses: [
              { street: '1', city: 'C', state: 'S', zip: '1', country: 'L', country_code: 'za', type: 'HOME' },
            ],
            urls: [{ url: LINK, type: 'HOME' }],
            org: { company: 'C', department: 'D', title: 'T' },
            birthday: '2001-02-03',
          },
        ],
      },
    ],
    ['a key that is not there', { contacts: [{ name: name(), fax: '1' }] }, 100],
  ],
  'reply buttons': [
    ['three', buttons(3, { header: { type: 'text', text: x(60) }, footer: { text: x(60) } })],
    ['four', buttons(4), 131009, /1 to 3 buttons/],
    ['none', buttons(0), 131009],
    ['the longest id and title', reply('i'.repeat(256), x(20))],
    ['an id that is too long', reply('i'.repeat(257), 'a'), 131009, /\['id'\]/],
    ['a title that is too long', reply('i', x(21)), 131009, /\['title'\]/],
    ['the longest body', buttons(1, { body: { text: x(1024) } })],
    ['a body that is too long', buttons(1, { body: { text: x(1025) } }), 131009, /\['body'\]\['text'\]/],
    ['a header that is too long', buttons(1, { header: { type: 'text', text: x(61) } }), 131009, /\['header'\]/],
    ['a footer that is too long', buttons(1, { footer: { text: x(61) } }), 131009, /\['footer'\]/],
    ['a header of a picture', buttons(1, { header: { type: 'image', image: { link: LINK } } })],
    ['a header of a file without one', buttons(1, { header: { type: 'document', document: {} } }), 131008],
    ['a header of an unknown file', buttons(1, { header: { type: 'video', video: { id: '9' } } }), 131009],
  ],
  lists: [
    ['ten rows in ten sections', list(Array.from({ length: 10 }, (_, at) => ({ title: `S${at}`, rows: [row(`${at}`)] })))],
    ['eleven rows', list([{ title: 'A', rows: rows(5) }, { title: 'B', rows: rows(6, 5) }]), 131009, /10 rows in all/],
    ['two sections, one of them untitled', list([{ title: 'A', rows: rows(1) }, { rows: rows(1, 1) }]), 131009],
    ['two rows of one id', list([{ rows: [row('a'), row('a')] }]), 131009, /unique/],
    ['a section without rows', list([{ rows: [] }]), 131009],
    ['all at their longest', list([{ title: x(24), rows: [{ id: 'i'.repeat(200), title: x(24), description: x(72) }] }], { body: { text: x(4096) } }, x(20))],
    ['a row id that is too long', list([{ rows: [row('i'.repeat(201))] }]), 131009],
    ['a row title that is too long', list([{ rows: [{ id: 'a', title: x(25) }] }]), 131009],
    ['a description that is too long', list([{ rows: [row('a', { description: x(73) })] }]), 131009],
    ['a section title that is too long', list([{ title: x(25), rows: rows(1) }]), 131009],
    ['a button that is too long', list([{ rows: rows(1) }], {}, x(21)), 131009, /\['button'\]/],
    ['a body that is too long', list([{ rows: rows(1) }], { body: { text: x(4097) } }), 131009],
    ['a header of a picture', list([{ rows: rows(1) }], { header: { type: 'image', image: { link: LINK } } }), 131009],
  ], // biome-ignore format: one case, one line
  cta_url: [
    ['the longest text', cta(x(20), LINK, { header: { type: 'document', document: { link: LINK } } })],
    ['a text that is too long', cta(x(21), LINK), 131009, /display_text/],
    ['an address that is none', cta('Go', 'example.com'), 131009, /\['url'\]/],
    ['another action', interactive('cta_url', { name: 'url', parameters: {} }), 131009],
  ],
  flow: [
    ['the longest button', flow({ flow_cta: 'x'.repeat(30), mode: 'draft', flow_token: 't' })],
    ['a button that is too long', flow({ flow_cta: 'x'.repeat(31) }), 131009, /flow_cta/],
    ['an emoji', flow({ flow_cta: 'Book 📅' }), 131009, /emoji/],
    ['id and name', flow({ flow_name: 'n' }), 131009, /not both/],
    ['neither id nor name', flow({ flow_id: undefined }), 131008, /flow_id/],
    ['another version', flow({ flow_message_version: '2' }), 131009],
    ['a first screen', flow({ flow_action: 'navigate', flow_action_payload: { screen: 'S', data: { a: 1 } } })],
    ['a first screen without data in it', flow({ flow_action_payload: { screen: 'S', data: {} } }), 131009],
    ['a screen for an endpoint', flow({ flow_action: 'data_exchange', flow_action_payload: { screen: 'S' } }), 131009],
  ],
  products: [
    ['one', { interactive: { type: 'product', action: { catalog_id: '1', product_retailer_id: 'p' } } }],
    ['one without its catalogue', interactive('product', { product_retailer_id: 'p' }), 131008, /catalog_id/],
    [
      'thirty',
      productList([
        { title: 'A', product_items: products(20) },
        { title: 'B', product_items: products(10) },
      ]),
    ],
    ['thirty-one', productList([{ product_items: products(31) }]), 131009, /30 products/],
    [
      'several without a header',
      interactive('product_list', { catalog_id: '1', sections: [{ product_items: products(1) }] }),
      131008,
      /header/,
    ],
    ['a catalogue', interactive('catalog_message', { name: 'catalog_message' })],
    ['a catalogue with a header', interactive('catalog_message', { name: 'catalog_message' }, { header: {} }), 100],
  ],
  requests: [
    ['of a place', interactive('location_request_message', { name: 'send_location' })],
    ['of a place by another action', interactive('location_request_message', { name: 'location' }), 131009],
    ['of an address', interactive('address_message', { name: 'address_message', parameters: { country: 'IN' } })],
    ['of an address elsewhere', interactive('address_message', { name: 'address_message', parameters: { country: 'ZA' } }), 131009],
    ['of a call', interactive('call_permission_request', { name: 'call_permission_request' })],
    ['of a call without a body', { interactive: { type: 'call_permission_request', action: { name: 'call_permission_request' } } }],
    ['of a contact', interactive('request_contact_info', { name: 'request_contact_info' })],
    ['of a contact with a footer', interactive('request_contact_info', { name: 'request_contact_info' }, { footer: { text: 'a' } }), 100],
    ['to call', call({ display_text: x(20), ttl_minutes: 60, payload: 'p' })],
    ['to call with a longer text', call({ display_text: x(21) }), 131009],
    ['without a body', { interactive: { type: 'request_contact_info', action: { name: 'request_contact_info' } } }, 131008],
  ], // biome-ignore format: one case, one line
  carousel: [
    ['two cards', carousel(cards(2))],
    ['ten cards', carousel(cards(10))],
    ['one card', carousel(cards(1)), 131009, /2 to 10/],
    ['eleven cards', carousel([...cards(10), card(10)]), 131009],
    ['a footer', carousel(cards(2), { footer: { text: 'a' } }), 100],
    ['the longest text', carousel([card(0, { body: { text: x(160) } }), card(1)])],
    ['a text that is too long', carousel([card(0, { body: { text: x(161) } }), card(1)]), 131009],
    ['three line breaks', carousel([card(0, { body: { text: 'a\nb\nc\nd' } }), card(1)]), 131009, /line breaks/],
    ['a card out of place', carousel([card(1), card(0)]), 131009, /card_index/],
    [
      'headers of two kinds',
      carousel([card(0), card(1, { header: { type: 'video', video: { link: LINK } } })]),
      131009,
    ],
  ],
  'cards with quick replies': [
    ['one on each', carousel([answers(0, 'red'), answers(1, 'blue')])],
    ['two on each of ten', carousel(Array.from({ length: 10 }, (_, at) => answers(at, `a${at}`, `b${at}`)))],
    ['three on each', carousel([answers(0, 'a', 'b', 'c'), answers(1, 'd', 'e', 'f')]), 131009, /1 or 2 buttons/],
    ['none', carousel([answers(0), answers(1)]), 131009, /1 or 2 buttons/],
    ['one more on the second', carousel([answers(0, 'a'), answers(1, 'b', 'c')]), 131009, /as many buttons/],
    ['a link on the second', carousel([answers(0, 'a'), card(1)]), 131008, /cards'\]\[1\]\['action'\]\['buttons'\] is req/],
    ['the longest id', carousel([answers(0, 'i'.repeat(20)), answers(1, 'b')])],
    ['an id that is too long', carousel([answers(0, 'i'.repeat(21)), answers(1, 'b')]), 131009, /\['id'\]/],
  ], // biome-ignore format: one case, one line
  orders: [
    ['details', interactive('order_details', { name: 'review_and_pay', parameters: { reference_id: 'r', total: {} } })],
    ['no reference', interactive('order_status', { name: 'review_order', parameters: {} }), 131008, /reference_id/],
  ],
};

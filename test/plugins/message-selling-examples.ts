import type { World } from './message-rig.js';

export interface Example {
  readonly type: string;
  readonly what: string;
  readonly params: unknown;
  /** What goes on the wire, without the envelope. */
  readonly payload: { readonly type: string; readonly [key: string]: unknown };
  readonly world?: World;
}

export const interactive = (object: object) => ({ type: 'interactive', interactive: object });

/** Forms, products, cards, and what is asked of a client: parts of EXAMPLES. */
export const SELLING: readonly Example[] = [
  {
    type: 'flow',
    what: 'a form',
    params: {
      body: 'Tell us more',
      flow_id: '1234567890',
      flow_cta: 'Open the form',
      flow_token: 'token',
      mode: 'draft',
      flow_action: 'navigate',
      flow_action_payload: { screen: 'FIRST', data: { name: 'Thandi' } },
    },
    payload: interactive({
      type: 'flow',
      body: { text: 'Tell us more' },
      action: {
        name: 'flow',
        parameters: {
          flow_message_version: '3',
          flow_id: '1234567890',
          flow_cta: 'Open the form',
          flow_token: 'token',
          mode: 'draft',
          flow_action: 'navigate',
          flow_action_payload: { screen: 'FIRST', data: { name: 'Thandi' } },
        },
      },
    }),
  },
  {
    type: 'product',
    what: 'one product',
    params: { catalog_id: '99', product_retailer_id: 'sku-1', footer: 'Demo Parcels' },
    payload: interactive({
      type: 'product',
      footer: { text: 'Demo Parcels' },
      action: { catalog_id: '99', product_retailer_id: 'sku-1' },
    }),
  },
  {
    type: 'product_list',
    what: 'products in sections',
    params: {
      header: 'Boxes',
      body: 'All our boxes',
      catalog_id: '99',
      sections: [{ title: 'Small', product_items: [{ product_retailer_id: 'sku-1' }] }],
    },
    payload: interactive({
      type: 'product_list',
      header: { type: 'text', text: 'Boxes' },
      body: { text: 'All our boxes' },
      action: {
        catalog_id: '99',
        sections: [{ title: 'Small', product_items: [{ product_retailer_id: 'sku-1' }] }],
      },
    }),
  },
  {
    type: 'carousel',
    what: 'cards with links',
    params: {
      body: 'Choose',
      cards: [1, 2].map((n) => ({ ...card(n), display_text: 'Open', url: `https://example.org/${n}` })),
    },
    payload: interactive({
      type: 'carousel',
      body: { text: 'Choose' },
      action: {
        cards: [1, 2].map((n) => ({
          card_index: n - 1,
          type: 'cta_url',
          header: { type: 'image', image: { link: `https://example.org/${n}.jpg` } },
          body: { text: `Card ${n}` },
          action: { name: 'cta_url', parameters: { display_text: 'Open', url: `https://example.org/${n}` } },
        })),
      },
    }),
  },
  {
    type: 'carousel',
    what: 'cards of products',
    params: { body: 'Choose', cards: ['a', 'b'].map((id) => ({ catalog_id: '99', product_retailer_id: id })) },
    payload: interactive({
      type: 'carousel',
      body: { text: 'Choose' },
      action: {
        cards: ['a', 'b'].map((id, at) => ({
          card_index: at,
          type: 'product',
          action: { product_retailer_id: id, catalog_id: '99' },
        })),
      },
    }),
  },
  {
    type: 'carousel',
    what: 'cards with quick replies',
    params: {
      body: 'Choose',
      cards: ['red', 'blue'].map((id, at) => ({ ...card(at + 1), buttons: [{ id, title: 'Choose' }] })),
    },
    payload: interactive({
      type: 'carousel',
      body: { text: 'Choose' },
      action: {
        cards: ['red', 'blue'].map((id, at) => ({
          card_index: at,
          type: 'cta_url',
          header: { type: 'image', image: { link: `https://example.org/${at + 1}.jpg` } },
          body: { text: `Card ${at + 1}` },
          action: { buttons: [{ type: 'quick_reply', quick_reply: { id, title: 'Choose' } }] },
        })),
      },
    }),
  },
  {
    type: 'catalog_message',
    what: 'the catalogue',
    params: { body: 'Our goods', footer: 'Demo Parcels' },
    payload: interactive({
      type: 'catalog_message',
      body: { text: 'Our goods' },
      footer: { text: 'Demo Parcels' },
      action: { name: 'catalog_message' },
    }),
  },
  {
    type: 'catalog_message',
    what: 'the catalogue, with the picture of a product',
    params: { body: 'Our goods', thumbnail_product_retailer_id: 'sku-1' },
    payload: interactive({
      type: 'catalog_message',
      body: { text: 'Our goods' },
      action: { name: 'catalog_message', parameters: { thumbnail_product_retailer_id: 'sku-1' } },
    }),
  },
  {
    type: 'address_message',
    what: 'asking for an address',
    params: { body: 'Where to?' },
    payload: interactive({
      type: 'address_message',
      body: { text: 'Where to?' },
      action: { name: 'address_message', parameters: { country: 'IN' } },
    }),
  },
  {
    type: 'address_message',
    what: 'asking for an address again, with what is known',
    params: {
      body: 'Where to?',
      country: 'IN',
      values: { name: 'Asha', in_pin_code: '40001' },
      saved_addresses: [{ id: 'home', value: { city: 'Mumbai', in_pin_code: '400001' } }],
      validation_errors: { in_pin_code: 'It has six digits' },
    },
    payload: interactive({
      type: 'address_message',
      body: { text: 'Where to?' },
      action: {
        name: 'address_message',
        parameters: {
          country: 'IN',
          values: { name: 'Asha', in_pin_code: '40001' },
          saved_addresses: [{ id: 'home', value: { city: 'Mumbai', in_pin_code: '400001' } }],
          validation_errors: { in_pin_code: 'It has six digits' },
        },
      },
    }),
  },
  {
    type: 'call_permission_request',
    what: 'asking to call, without a word',
    params: {},
    payload: interactive({ type: 'call_permission_request', action: { name: 'call_permission_request' } }),
  },
  {
    type: 'call_permission_request',
    what: 'asking to call',
    params: { body: 'May we call you?' },
    payload: interactive({
      type: 'call_permission_request',
      body: { text: 'May we call you?' },
      action: { name: 'call_permission_request' },
    }),
  },
  {
    type: 'contact_info_request',
    what: 'asking for the number',
    params: { body: 'What is your number?' },
    payload: interactive({
      type: 'request_contact_info',
      body: { text: 'What is your number?' },
      action: { name: 'request_contact_info' },
    }),
  },
];

function card(n: number) {
  return { header: { type: 'image', image: { link: `https://example.org/${n}.jpg` } }, body: `Card ${n}` };
}

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

const SAMPLE = readFileSync('config/templates/messages.yaml', 'utf8');
const text = (value: string) => ({ text: value });

/** What arrives on the client's phone, in Meta's words, for each action of config/templates/messages.yaml without a file. */
const LOOKS: { readonly [action: string]: object } = {
  send_text: { body: 'Follow Parcel 4711 at https://example.org/parcels', preview_url: true },
  send_buttons: {
    type: 'button',
    header: { type: 'text', text: 'Delivery' },
    body: text('Is tomorrow at 10 fine for you?'),
    footer: text('You can change it until tonight'),
    action: {
      buttons: [
        { type: 'reply', reply: { id: 'fine', title: 'Fine' } },
        { type: 'reply', reply: { id: 'later', title: 'Later' } },
      ],
    },
  },
  send_list: {
    type: 'list',
    header: { type: 'text', text: 'Choose a time' },
    body: text('When shall we come?'),
    footer: text('All times are local'),
    action: {
      button: 'Times',
      sections: [
        {
          title: 'Morning',
          rows: [
            { id: 'm9', title: 'At 9', description: 'Before the shops open' },
            { id: 'm11', title: 'At 11' },
          ],
        },
        { title: 'Afternoon', rows: [{ id: 'a15', title: 'At 15' }] },
      ],
    },
  },
  send_contact: [
    {
      name: { formatted_name: 'Demo Parcels Desk', first_name: 'Demo' },
      org: { company: 'Demo Parcels' },
      phones: [{ phone: '+27 21 555 0100', type: 'WORK' }],
    },
  ],
  ask_location: {
    type: 'location_request_message',
    body: text('Where shall we bring it?'),
    action: { name: 'send_location' },
  },
  send_location: { latitude: '-33.918861', longitude: '18.4233', name: 'Our depot', address: '1 Harbour Road' },
  send_link: {
    type: 'cta_url',
    body: text('Follow your parcel on the map.'),
    action: { name: 'cta_url', parameters: { display_text: 'Follow', url: 'https://example.org/parcels' } },
  },
  send_flow: {
    type: 'flow',
    body: text('A few questions about your parcel'),
    action: {
      name: 'flow',
      parameters: { flow_message_version: '3', flow_id: '1234567890', flow_cta: 'Answer' },
    },
  },
  send_product: {
    type: 'product',
    body: text('Our large box'),
    action: { catalog_id: '194836987003835', product_retailer_id: 'box-large' },
  },
  send_products: {
    type: 'product_list',
    header: { type: 'text', text: 'Boxes' },
    body: text('All sizes'),
    action: {
      catalog_id: '194836987003835',
      sections: [
        { title: 'Small', product_items: [{ product_retailer_id: 'box-small' }] },
        { title: 'Large', product_items: [{ product_retailer_id: 'box-large' }] },
      ],
    },
  },
  send_cards: {
    type: 'carousel',
    body: text('Two ways to get it'),
    action: {
      cards: [
        ['door', 'To your door'],
        ['shop', 'To the shop'],
      ].map(([place, words], card_index) => ({
        card_index,
        type: 'cta_url',
        header: { type: 'image', image: { link: `https://example.org/${place}.jpg` } },
        body: { text: words },
        action: { name: 'cta_url', parameters: { display_text: 'Choose', url: `https://example.org/${place}` } },
      })),
    },
  },
  send_choices: {
    type: 'carousel',
    body: text('Which box?'),
    action: {
      cards: ['small', 'large'].map((id, card_index) => ({
        card_index,
        type: 'cta_url',
        header: { type: 'image', image: { link: `https://example.org/${id}.jpg` } },
        body: text(id === 'small' ? 'Small' : 'Large'),
        action: { buttons: [{ type: 'quick_reply', quick_reply: { id, title: `Take ${id}` } }] },
      })),
    },
  },
  send_linked_picture: { link: 'https://example.org/depot.jpg', caption: 'Our depot' },
  send_catalog: { type: 'catalog_message', body: text('All our boxes'), action: { name: 'catalog_message' } },
  ask_address: {
    type: 'address_message',
    body: text('Where shall we bring it?'),
    action: { name: 'address_message', parameters: { country: 'IN', values: { city: 'Mumbai' } } },
  },
  ask_to_call: {
    type: 'call_permission_request',
    body: text('May we call you about your parcel?'),
    action: { name: 'call_permission_request' },
  },
  ask_contact_info: {
    type: 'request_contact_info',
    body: text('Please share your number, so that the driver can call.'),
    action: { name: 'request_contact_info' },
  },
  send_approved: {
    name: 'general_stub_update',
    language: { code: 'en' },
    components: [
      {
        type: 'body',
        parameters: [
          { type: 'text', text: 'Parcel 4711' },
          { type: 'text', text: 'It is here.' },
        ],
      },
    ],
  },
  send_raw: {
    type: 'voice_call',
    body: text('Questions? Call us here, it is free.'),
    action: { name: 'voice_call', parameters: { display_text: 'Call' } },
  },
};

// biome-ignore lint/suspicious/noExplicitAny: Meta's message as received, read field by field
type Body = any;

interface Answered {
  readonly action: string;
  /** What the client does about the message. */
  readonly does: object;
  /** What the stub's log says then. */
  readonly message: string;
  /** One thing of Meta's own words, and what it is. */
  readonly found: (body: Body) => unknown;
  readonly is: unknown;
}

const CATALOGUE = '194836987003835';
const LARGE = { product_retailer_id: 'box-large', quantity: 2, item_price: 30, currency: 'ZAR' };
const ANSWERS: readonly Answered[] = [
  {
    action: 'send_buttons',
    does: { tap: 'Later' },
    message: 'Later',
    found: ({ interactive }) => interactive.button_reply.id,
    is: 'later',
  },
  {
    action: 'send_choices',
    does: { tap: 'Take large' },
    message: 'Take large',
    found: ({ interactive }) => interactive.button_reply.id,
    is: 'large',
  },
  {
    action: 'send_list',
    does: { tap: 'At 11' },
    message: 'At 11',
    found: ({ interactive }) => interactive.list_reply.id,
    is: 'm11',
  },
  {
    action: 'ask_location',
    does: { location: { latitude: -33.9, longitude: 18.4, name: 'Home', address: '2 Hill Road' } },
    message: '[location] Home, 2 Hill Road (-33.9, 18.4)',
    found: ({ location }) => location.latitude,
    is: -33.9,
  },
  {
    action: 'ask_contact_info',
    does: { contact_info: true },
    message: '[contacts] Thandi',
    found: ({ contacts }) => contacts[0].phones[0].phone,
    is: '+27825550100',
  },
  {
    action: 'send_flow',
    does: { flow_reply: { body: 'Sent', response_json: { floor: 3 } } },
    message: 'Sent',
    found: ({ interactive }) => JSON.parse(interactive.nfm_reply.response_json).floor,
    is: 3,
  },
  {
    action: 'ask_to_call',
    does: { call_permission: 'accept' },
    message: 'Allowed calls',
    found: ({ interactive }) => interactive.call_permission_reply.response,
    is: 'accept',
  },
  {
    action: 'ask_to_call',
    does: { call_permission: 'reject' },
    message: 'Does not allow calls',
    found: ({ interactive }) => interactive.call_permission_reply.response,
    is: 'reject',
  },
  {
    action: 'send_products',
    does: { order: { catalog_id: CATALOGUE, product_items: [LARGE] } },
    message: '[order] 2 × box-large',
    found: ({ order }) => order.product_items[0].currency,
    is: 'ZAR',
  },
];

describe('Every kind of message', () => {
  const client = '27825550100';
  let host: StoryHost;
  let stubref: string;
  before(async () => {
    host = await StoryHost.start({ messages: SAMPLE });
    stubref = await host.newStub('messages', `+${client}`);
    await host.clientSays(client, { text: 'Hello', name: 'Thandi' });
    await until('the window', async () => (await host.ask('GET', '/api/unrouted')).items.length === 1);
  });
  after(() => host.stop());

  /** Runs an action; the message that then arrives. */
  async function shown(action: string, request: object = {}) {
    const before = (await host.arrived(client)).length;
    const { stubpostuuid } = await host.run(stubref, action, request);
    const message = await host.untilNewest(client, before + 1);
    await host.untilDelivery(stubpostuuid, 'sent');
    return message;
  }

  it('that the channel takes has an action in the sample template', async () => {
    const platforms = { meta_whatsapp: { message_type: 'letter', params: {} } };
    const { error } = await host.ask('POST', '/api/send', { to: client, platforms }, 422);
    const taken: string[] = error.message.match(/one of: (.*)\.$/)[1].split(', ');
    const shown = [...SAMPLE.matchAll(/message_type: (\w+)/g)].map(([, type]) => type);
    assert.ok(taken.length > 15, error.message);
    assert.deepEqual([...new Set(shown)].sort(), taken.sort());
  });

  for (const [action, looks] of Object.entries(LOOKS)) {
    it(`${action} looks on the client’s phone as it is written`, async () => {
      const { type, payload } = await shown(action, { message: 'It is here.' });
      assert.deepEqual(payload[type], looks);
      assert.equal(payload.to, `+${client}`);
    });
  }

  it('a reaction stands on the client’s own message', async () => {
    const [hello] = await host.chat(client);
    const { type, payload } = await shown('react', { data: { message_id: hello!.id } });
    assert.deepEqual([type, payload.reaction], ['reaction', { message_id: hello!.id, emoji: '👍' }]);
  });

  it('a quote shows the client’s own message above, and nothing where there is none', async () => {
    const [hello] = await host.chat(client);
    const quoting = await shown('send_quote', { data: { message_id: hello!.id } });
    assert.deepEqual(quoting.payload.context, { message_id: hello!.id });
    assert.equal((await shown('send_quote')).payload.context, undefined);
  });

  for (const { action, does, message, found, is } of ANSWERS) {
    it(`the answer to ${action} comes to the stub that asked: ${message}`, async () => {
      await shown(action);
      const known = (await host.posts(stubref)).length;
      await host.clientSays(client, does);
      const post = (await host.untilPosts(stubref, known + 1)).at(-1);
      assert.deepEqual([post.action_name, post.message], ['_update_from_whatsapp', message]);
      assert.equal(found(post.data._incoming_whatsapp_data.whatsapp_body), is);
      assert.equal((await host.conversation(client)).nextreply, null, 'used up');
    });
  }
});

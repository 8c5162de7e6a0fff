import { type Example, interactive, SELLING } from './message-selling-examples.js';

export const PICTURE = '11111111-1111-4111-8111-111111111111';
const RECORDING = '22222222-2222-4222-8222-222222222222';
const PAPER = '33333333-3333-4333-8333-333333333333';
const STICKER = '44444444-4444-4444-8444-444444444444';
export const FILES = [
  { fileuuid: PICTURE, contentType: 'image/jpeg', size: 9_000, originalname: 'gate.jpg' },
  { fileuuid: RECORDING, contentType: 'audio/ogg; codecs=opus', size: 9_000 },
  { fileuuid: PAPER, contentType: 'application/pdf', size: 9_000, originalname: 'Rechnung März.pdf' },
  { fileuuid: STICKER, contentType: 'image/webp', size: 9_000 },
];
const world = { files: FILES };
const NAME = { formatted_name: 'Thandi Nkosi', first_name: 'Thandi', last_name: 'Nkosi' };
const PHONE = { phone: '+27 82 555 0101', type: 'WORK', wa_id: '27825550101' };
const ADDRESS = {
  street: '1 Long Street',
  city: 'Cape Town',
  country: 'South Africa',
  country_code: 'za',
  type: 'HOME',
};
const CONTACT = {
  name: NAME,
  org: { company: 'Demo Parcels', title: 'Driver' },
  phones: [PHONE],
  emails: [{ email: 'thandi@example.org', type: 'WORK' }],
  addresses: [ADDRESS],
  urls: [{ url: 'https://example.org', type: 'WORK' }],
  birthday: '1990-01-31',
};
const { addresses: _, ...inPlatformSpelling } = { ...CONTACT, address: [ADDRESS] };

/** Every message type at least once, as an author writes it and as Meta gets it. */
export const EXAMPLES: readonly Example[] = [
  {
    type: 'text',
    what: 'a text',
    params: { body: 'It is on its way' },
    payload: { type: 'text', text: { body: 'It is on its way', preview_url: true } },
  },
  {
    type: 'template',
    what: 'texts of a template that is not known',
    params: { whatsapp_template_name: 'update', whatsapp_template_params_array: ['A', 7] },
    payload: {
      type: 'template',
      template: {
        name: 'update',
        language: { code: 'en' },
        components: [
          {
            type: 'body',
            parameters: [
              { type: 'text', text: 'A' },
              { type: 'text', text: '7' },
            ],
          },
        ],
      },
    },
  },
  {
    type: 'media',
    what: 'a picture with a caption',
    params: { files: [{ fileuuid: PICTURE, filename: 'x' }], caption: 'Your gate' },
    payload: { type: 'image', image: { fileuuid: PICTURE, caption: 'Your gate' } },
    world,
  },
  {
    type: 'media',
    what: 'a voice note, as a bare fileuuid',
    params: { files: RECORDING },
    payload: { type: 'audio', audio: { fileuuid: RECORDING, voice: true } },
    world,
  },
  {
    type: 'media',
    what: 'a document with its name',
    params: { files: { fileuuid: PAPER }, caption: 'The bill' },
    payload: { type: 'document', document: { fileuuid: PAPER, caption: 'The bill', filename: 'Rechnung März.pdf' } },
    world,
  },
  {
    type: 'buttons',
    what: 'two buttons under a picture',
    params: {
      header: { type: 'image', image: { fileuuid: PICTURE } },
      body: 'Is this your gate?',
      footer: 'Demo Parcels',
      buttons: [
        { id: 'yes', title: 'Yes' },
        { id: 'no', title: 'No' },
      ],
    },
    payload: interactive({
      type: 'button',
      header: { type: 'image', image: { fileuuid: PICTURE } },
      body: { text: 'Is this your gate?' },
      footer: { text: 'Demo Parcels' },
      action: {
        buttons: [
          { type: 'reply', reply: { id: 'yes', title: 'Yes' } },
          { type: 'reply', reply: { id: 'no', title: 'No' } },
        ],
      },
    }),
    world,
  },
  {
    type: 'list',
    what: 'a list of two sections',
    params: {
      header: { type: 'text', text: 'Times' },
      body: { text: 'When do you want it?' },
      footer: { text: 'Demo Parcels' },
      action: {
        button: 'Choose',
        sections: [
          { title: 'Today', rows: [{ id: 't1', title: 'At 15:00', description: 'From the depot' }] },
          { title: 'Tomorrow', rows: [{ id: 't2', title: 'At 09:00' }] },
        ],
      },
    },
    payload: interactive({
      type: 'list',
      header: { type: 'text', text: 'Times' },
      body: { text: 'When do you want it?' },
      footer: { text: 'Demo Parcels' },
      action: {
        button: 'Choose',
        sections: [
          { title: 'Today', rows: [{ id: 't1', title: 'At 15:00', description: 'From the depot' }] },
          { title: 'Tomorrow', rows: [{ id: 't2', title: 'At 09:00' }] },
        ],
      },
    }),
  },
  {
    type: 'contacts',
    what: 'a contact in the platform’s spelling, name and org as lists of one',
    params: { ...inPlatformSpelling, name: [NAME], org: [CONTACT.org] },
    payload: { type: 'contacts', contacts: [CONTACT] },
  },
  {
    type: 'contacts',
    what: 'contacts in Meta’s spelling',
    params: [CONTACT, { name: NAME, phones: [PHONE] }],
    payload: { type: 'contacts', contacts: [CONTACT, { name: NAME, phones: [PHONE] }] },
  },
  {
    type: 'location_request',
    what: 'asking for a place',
    params: { body: 'Where are you?' },
    payload: interactive({
      type: 'location_request_message',
      body: { text: 'Where are you?' },
      action: { name: 'send_location' },
    }),
  },
  {
    type: 'location',
    what: 'a place, as number and text',
    params: { latitude: -33.9249, longitude: '18.4241', name: 'Depot', address: '1 Long Street' },
    payload: {
      type: 'location',
      location: { latitude: '-33.9249', longitude: '18.4241', name: 'Depot', address: '1 Long Street' },
    },
  },
  {
    type: 'reaction',
    what: 'an emoji of many code points',
    params: { message_id: 'wamid.HBg=', emoji: '👩🏽‍🚀' },
    payload: { type: 'reaction', reaction: { message_id: 'wamid.HBg=', emoji: '👩🏽‍🚀' } },
  },
  {
    type: 'sticker',
    what: 'a sticker of ours',
    params: { fileuuid: STICKER },
    payload: { type: 'sticker', sticker: { fileuuid: STICKER } },
    world,
  },
  {
    type: 'cta_url',
    what: 'a button with a link',
    params: { header: 'Track it', body: 'See where it is', display_text: 'Open', url: 'https://example.org/p/1?a=b' },
    payload: interactive({
      type: 'cta_url',
      header: { type: 'text', text: 'Track it' },
      body: { text: 'See where it is' },
      action: { name: 'cta_url', parameters: { display_text: 'Open', url: 'https://example.org/p/1?a=b' } },
    }),
  },
  ...SELLING,
  {
    type: 'raw',
    what: 'Meta’s object with a quote',
    params: { type: 'text', text: { body: 'Hello' }, context: { message_id: 'wamid.1' } },
    payload: { type: 'text', text: { body: 'Hello' }, context: { message_id: 'wamid.1' } },
  },
];

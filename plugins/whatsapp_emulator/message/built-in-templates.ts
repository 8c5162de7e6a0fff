import { TemplateDefinition } from './template-definition.js';

const quickReply = (text: string) => ({ type: 'QUICK_REPLY', text });
const card = (text: string) => ({
  components: [
    { type: 'HEADER', format: 'IMAGE' },
    { type: 'BODY', text },
    { type: 'BUTTONS', buttons: [quickReply('Tell me more')] },
  ],
});

/** What every account has: the two templates that the product itself sends, then one sample of each kind. */
export const BUILT_IN_TEMPLATES: readonly TemplateDefinition[] = [
  {
    name: 'general_interaction_request',
    components: [
      { type: 'BODY', text: '{{1}} has an update for you and would like to send it here. Is that all right?' },
      { type: 'BUTTONS', buttons: [quickReply('Allow'), quickReply('Reject')] },
    ],
  },
  {
    name: 'general_stub_update',
    components: [{ type: 'BODY', text: 'News about {{1}}: {{2}} Thank you for your patience.' }],
  },
  {
    name: 'sample_photo',
    components: [
      { type: 'HEADER', format: 'IMAGE' },
      { type: 'BODY', text: 'Here is the photo of {{1}} that you asked for.' },
    ],
  },
  {
    name: 'sample_named',
    parameter_format: 'NAMED',
    components: [
      { type: 'HEADER', format: 'TEXT', text: 'Order {{order_number}}' },
      { type: 'BODY', text: 'Hello {{first_name}}, we expect it on {{day}} at your door.' },
      { type: 'FOOTER', text: 'Sent by the sample company' },
    ],
  },
  {
    name: 'sample_tracking_link',
    components: [
      { type: 'BODY', text: 'Your parcel {{1}} is on its way.' },
      {
        type: 'BUTTONS',
        buttons: [
          { type: 'URL', text: 'Track it', url: 'https://example.com/track/{{1}}' },
          { type: 'PHONE_NUMBER', text: 'Call us', phone_number: '+15550000001' },
        ],
      },
    ],
  },
  {
    name: 'sample_offer',
    category: 'MARKETING',
    components: [
      { type: 'BODY', text: 'Ten per cent off everything, this week only.' },
      {
        type: 'BUTTONS',
        buttons: [{ type: 'COPY_CODE', text: 'Copy offer code', example: ['SPRING10'] }, quickReply('Stop offers')],
      },
    ],
  },
  {
    name: 'sample_cards',
    category: 'MARKETING',
    components: [
      { type: 'BODY', text: 'Two things for you, {{1}}.' },
      { type: 'CAROUSEL', cards: [card('The first: {{1}}'), card('The second: {{1}}')] },
    ],
  },
  {
    name: 'sample_login_code',
    category: 'AUTHENTICATION',
    components: [
      { type: 'BODY', text: '*{{1}}* is your verification code.' },
      {
        type: 'BUTTONS',
        buttons: [
          {
            type: 'URL',
            text: 'Copy code',
            url: 'https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}',
          },
        ],
      },
    ],
  },
  {
    name: 'sample_rejected',
    category: 'MARKETING',
    status: 'REJECTED',
    rejected_reason: 'TAG_CONTENT_MISMATCH',
    components: [{ type: 'BODY', text: 'Win a prize, {{1}}!' }],
  },
].map((template) => TemplateDefinition.parse({ language: 'en', ...template }));

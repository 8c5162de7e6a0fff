import { z } from 'zod';
import type { MessageType } from './message-type.js';

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const HOLDS_EMOJI = /\p{Extended_Pictographic}|\p{Regional_Indicator}{2}|[0-9#*]\uFE0F?\u20E3/u;

/** One emoji as people see it, however many code points it is made of; empty takes the reaction back. */
export const Emoji = z.string().superRefine((emoji, context) => {
  const signs = [...graphemes.segment(emoji)].length;
  if (signs === 0 || (signs === 1 && HOLDS_EMOJI.test(emoji))) return;
  const found = signs === 1 ? 'is one sign and no emoji' : `has ${signs} signs`;
  const message = `${found}; WhatsApp takes one emoji, or an empty text to take a reaction back.`;
  context.addIssue({ code: 'custom', message });
});

const Params = z
  .strictObject({
    message_id: z
      .string()
      .min(1)
      .describe('Meta’s id of the message: ~~stubpost.data._incoming_whatsapp_data.whatsapp_body.id'),
    emoji: Emoji.describe('One emoji; an empty text takes the reaction back'),
  })
  .describe('An emoji on a message of the client');

/** An emoji on a message of the client. https://developers.facebook.com/docs/whatsapp/cloud-api/messages/reaction-messages */
export const reaction: MessageType<z.infer<typeof Params>> = {
  name: 'reaction',
  params: Params,
  needsNoWindow: false,
  noQuote: 'is not allowed with a reaction: its message_id names the message. Remove the key.',
  build: ({ message_id, emoji }) => ({ ok: true, payload: { type: 'reaction', reaction: { message_id, emoji } } }),
};

import { z } from 'zod';
import type { MessageType } from './message-type.js';
import { words } from './meta-limits.js';

export const MAX_TEXT = 4_096;

const Params = z
  .strictObject({
    body: words(MAX_TEXT).describe('What the client reads'),
    preview_url: z.boolean().default(true).describe('Show a preview of the first link in the text'),
  })
  .describe('A plain text');

/** A plain text. https://developers.facebook.com/docs/whatsapp/cloud-api/messages/text-messages */
export const text: MessageType<z.infer<typeof Params>> = {
  name: 'text',
  params: Params,
  needsNoWindow: false,
  build: ({ body, preview_url }) => ({ ok: true, payload: { type: 'text', text: { body, preview_url } } }),
};

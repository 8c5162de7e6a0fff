import { z } from 'zod';
import type { MessageType } from './message-type.js';
import { words } from './meta-limits.js';

export const MAX_TEXT = 4_096;

const Params = z.strictObject({
  body: words(MAX_TEXT),
  preview_url: z.boolean().default(true),
});

/** A plain text. https://developers.facebook.com/docs/whatsapp/cloud-api/messages/text-messages */
export const text: MessageType<z.infer<typeof Params>> = {
  name: 'text',
  params: Params,
  needsNoWindow: false,
  build: ({ body, preview_url }) => ({ ok: true, payload: { type: 'text', text: { body, preview_url } } }),
};

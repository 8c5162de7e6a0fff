import { z } from 'zod';
import { characters, type MessageType } from './message-type.js';

const Params = z.strictObject({
  /** 1–4096 characters. */
  body: z.string().superRefine((body, context) => {
    const length = characters(body);
    if (length < 1 || length > 4_096) {
      context.addIssue({
        code: 'custom',
        message: `has ${length} characters; WhatsApp takes 1 to 4096. Shorten it, or send it in parts.`,
      });
    }
  }),
  preview_url: z.boolean().default(true),
});

/** A plain text. https://developers.facebook.com/docs/whatsapp/cloud-api/messages/text-messages */
export const text: MessageType<z.infer<typeof Params>> = {
  name: 'text',
  params: Params,
  needsNoWindow: false,
  build: ({ body, preview_url }) => ({ ok: true, payload: { type: 'text', text: { body, preview_url } } }),
};

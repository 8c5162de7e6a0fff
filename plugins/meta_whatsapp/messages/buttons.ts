import { z } from 'zod';
import { Body, Footer, Header, interactive } from './interactive-object.js';
import type { MessageType } from './message-type.js';
import { idText, listOf, refuseRepeats, words } from './meta-limits.js';

const Button = z.strictObject({
  id: idText(20).describe('What a tap reports; another for each button'),
  title: words(20).describe('Text of the button; another for each button'),
});

const Params = z
  .strictObject({
    header: Header.optional(),
    body: Body,
    footer: Footer.optional(),
    buttons: listOf(Button, 3)
      .superRefine((buttons, context) => {
        for (const key of ['id', 'title'] as const) {
          const values = buttons.map((button, index) => ({ value: button[key], path: [index, key] }));
          refuseRepeats(values, key, context);
        }
      })
      .describe('The buttons to tap'),
  })
  .describe('A text with up to three buttons to tap');

/** Up to three buttons that answer. https://developers.facebook.com/docs/whatsapp/cloud-api/messages/interactive-reply-buttons-messages */
export const buttons: MessageType<z.infer<typeof Params>> = {
  name: 'buttons',
  params: Params,
  needsNoWindow: false,
  build: ({ buttons: given, ...parts }) =>
    interactive('button', { ...parts, action: { buttons: given.map((reply) => ({ type: 'reply', reply })) } }),
};

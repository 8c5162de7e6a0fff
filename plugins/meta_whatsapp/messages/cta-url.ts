import { z } from 'zod';
import { Body, Footer, Header, interactive } from './interactive-object.js';
import type { MessageType } from './message-type.js';
import { httpLink, words } from './meta-limits.js';

/** The words on a button that opens a link. */
export const DisplayText = words(20).describe('Text of the button');

const Params = z
  .strictObject({
    header: Header.optional(),
    body: Body,
    footer: Footer.optional(),
    display_text: DisplayText,
    url: httpLink.describe('The link that it opens'),
  })
  .describe('A text with a button that opens a link; a tap is not reported');

/** A button that opens a link; a tap is not reported. https://developers.facebook.com/docs/whatsapp/cloud-api/messages/interactive-cta-url-messages */
export const ctaUrl: MessageType<z.infer<typeof Params>> = {
  name: 'cta_url',
  params: Params,
  needsNoWindow: false,
  build: ({ display_text, url, ...parts }) =>
    interactive('cta_url', { ...parts, action: { name: 'cta_url', parameters: { display_text, url } } }),
};

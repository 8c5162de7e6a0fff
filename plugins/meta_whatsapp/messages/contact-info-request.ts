import { z } from 'zod';
import { Body, interactive } from './interactive-object.js';
import type { MessageType } from './message-type.js';

const Params = z.strictObject({ body: Body }).describe('Asks a client whose number is hidden to share it');

/** Asks a client whose number is hidden to share it; the answer is a message of contacts. https://developers.facebook.com/docs/whatsapp/business-scoped-user-ids */
export const contactInfoRequest: MessageType<z.infer<typeof Params>> = {
  name: 'contact_info_request',
  params: Params,
  needsNoWindow: false,
  build: ({ body }) => interactive('request_contact_info', { body, action: { name: 'request_contact_info' } }),
};

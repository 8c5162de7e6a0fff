import { z } from 'zod';
import { Body, interactive } from './interactive-object.js';
import type { MessageType } from './message-type.js';

const Params = z
  .strictObject({ body: Body })
  .describe('Asks where the client is; the answer is a location that quotes it');

/** Asks where the client is; the answer is a location that quotes this. https://developers.facebook.com/docs/whatsapp/cloud-api/messages/location-request-messages */
export const locationRequest: MessageType<z.infer<typeof Params>> = {
  name: 'location_request',
  params: Params,
  needsNoWindow: false,
  build: ({ body }) => interactive('location_request_message', { body, action: { name: 'send_location' } }),
};

import { z } from 'zod';
import { Body, interactive } from './interactive-object.js';
import type { MessageType } from './message-type.js';

const Params = z.strictObject({ body: Body.optional() }).describe('Asks whether the business may call');

/** Asks whether the business may call. https://developers.facebook.com/docs/whatsapp/cloud-api/calling/user-call-permissions */
export const callPermissionRequest: MessageType<z.infer<typeof Params>> = {
  name: 'call_permission_request',
  params: Params,
  needsNoWindow: false,
  build: ({ body }) => interactive('call_permission_request', { body, action: { name: 'call_permission_request' } }),
};

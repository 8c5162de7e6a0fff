import { z } from 'zod';
import type { JsonObject } from '../../../core/index.js';
import type { MessageType } from './message-type.js';

const Params = z.strictObject({
  whatsapp_template_name: z
    .string()
    .regex(/^[a-z0-9_]{1,512}$/, 'is no WhatsApp template’s name: these have small letters, digits and _, 512 at most'),
  /** Texts in order (header, body, buttons), or Meta's `components`. */
  whatsapp_template_params_array: z
    .union([z.array(z.string()), z.array(z.looseObject({ type: z.string() }))])
    .default([]),
  language: z.string().min(2).optional(),
});

/** A WhatsApp template: may go out at any time. https://developers.facebook.com/docs/whatsapp/cloud-api/messages/template-messages */
export const template: MessageType<z.infer<typeof Params>> = {
  name: 'template',
  params: Params,
  needsNoWindow: true,
  build: ({ whatsapp_template_name: name, whatsapp_template_params_array: given, language }, sender) => {
    const components = componentsOf(given);
    const body = {
      name,
      language: { code: language ?? sender.language },
      ...(components.length > 0 && { components }),
    };
    return { ok: true, payload: { type: 'template', template: body } };
  },
};

/** Texts alone fill the body: which of them belong to header or buttons is known once the catalogue is synced. */
function componentsOf(given: readonly (string | { type: string })[]): JsonObject[] {
  if (given.length === 0) return [];
  if (typeof given[0] !== 'string') return given as unknown as JsonObject[];
  return [{ type: 'body', parameters: given.map((value) => ({ type: 'text', text: String(value) })) }];
}

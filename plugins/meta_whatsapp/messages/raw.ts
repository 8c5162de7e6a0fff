import { z } from 'zod';
import type { JsonObject } from '../../../core/index.js';
import { DirectSend, type DirectSendMessage, directSendProblems } from './direct-send.js';
import type { MessageType } from './message-type.js';
import { passOn, RAW_LIMITS } from './raw-limits.js';

/** What we say ourselves: to whom, from where, and the id that brings statuses back. */
const ENVELOPE: readonly string[] = [
  'messaging_product',
  'recipient_type',
  'to',
  'recipient',
  'biz_opaque_callback_data',
];

const RECEIPT: readonly string[] = ['status', 'message_id', 'typing_indicator'];

const Params = z
  .looseObject({
    type: z.string().min(1).describe('Meta’s type; the object stands under a key of that name'),
    context: z
      .strictObject({ message_id: z.string().min(1).describe('Meta’s id of the message') })
      .optional()
      .describe('The message that it quotes'),
    ...DirectSend,
  })
  .superRefine((message, context) => {
    const refuse = (path: PropertyKey[], text: string) => context.addIssue({ code: 'custom', path, message: text });
    const { type } = message;
    for (const key of ENVELOPE.filter((key) => key in message))
      refuse([key], 'is part of the envelope, which send_to and the profile make up; take the key away.');
    if (type.toLowerCase() === 'reaction' && message.context)
      refuse(['context'], 'is not allowed with a reaction: its message_id names the message. Remove the key.');
    for (const key of RECEIPT.filter((key) => key in message))
      refuse([key], 'makes a read receipt of it, which is no message; the task send_typing_indicator sends these.');
    for (const [key, problem] of directSendProblems(message as DirectSendMessage)) refuse([key], problem);
    const key = Object.hasOwn(message, type) ? type : type.toLowerCase();
    const content = Object.hasOwn(message, key) ? message[key] : undefined;
    if (content === undefined)
      refuse(['type'], `is "${type}"; Meta’s object of that type has to stand under "${type}".`);
    else if (typeof content !== 'object' || content === null) refuse([key], 'is not an object.');
    else passOn(RAW_LIMITS.get(type.toLowerCase()), content, [key], context);
  })
  .describe('Meta’s own object { type, <type>: … }, checked against its limits and sent as it is');

/** Meta's own object, `{type, <type>: …}`: checked against its limits where they are known, and sent as it is. */
export const raw: MessageType<z.infer<typeof Params>> = {
  name: 'raw',
  params: Params,
  // Direct Send makes a WhatsApp template of it.
  needsNoWindow: ({ type, category }) => String(type).toLowerCase() === 'template' || category !== undefined,
  noQuote: 'belongs inside raw: write params.raw.context: { message_id: … }.',
  build: (message) => ({ ok: true, payload: message as JsonObject }),
};

import { z } from 'zod';
import { badParam, GraphError, missing } from '../graph/graph-error.js';
import { checkInteractive } from './check-interactive.js';
import { checkTemplate } from './check-template.js';
import { checkText } from './check-text.js';
import type { CheckedMessage } from './checked-message.js';
import { type Recipient, readRecipient } from './recipient.js';
import { chars, shaped } from './shape.js';
import type { TemplateCatalogue } from './template-catalogue.js';

/** Types that the API has and that are not played here yet. */
const NOT_YET = ['audio', 'contacts', 'document', 'image', 'location', 'reaction', 'sticker', 'video'] as const;
const PLAYED = ['interactive', 'template', 'text'] as const;
const TYPES: readonly string[] = [...NOT_YET, ...PLAYED].sort();

const Envelope = z.looseObject({
  recipient_type: z.enum(['individual', 'group'], 'must be individual or group').optional(),
  context: z.strictObject({ message_id: z.string().min(1) }).optional(),
  biz_opaque_callback_data: chars(0, 512).optional(),
  type: z.string().default('text'),
});
const KEYS = new Set<string>([
  'messaging_product', 'recipient_type', 'to', 'recipient', 'context', 'biz_opaque_callback_data', 'type', ...TYPES,
]); // biome-ignore format: one line reads best

export interface CheckedSend {
  readonly recipient: Recipient;
  readonly message: CheckedMessage;
  readonly quotes?: string;
  readonly callbackData?: string;
}

export interface CheckedRead {
  readonly messageId: string;
  readonly typing: boolean;
}

const Read = z.strictObject({
  messaging_product: z.literal('whatsapp'),
  status: z.literal('read', 'must be read'),
  message_id: z.string().min(1),
  typing_indicator: z.strictObject({ type: z.literal('text', 'must be text') }).optional(),
});

export type JsonBody = { readonly [key: string]: unknown };

/** The body of a POST to `…/messages`: an object of the product whatsapp. */
export function readBody(text: string): JsonBody {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw badParam('The body is not JSON.');
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw badParam('The body is not an object.');
  if (!('messaging_product' in body)) throw badParam('The parameter messaging_product is required.');
  if (body.messaging_product !== 'whatsapp') throw badParam('Param messaging_product must be one of {WHATSAPP}.');
  return body as JsonBody;
}

/** Mark as read, with or without the typing indicator. */
export function checkRead(body: JsonBody): CheckedRead {
  const { message_id, typing_indicator } = shaped(Read, body, 'messages');
  return { messageId: message_id, typing: typing_indicator !== undefined };
}

function checkContent(type: string, content: unknown, catalogue: TemplateCatalogue): CheckedMessage {
  if ((NOT_YET as readonly string[]).includes(type))
    throw new GraphError(131051, `Messages of type ${type} are not played by this emulator yet.`);
  if (!TYPES.includes(type))
    throw badParam(`Param type must be one of {${TYPES.join(', ').toUpperCase()}} - got "${type}".`);
  if (content === undefined) throw missing(type);
  if (type === 'text') return checkText(content);
  return type === 'template' ? checkTemplate(content, catalogue) : checkInteractive(content);
}

/** Everything about a send that can be told from its body: Meta's error for the first thing wrong with it. */
export function checkSend(body: JsonBody, business: string, catalogue: TemplateCatalogue): CheckedSend {
  const stray = Object.keys(body).find((key) => !KEYS.has(key));
  if (stray) throw badParam(`Unexpected key "${stray}".`);
  const { type, recipient_type, context, biz_opaque_callback_data } = shaped(Envelope, body, 'messages');
  if (recipient_type === 'group') throw new GraphError(131051, 'Groups are not played by this emulator yet.');
  return {
    recipient: readRecipient(body, business),
    message: checkContent(type, body[type], catalogue),
    ...(context && { quotes: context.message_id }),
    ...(biz_opaque_callback_data !== undefined && { callbackData: biz_opaque_callback_data }),
  };
}

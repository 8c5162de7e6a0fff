import { z } from 'zod';
import { badParam, GraphError, invalid, missing } from '../graph/graph-error.js';
import { checkContacts } from './check-contacts.js';
import { checkInteractive } from './check-interactive.js';
import { checkLocation } from './check-location.js';
import { checkMedia } from './check-media.js';
import { checkReaction } from './check-reaction.js';
import { checkTemplate, type TemplateShelf } from './check-template.js';
import { checkText } from './check-text.js';
import { type CheckedMessage, MESSAGE_TYPES, type MessageTypeName } from './checked-message.js';
import { type Recipient, readRecipient } from './recipient.js';
import { chars, shaped } from './shape.js';

const Envelope = z.looseObject({
  recipient_type: z.enum(['individual', 'group'], 'must be individual or group').optional(),
  context: z
    .strictObject({
      message_id: z.string().startsWith('wamid.', 'must be the id of a message, which begins with wamid.'),
    })
    .optional(),
  biz_opaque_callback_data: chars(0, 512).optional(),
  type: z.string('must be a string').default('text'),
});
const KEYS = new Set<string>([
  'messaging_product', 'recipient_type', 'to', 'recipient', 'context', 'biz_opaque_callback_data', 'type', ...MESSAGE_TYPES,
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

/** A JSON object. */
export function readObject(text: string): JsonBody {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw badParam('The body is not JSON.');
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw badParam('The body is not an object.');
  return body as JsonBody;
}

/** The body of a POST to `…/messages`: an object of the product whatsapp. */
export function readBody(text: string): JsonBody {
  const body = readObject(text);
  if (!('messaging_product' in body)) throw badParam('The parameter messaging_product is required.');
  if (body.messaging_product !== 'whatsapp') throw badParam('Param messaging_product must be one of {WHATSAPP}.');
  return body;
}

/** Mark as read, with or without the typing indicator. */
export function checkRead(body: JsonBody): CheckedRead {
  const { message_id, typing_indicator } = shaped(Read, body, 'messages');
  return { messageId: message_id, typing: typing_indicator !== undefined };
}

const isKnown = (type: string): type is MessageTypeName => (MESSAGE_TYPES as readonly string[]).includes(type);

async function checkContent(type: string, content: unknown, templates: TemplateShelf): Promise<CheckedMessage> {
  if (!isKnown(type))
    throw badParam(`Param type must be one of {${MESSAGE_TYPES.join(', ').toUpperCase()}} - got "${type}".`);
  if (content === undefined) throw missing(type);
  switch (type) {
    case 'text':
      return checkText(content);
    case 'template':
      return checkTemplate(content, templates);
    case 'interactive':
      return checkInteractive(content);
    case 'location':
      return checkLocation(content);
    case 'contacts':
      return checkContacts(content);
    case 'reaction':
      return checkReaction(content);
    default:
      return checkMedia(type, content);
  }
}

/** Everything about a send that can be told from its body and the templates: Meta's error for the first thing wrong. */
export async function checkSend(body: JsonBody, business: string, templates: TemplateShelf): Promise<CheckedSend> {
  const stray = Object.keys(body).find((key) => !KEYS.has(key));
  if (stray) throw badParam(`Unexpected key "${stray}".`);
  const { type, recipient_type, context, biz_opaque_callback_data } = shaped(Envelope, body, 'messages');
  if (recipient_type === 'group') throw new GraphError(131051, 'Groups are not played by this emulator.');
  const recipient = readRecipient(body, business);
  const message = await checkContent(type, body[type], templates);
  if (context && type === 'reaction') throw invalid('context: is not allowed with a reaction.');
  if (recipient.by === 'user_id' && message.numberOnly)
    throw new GraphError(131062, 'recipient: authentication templates need a phone number in to.');
  return {
    recipient,
    message,
    ...(context && { quotes: context.message_id }),
    ...(biz_opaque_callback_data !== undefined && { callbackData: biz_opaque_callback_data }),
  };
}

import { z } from 'zod';
import { badParam, GraphError, invalid, missing } from '../graph/graph-error.js';
import type { JsonBody } from '../graph/graph-parameters.js';
import { notPlayed } from '../graph/not-played.js';
import { checkContacts } from './check-contacts.js';
import { checkDirectSend, type DirectSend, DirectSendParameters } from './check-direct-send.js';
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
  recipient_identity_key_hash: chars(1, 512).optional(),
  type: z
    .string('must be a string')
    .default('text')
    .transform((type) => type.toLowerCase()),
  ...DirectSendParameters,
});
const KEYS = new Set<string>([
  'messaging_product', 'to', 'recipient', ...Object.keys(Envelope.shape), ...MESSAGE_TYPES,
]); // biome-ignore format: one line reads best

export interface CheckedSend {
  readonly recipient: Recipient;
  readonly message: CheckedMessage;
  readonly quotes?: string;
  readonly callbackData?: string;
  /** The message fails if the recipient's identity key has another hash. */
  readonly identityKeyHash?: string;
  readonly directSend?: DirectSend;
  /** The parameters in Meta's documented form. */
  readonly payload: JsonBody;
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

/** Mark as read, with or without the typing indicator. */
export function checkRead(body: JsonBody): CheckedRead {
  const { message_id, typing_indicator } = shaped(Read, body, 'messages');
  return { messageId: message_id, typing: typing_indicator !== undefined };
}

const isKnown = (type: string): type is MessageTypeName => (MESSAGE_TYPES as readonly string[]).includes(type);

/** Reads a message's content: an object or a list, or JSON text of one. */
function contentOf(body: JsonBody, type: MessageTypeName): unknown {
  const content = body[type];
  if (content === undefined) throw missing(type);
  if (typeof content !== 'string') return content;
  try {
    return JSON.parse(content);
  } catch {
    return content; // of the wrong type; the check reports it
  }
}

async function checkContent(
  type: MessageTypeName,
  content: unknown,
  templates: TemplateShelf,
): Promise<CheckedMessage> {
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
  const envelope = shaped(Envelope, body, 'messages');
  const { type, context, biz_opaque_callback_data, recipient_identity_key_hash } = envelope;
  if (envelope.recipient_type === 'group') throw notPlayed('groups', 131051);
  const recipient = readRecipient(body, business);
  if (!isKnown(type))
    throw badParam(`Param type must be one of {${MESSAGE_TYPES.join(', ').toUpperCase()}} - got "${type}".`);
  const content = contentOf(body, type);
  const checked = await checkContent(type, content, templates);
  const directSend = checkDirectSend(envelope, checked, content);
  const message = directSend ? { ...checked, ...directSend.message } : checked;
  if (context && type === 'reaction') throw invalid('context: is not allowed with a reaction.');
  if (recipient.by === 'user_id' && message.numberOnly)
    throw new GraphError(131062, 'recipient: authentication templates need a phone number in to.');
  return {
    recipient,
    message,
    payload: { ...body, type, [type]: content },
    ...(context && { quotes: context.message_id }),
    ...(biz_opaque_callback_data !== undefined && { callbackData: biz_opaque_callback_data }),
    ...(recipient_identity_key_hash !== undefined && { identityKeyHash: recipient_identity_key_hash }),
    ...(directSend && { directSend }),
  };
}

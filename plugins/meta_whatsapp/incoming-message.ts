import type { JsonObject } from '../../core/index.js';
import type { IncomingLetter } from './webhook-letters.js';

const object = (value: unknown): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
const string = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** What the client said, as a stubpost's message: text, caption, button or row title, or a short description. */
export function textOf(message: JsonObject): string {
  const type = string(message['type']) ?? 'unknown';
  const content = object(message[type]);
  switch (type) {
    case 'text':
      return string(content['body']) ?? '';
    case 'button':
      return string(content['text']) ?? '';
    case 'interactive': {
      const reply = object(content['button_reply'] ?? content['list_reply']);
      return string(reply['title']) ?? string(object(content['nfm_reply'])['body']) ?? '[interactive]';
    }
    default:
      return string(content['caption']) ?? `[${type}]`;
  }
}

/** What is about another message, or comes from Meta itself: no word of the client's. It answers nothing and uses up nothing. */
export const isAside = (message: JsonObject): boolean => ASIDES.has(String(message['type']));
const ASIDES = new Set(['reaction', 'edit', 'revoke', 'system']);

/** Of these, what the client did nevertheless: it shows that they are there and willing. */
export const isOfMeta = (message: JsonObject): boolean => message['type'] === 'system' || message['type'] === 'revoke';

/** The message that this one quotes or whose button it taps. */
export const quotedIdOf = (message: JsonObject): string | undefined => string(object(message['context'])['id']);

/** `_incoming_whatsapp_data` of the stubpost, and the data of the event. */
export function incomingData(letter: IncomingLetter, profile: string, orguuid: string, storedAtMs: number): JsonObject {
  const { message, from, userId, name, to, phoneNumberId } = letter;
  return {
    message: textOf(message),
    ...(from !== undefined && { from }),
    ...(userId !== undefined && { from_user_id: userId }),
    from_name: name,
    to,
    whatsapp_profile_name: profile,
    whatsapp_body: {
      ...message,
      received_date_time: new Date(storedAtMs).toISOString(),
      phone_number_id: phoneNumberId,
      to,
      orguuid,
    },
  };
}

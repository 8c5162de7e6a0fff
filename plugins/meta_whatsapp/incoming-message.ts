import type { JsonObject } from '../../core/index.js';
import { textOf } from './message-text.js';
import { objectOf, textIn } from './webhook-json.js';
import type { IncomingLetter } from './webhook-letters.js';

/** What is about another message, or comes from Meta itself: no word of the client's. It answers nothing and uses up nothing. */
export const isAside = (message: JsonObject): boolean => ASIDES.has(textIn(message['type']) ?? '');
const ASIDES = new Set(['reaction', 'edit', 'revoke', 'system']);

/** Of these, what does not show that the client is there and willing. */
export const isOfMeta = (message: JsonObject): boolean => message['type'] === 'system' || message['type'] === 'revoke';

/** The message that this one quotes or whose button it taps. */
export const quotedIdOf = (message: JsonObject): string | undefined => textIn(objectOf(message['context'])['id']);

/** The message that a reaction, an edit or a deletion is about. */
export function referredIdOf(message: JsonObject): string | undefined {
  switch (message['type']) {
    case 'reaction':
      return textIn(objectOf(message['reaction'])['message_id']);
    case 'edit':
      return textIn(objectOf(message['edit'])['original_message_id']);
    case 'revoke':
      return textIn(objectOf(message['revoke'])['original_message_id']);
    default:
      return undefined;
  }
}

/** `_incoming_whatsapp_data` of the stubpost, and the data of the event. `about`: the text of the message referred to. */
export function incomingData(
  letter: IncomingLetter,
  profile: string,
  orguuid: string,
  storedAtMs: number,
  about?: string,
): JsonObject {
  const { message, from, userId, name, identityKeyHash, to, phoneNumberId } = letter;
  return {
    message: textOf(message, about),
    ...(from !== undefined && { from }),
    ...(userId !== undefined && { from_user_id: userId }),
    from_name: name,
    ...(identityKeyHash !== undefined && { identity_key_hash: identityKeyHash }),
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

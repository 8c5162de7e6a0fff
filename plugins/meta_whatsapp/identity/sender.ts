import type { JsonObject } from '../../../core/index.js';
import { objectOf, textIn } from '../webhook-json.js';
import { clientIdIn, numberIn, userIdIn } from './client-id.js';
import { isIdentityChange, previousUserIdOf, userIdNowOf } from './identity-changes.js';

/** The sender of a message, as far as its webhook says. Without number and user id the sender is unknown. */
export interface Sender {
  readonly number?: string;
  readonly userId?: string;
  readonly name: string;
  /** Hash of the client's encryption key. Meta sends it if the number's settings ask for it. */
  readonly identityKeyHash?: string;
  /** Names of fields whose value is neither a number nor a user id. */
  readonly invalid: readonly string[];
}

/** The `contacts` of a change by each of their ids. The first contact with an id wins. */
export type ContactsById = ReadonlyMap<string, JsonObject>;

export function contactsById(contacts: readonly JsonObject[]): ContactsById {
  const found = new Map<string, JsonObject>();
  for (const contact of contacts) {
    for (const id of [userIdIn(contact['user_id'], contact['wa_id']), numberIn(contact['wa_id'], contact['user_id'])])
      if (id !== undefined && !found.has(id)) found.set(id, contact);
  }
  return found;
}

/** The contact of a message: the one that shares an id with it. Its position in the list does not matter. Pure. */
export function senderOf(message: JsonObject, contacts: ContactsById): Sender {
  const { number, userId } = message['type'] === 'system' ? subjectOf(message) : named(message);
  const contact =
    (userId === undefined ? undefined : contacts.get(userId)) ??
    (number === undefined ? undefined : contacts.get(number));
  const shownNumber = number ?? numberIn(contact?.['wa_id'], contact?.['user_id']);
  const shownUserId = userId ?? userIdIn(contact?.['user_id'], contact?.['wa_id']);
  const name = textIn(objectOf(contact?.['profile'])['name']) ?? '';
  const identityKeyHash = textIn(contact?.['identity_key_hash']);
  return {
    ...(shownNumber !== undefined && { number: shownNumber }),
    ...(shownUserId !== undefined && { userId: shownUserId }),
    name: name.slice(0, 200),
    ...(identityKeyHash !== undefined && { identityKeyHash: identityKeyHash.slice(0, 200) }),
    invalid: [
      ...invalidIn(message, ['from', 'from_user_id']),
      ...invalidIn(objectOf(message['system']), ['wa_id', 'user_id', 'previous_user_id']),
      ...invalidIn(contact ?? {}, ['wa_id', 'user_id']),
    ],
  };
}

/** The names of the fields whose value is neither a number nor a user id. Pure. */
export const invalidIn = (object: JsonObject, fields: readonly string[]): readonly string[] =>
  fields.filter((field) => clientIdIn(object[field]).kind === 'invalid');

interface Named {
  readonly number?: string | undefined;
  readonly userId?: string | undefined;
}

const named = ({ from, from_user_id: fromUserId }: JsonObject): Named => ({
  number: numberIn(from, fromUserId),
  userId: userIdIn(fromUserId, from),
});

/** Meta's notice counts as sent by the person it is about, under their former ids. */
function subjectOf(message: JsonObject): Named {
  const { number, userId } = named(message);
  if (isIdentityChange(message)) {
    const previous = previousUserIdOf(message);
    // The new id does not tell who the person was before, but the number may.
    const isNew = previous === undefined && userId === userIdNowOf(message) && number !== undefined;
    return { number, userId: isNew ? undefined : (previous ?? userId) };
  }
  if (number !== undefined || userId !== undefined) return { number, userId };
  const { user_id: id, wa_id: waId, customer } = objectOf(message['system']);
  return { number: numberIn(waId, customer, id), userId: userIdIn(id, waId, customer) };
}

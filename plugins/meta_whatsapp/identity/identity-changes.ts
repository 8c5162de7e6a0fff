import { type ContactBook, type ContactPointType, type JsonObject, StubwireError } from '../../../core/index.js';
import { objectOf, secondsIn, textIn } from '../webhook-json.js';
import { numberIn, userIdIn, userIdsInText } from './client-id.js';

/** What a note of Meta's says about who a person is now. */
export type IdentityNote =
  | { readonly kind: 'number'; readonly number: string; readonly userId?: string; readonly atMs?: number }
  | { readonly kind: 'user id'; readonly previous: string; readonly current: string; readonly atMs?: number };

const typeOf = (message: JsonObject): string | undefined => textIn(objectOf(message['system'])['type']);

/** A notice that a person has a new number or user id. */
export function isIdentityChange(message: JsonObject): boolean {
  const type = typeOf(message);
  return message['type'] === 'system' && (type === 'user_changed_number' || type === 'user_changed_user_id');
}

/** The person's new user id: from its own field, or the last id in the text. Pure. */
export function userIdNowOf(message: JsonObject): string | undefined {
  const system = objectOf(message['system']);
  const named = userIdIn(system['user_id'], system['wa_id']);
  if (named !== undefined || typeOf(message) !== 'user_changed_user_id') return named;
  return userIdsInText(textIn(system['body']) ?? '').at(-1);
}

/**
 * The person's former user id. The text is "User <name> changed from <old> to <new>". A name may look like an id, so this
 * takes the last id in the text that is not the new one. Pure.
 */
export function previousUserIdOf(message: JsonObject): string | undefined {
  const system = objectOf(message['system']);
  const current = userIdNowOf(message);
  const text = typeOf(message) === 'user_changed_user_id' ? (textIn(system['body']) ?? '') : '';
  const inText = userIdsInText(text).filter((id) => id !== current);
  const before = [system['previous_user_id'], inText.at(-1), message['from_user_id'], message['from']];
  return userIdIn(...before.filter((id) => id !== current));
}

/**
 * Reads a `system` message. `fromUserId`: the user id it came from; `known`: that of the conversation. Undefined where it
 * is no change of identity, or does not say enough. Pure.
 */
export function identityNoteOf(
  message: JsonObject,
  fromUserId: string | undefined,
  known: string | undefined,
): IdentityNote | undefined {
  if (!isIdentityChange(message)) return undefined;
  const sent = secondsIn(message['timestamp']);
  const atMs = sent !== undefined && { atMs: sent };
  const current = userIdNowOf(message);
  const number = numberIn(objectOf(message['system'])['wa_id']);
  const isRenumbered = typeOf(message) === 'user_changed_number' && number !== numberIn(message['from']);
  if (isRenumbered && number !== undefined)
    return { kind: 'number', number, ...(current !== undefined && { userId: current }), ...atMs };
  const previous = [previousUserIdOf(message), fromUserId, known].find((id) => id !== undefined && id !== current);
  if (current === undefined || previous === undefined) return undefined;
  return { kind: 'user id', previous, current, ...atMs };
}

/**
 * The contact that has the old address has the new one from now on. May run again. Where another contact has the new one
 * already both stay as they are. Answers what happened, for the trace.
 */
export async function changePoint(
  contacts: ContactBook,
  type: ContactPointType,
  before: string,
  now: string,
): Promise<string> {
  const contact = await contacts.findByPoint(type, before);
  if (!contact) return 'no contact had the old one';
  const points = contact.basic.contactpoints.map((point) =>
    point.type === type && point.contact === before ? { type, contact: now } : point,
  );
  try {
    await contacts.update(contact.contactuuid, { contactpoints: points });
  } catch (error) {
    if (!(error instanceof StubwireError)) throw error;
    if (error.code === 'contact_exists') return 'another contact has the new one: both stay as they are';
    if (error.code === 'contact_unknown' || error.code === 'number_invalid') return `the contact stays: ${error.code}`;
    throw error;
  }
  return 'the contact has the new one now';
}

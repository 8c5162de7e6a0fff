import { type ContactBook, type ContactPointType, type JsonObject, StubwireError } from '../../../core/index.js';
import { clientIn, objectOf, secondsIn, textIn } from '../webhook-json.js';
import { BSUID } from './client-id.js';

/** What a note of Meta's says about who a person is now. */
export type IdentityNote =
  | { readonly kind: 'number'; readonly number: string; readonly userId?: string; readonly atMs?: number }
  | { readonly kind: 'user id'; readonly previous: string; readonly current: string; readonly atMs?: number };

/**
 * Reads a `system` message. Meta's examples name the ids in several ways: fields of their own, and the text with old and
 * new. `known`: the user id of the conversation. Undefined where it is no change of identity, or cannot be read. Pure.
 */
export function identityNoteOf(
  message: JsonObject,
  fromUserId: string | undefined,
  known: string | undefined,
): IdentityNote | undefined {
  const system = objectOf(message['system']);
  const sent = secondsIn(message['timestamp']);
  const atMs = sent !== undefined && { atMs: sent };
  const type = textIn(system['type']);
  const named = userId(system['user_id']);
  if (type === 'user_changed_number') {
    const number = clientIn(system['wa_id']);
    if (number === undefined || number === clientIn(message['from'])) return undefined;
    return { kind: 'number', number, ...(named !== undefined && { userId: named }), ...atMs };
  }
  if (type !== 'user_changed_user_id') return undefined;
  const inText = (textIn(system['body']) ?? '').match(/[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}/g) ?? [];
  const current = named ?? userId(inText.at(-1));
  const previous = [userId(system['previous_user_id']), userId(inText[0]), fromUserId, known].find(
    (id) => id !== undefined && id !== current,
  );
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

const userId = (value: unknown): string | undefined => {
  const id = textIn(value);
  return id !== undefined && BSUID.test(id) ? id : undefined;
};

import type { JsonObject, Tell } from '../../core/index.js';
import { numberIn, userIdIn } from './identity/client-id.js';
import { isIdentityChange, previousUserIdOf, userIdNowOf } from './identity/identity-changes.js';
import type { PreferenceLetter, UserIdLetter } from './identity/identity-letters.js';
import { invalidIn } from './identity/sender.js';
import { conversationIdOf } from './profile.js';
import { objectOf, objectsOf, secondsIn, textIn } from './webhook-json.js';
import type { Leave, TrustedProfiles } from './webhook-letters.js';

/** What `user_preferences` may say. `signup`: the client agreed to marketing messages in WhatsApp. */
const CHOICES: ReadonlyMap<unknown, PreferenceLetter['choice']> = new Map([
  ['stop', 'stop'],
  ['resume', 'resume'],
  ['signup', 'resume'],
]);

/** A client stops or resumes marketing messages in WhatsApp's own settings, or signs up for them. */
export function preferenceTells(value: JsonObject, profile: string, leave: Leave): Tell[] {
  const preferences = objectsOf(value['user_preferences']);
  if (preferences.length === 0) leave('user_preferences without an item', value);
  return preferences.flatMap((preference) => {
    const choice = CHOICES.get(preference['value']);
    const { wa_id: waId, user_id: userId } = preference;
    const client = numberIn(waId, userId) ?? userIdIn(userId, waId);
    const invalid = invalidIn(preference, ['wa_id', 'user_id']);
    if (client === undefined || choice === undefined) {
      leave('user_preferences without client or choice', preference);
      return [];
    }
    if (invalid.length > 0)
      leave(`${invalid.join(', ')} of user_preferences: neither a number nor a user id`, preference);
    const atMs = secondsIn(preference['timestamp']);
    const body: PreferenceLetter = { type: 'preference', choice, ...(atMs !== undefined && { atMs }) };
    const id = `preference:${String(preference['value'])}:${atMs ?? 'undated'}`;
    return [{ to: conversationOf(profile, client), id, body }];
  });
}

/**
 * A person has another user id from now on. Meta's ids of persons hold for the whole account. Meta no longer has such a
 * field and some partners still send it, so it is read, and nothing depends on it.
 */
export function userIdTells(value: JsonObject, account: string, profiles: TrustedProfiles, leave: Leave): Tell[] {
  const named = profiles.ofNumber(textIn(objectOf(value['metadata'])['phone_number_id']) ?? '');
  const told = new Set([...(named === undefined ? [] : [named]), ...profiles.ofAccount(account)]);
  const updates = objectsOf(value['user_id_update']);
  if (told.size === 0) leave('foreign number', value);
  else if (updates.length === 0) leave('user_id_update without an item', value);
  return updates.flatMap((update) => {
    const ids = objectOf(update['user_id']);
    const [previous, current] = [userIdIn(ids['previous']), userIdIn(ids['current'])];
    if (previous === undefined || current === undefined || previous === current) {
      leave('user_id_update without two user ids', update);
      return [];
    }
    const atMs = secondsIn(update['timestamp']);
    const body: UserIdLetter = { type: 'user_id_changed', previous, current, ...(atMs !== undefined && { atMs }) };
    return [...told].map((profile) => userIdTell(profile, body));
  });
}

/**
 * What a note of Meta's says of a new user id, told to the address of the id before. The note itself goes where the person
 * writes from and may wait there, or find somebody else who has the number by now.
 */
export function newUserIdTells(message: JsonObject, profile: string): Tell[] {
  if (!isIdentityChange(message)) return [];
  const [previous, current] = [previousUserIdOf(message), userIdNowOf(message)];
  if (previous === undefined || current === undefined || previous === current) return [];
  const atMs = secondsIn(message['timestamp']);
  return [userIdTell(profile, { type: 'user_id_changed', previous, current, ...(atMs !== undefined && { atMs }) })];
}

/** The announcement may come twice, as a field of its own and as a message: told under one id it is taken once. */
export const userIdTell = (profile: string, body: UserIdLetter): Tell => ({
  to: conversationOf(profile, body.previous),
  id: `user-id:${body.previous}:${body.current}`,
  body,
});

export const conversationOf = (profile: string, client: string) => ({
  kind: 'conversation',
  id: conversationIdOf(profile, client),
});

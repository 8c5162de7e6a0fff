import type { JsonObject, Tell } from '../../core/index.js';
import { numberIn, userIdIn } from './identity/client-id.js';
import { isIdentityChange, previousUserIdOf, userIdNowOf } from './identity/identity-changes.js';
import type { PreferenceLetter, UserIdLetter } from './identity/identity-letters.js';
import { invalidIn } from './identity/sender.js';
import { conversationIdOf } from './profile.js';
import { objectOf, objectsOf, secondsIn, textIn } from './webhook-json.js';
import type { Leave, TrustedProfiles } from './webhook-letters.js';

/** Values of `user_preferences`. `signup`: the client agreed to marketing messages in WhatsApp. */
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
 * A person has a new user id. Meta's user ids apply to the whole account. Meta has removed this field, but some partners still
 * send it, so it is read; nothing depends on it.
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
 * Sends Meta's notice of a new user id to the address of the former id. The notice itself goes to the address the person writes
 * from, where it may wait, or meet a new owner of the number.
 */
export function newUserIdTells(message: JsonObject, profile: string): Tell[] {
  if (!isIdentityChange(message)) return [];
  const [previous, current] = [previousUserIdOf(message), userIdNowOf(message)];
  if (previous === undefined || current === undefined || previous === current) return [];
  const atMs = secondsIn(message['timestamp']);
  return [userIdTell(profile, { type: 'user_id_changed', previous, current, ...(atMs !== undefined && { atMs }) })];
}

/** The change may be announced twice, by a field and by a message. One letter id makes it take effect once. */
export const userIdTell = (profile: string, body: UserIdLetter): Tell => ({
  to: conversationOf(profile, body.previous),
  id: `user-id:${body.previous}:${body.current}`,
  body,
});

export const conversationOf = (profile: string, client: string) => ({
  kind: 'conversation',
  id: conversationIdOf(profile, client),
});

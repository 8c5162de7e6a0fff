import type { Account } from '../accounts/account-book.js';
import { type Person, sender, shownNumber } from '../chat/person.js';
import { newWamid } from '../message/wamid.js';
import { changeWebhook, messageWebhook, unixSeconds, valueHead } from './webhook-body.js';

/** How a new user id is announced: by a `system` message, as Meta does, or by `user_id_update`, which some partners still send. */
export type Announcement = 'user_id_update' | 'system';

/** One person before and after a change of number or user id. */
export interface IdentityStep {
  readonly before: Person;
  readonly after: Person;
  readonly atMs: number;
}

/**
 * Meta's own message, with the ids before and after the change. Its sender is the old number if that may be shown; otherwise it
 * has none.
 */
function systemMessage(account: Account, { before, after, atMs }: IdentityStep): string {
  const [oldNumber, newNumber] = [shownNumber(before), shownNumber(after)];
  const moved = oldNumber !== newNumber && newNumber !== undefined && oldNumber !== undefined;
  const [from, to] = moved ? [oldNumber, newNumber] : [before.userId, after.userId];
  const system = {
    body: `User ${after.name} changed from ${from} to ${to}`,
    type: moved ? 'user_changed_number' : 'user_changed_user_id',
    ...(moved && { wa_id: newNumber }),
    user_id: after.userId,
    ...(after.parentUserId && { parent_user_id: after.parentUserId }),
    previous_user_id: before.userId,
    ...(before.parentUserId && { previous_parent_user_id: before.parentUserId }),
  };
  return messageWebhook(account, before, {
    ...(moved && sender(before)),
    id: newWamid(after.client, 'from_client'),
    timestamp: unixSeconds(atMs),
    type: 'system',
    system,
  });
}

function userIdUpdate(account: Account, { before, after, atMs }: IdentityStep): string {
  const wa_id = shownNumber(after);
  const update = {
    ...(wa_id !== undefined && { wa_id }),
    detail: 'The user id of this user has changed',
    user_id: { previous: before.userId, current: after.userId },
    ...(after.parentUserId && {
      parent_user_id: { previous: before.parentUserId ?? after.parentUserId, current: after.parentUserId },
    }),
    timestamp: unixSeconds(atMs),
  };
  return changeWebhook(account, 'user_id_update', { ...valueHead(account), user_id_update: [update] });
}

/** The webhooks that tell of the step, in the order asked for; none: it is withheld. */
export const identityWebhooks = (
  account: Account,
  step: IdentityStep,
  announce: readonly Announcement[],
): readonly string[] =>
  announce.map((how) => (how === 'system' ? systemMessage(account, step) : userIdUpdate(account, step)));

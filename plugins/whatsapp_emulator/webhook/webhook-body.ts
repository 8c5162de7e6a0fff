import { createHmac } from 'node:crypto';
import type { Account } from '../accounts/account-book.js';
import type { ChatStatus, StatusBase } from '../chat/chat-entry.js';
import { contactOf, type Person, sender, shownNumber } from '../chat/person.js';
import type { StatusError } from '../graph/graph-error.js';

type Dictionary = { readonly [key: string]: unknown };

/** JSON with everything outside ASCII, and `/`, escaped the way Meta sends it. Signatures hold for these bytes. */
export const escapedJson = (value: unknown): string =>
  JSON.stringify(value).replace(/[/\u007f-\uffff]/g, (char) =>
    char === '/' ? '\\/' : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** The header `X-Hub-Signature-256` for these bytes. */
export const signature = (body: string, appSecret: string): string =>
  `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`;

/** Seconds since 1970 as a string, as messages and statuses carry them. */
export const unixSeconds = (ms: number): string => String(Math.floor(ms / 1000));

/** One change of one field, its value as it is. */
export const changeWebhook = (account: Account, field: string, value: unknown): string =>
  escapedJson({ object: 'whatsapp_business_account', entry: [{ id: account.wabaId, changes: [{ value, field }] }] });

/** What values begin with that are about one business number. */
export const valueHead = ({ displayPhoneNumber, phoneNumberId }: Account) => ({
  messaging_product: 'whatsapp',
  metadata: { display_phone_number: displayPhoneNumber, phone_number_id: phoneNumberId },
});

const messagesWebhook = (account: Account, value: Dictionary): string =>
  changeWebhook(account, 'messages', { ...valueHead(account), ...value });

/** The webhook of one message that a client wrote. A `system` message comes without contacts, as Meta's reference says. */
export const messageWebhook = (account: Account, person: Person, message: Dictionary): string =>
  messagesWebhook(account, {
    ...(message.type !== 'system' && { contacts: [contactOf(person)] }),
    messages: [message],
  });

/** A client's choice about marketing messages. `signup`: through an In-App Signup, which has an id. */
export type Preference =
  | { readonly value: 'stop' | 'resume' }
  | { readonly value: 'signup'; readonly signup_id: string };

/** The client stopped or resumed marketing messages, or signed up for them: field `user_preferences`. */
export function preferenceWebhook(account: Account, person: Person, wish: Preference, atMs: number): string {
  const { from: wa_id, from_user_id: user_id } = sender(person);
  const { value } = wish;
  const preference = {
    ...(wa_id !== undefined && { wa_id }),
    user_id,
    detail:
      value === 'signup' ? 'User signed up for marketing messages' : `User requested to ${value} marketing messages`,
    category: 'marketing_messages',
    ...wish,
    timestamp: Math.floor(atMs / 1000),
  };
  return changeWebhook(account, 'user_preferences', {
    ...valueHead(account),
    contacts: [contactOf(person)],
    user_preferences: [preference],
  });
}

/** Meta's price object: on `sent` and on the first of `delivered` and `read`. */
const pricing = (category: string) => ({ billable: true, pricing_model: 'PMP', category, type: 'regular' });

export interface StatusFacts {
  readonly account: Account;
  readonly person: Person;
  readonly base: StatusBase;
  readonly atMs: number;
}

/**
 * The webhook of one status. One of a send to the number names that number, hidden or not; one of a send to the user id
 * only a number that is not hidden. A `failed` one names no contact, and the user id only if the send did.
 */
export function statusWebhook(facts: StatusFacts, status: ChatStatus, error?: StatusError): string {
  const { account, person, base, atMs } = facts;
  const byNumber = base.recipientNumber !== undefined;
  const failed = status === 'failed';
  const number = byNumber || failed ? base.recipientNumber : shownNumber(person);
  const namesUser = !failed || !byNumber;
  const priced = status === 'sent' || status === 'delivered' || (status === 'read' && base.deliveredSkipped);
  const record = {
    id: base.id,
    status,
    timestamp: unixSeconds(atMs),
    ...(number !== undefined && { recipient_id: number }),
    ...(namesUser && { recipient_user_id: person.userId }),
    ...(namesUser && person.parentUserId && { recipient_parent_user_id: person.parentUserId }),
    ...(namesUser && person.identityKeyShown && { recipient_identity_key_hash: person.identityKeyHash }),
    ...(base.callbackData !== undefined && { biz_opaque_callback_data: base.callbackData }),
    ...(priced && { pricing: pricing(base.category) }),
    ...(error && { errors: [error] }),
  };
  const contacts = failed ? {} : { contacts: [contactOf(person, number, status !== 'sent')] };
  return messagesWebhook(account, { ...contacts, statuses: [record] });
}

import { createHmac } from 'node:crypto';
import type { Account } from '../accounts/account-book.js';
import type { ChatStatus, StatusBase } from '../chat/chat-entry.js';
import { userIdOf } from '../chat/client-id.js';
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

function envelope(account: Account, value: Dictionary): string {
  const metadata = { display_phone_number: account.displayPhoneNumber, phone_number_id: account.phoneNumberId };
  return escapedJson({
    object: 'whatsapp_business_account',
    entry: [
      {
        id: account.wabaId,
        changes: [{ value: { messaging_product: 'whatsapp', metadata, ...value }, field: 'messages' }],
      },
    ],
  });
}

const contact = (client: string, name: string) => ({ profile: { name }, wa_id: client, user_id: userIdOf(client) });

/** The webhook of one message that a client wrote. */
export const messageWebhook = (account: Account, client: string, name: string, message: Dictionary): string =>
  envelope(account, { contacts: [contact(client, name)], messages: [message] });

/** Meta's price object: on `sent` and on the first of `delivered` and `read`. */
const pricing = (category: string) => ({ billable: true, pricing_model: 'PMP', category, type: 'regular' });

export interface StatusFacts {
  readonly account: Account;
  readonly client: string;
  readonly name: string;
  readonly base: StatusBase;
  readonly atMs: number;
}

/** The webhook of one status. A `failed` one names no contact, and the user id only if the send did. */
export function statusWebhook(facts: StatusFacts, status: ChatStatus, error?: StatusError): string {
  const { account, client, name, base, atMs } = facts;
  const byNumber = base.recipientNumber !== undefined;
  const failed = status === 'failed';
  const record = {
    id: base.id,
    status,
    timestamp: unixSeconds(atMs),
    ...(failed && !byNumber ? {} : { recipient_id: client }),
    ...(failed && byNumber ? {} : { recipient_user_id: userIdOf(client) }),
    ...(base.callbackData !== undefined && { biz_opaque_callback_data: base.callbackData }),
    ...(status === 'sent' || status === 'delivered' ? { pricing: pricing(base.category) } : {}),
    ...(error && { errors: [error] }),
  };
  return envelope(account, { ...(failed ? {} : { contacts: [contact(client, name)] }), statuses: [record] });
}

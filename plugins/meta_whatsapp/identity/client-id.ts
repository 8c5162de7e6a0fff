/** Meta's business-scoped user id: opaque, case kept, never a number. https://developers.facebook.com/docs/whatsapp/business-scoped-user-ids */
const BSUID = '[A-Z]{2}\\.(?:ENT\\.)?[A-Za-z0-9]{1,128}';
const WHOLE_BSUID = new RegExp(`^${BSUID}$`);
const BSUID_IN_TEXT = new RegExp(`\\b${BSUID}\\b`, 'g');
const NUMBER = /^\d{1,20}$/;

/** A client is named by a phone number (digits) or by a user id. */
export const isUserId = (client: string): boolean => WHOLE_BSUID.test(client);

export type ClientId =
  | { readonly kind: 'number' | 'user id'; readonly id: string }
  | { readonly kind: 'absent' | 'invalid' };

/**
 * Reads a webhook's field that names a client. Only the value decides, not the name of the field: `from` and `wa_id` may hold
 * a user id or "". A `+` before a number is removed.
 */
export function clientIdIn(value: unknown): ClientId {
  if (value === undefined || value === null || value === '') return { kind: 'absent' };
  if (typeof value !== 'string' && typeof value !== 'number') return { kind: 'invalid' };
  const id = String(value).replace(/^\+/, '');
  if (NUMBER.test(id)) return { kind: 'number', id };
  return isUserId(id) ? { kind: 'user id', id } : { kind: 'invalid' };
}

const firstOf = (kind: 'number' | 'user id', values: readonly unknown[]): string | undefined => {
  for (const value of values) {
    const found = clientIdIn(value);
    if (found.kind === kind) return found.id;
  }
  return undefined;
};

/** The first of these values that is a phone number. */
export const numberIn = (...values: readonly unknown[]): string | undefined => firstOf('number', values);
/** The first of these values that is a user id. */
export const userIdIn = (...values: readonly unknown[]): string | undefined => firstOf('user id', values);
/** The user ids that a text mentions, in order. */
export const userIdsInText = (text: string): readonly string[] => text.match(BSUID_IN_TEXT) ?? [];

/** A group as other libraries write it (`…@g.us`, or 18 digits), and as the Cloud API does (base64 of `capi_group:…`). */
const GROUP = /@g\.us$|^\+?120363\d{12}$|^Y2FwaV9ncm91c/;

/** Whether an address names a WhatsApp group. */
export const isGroupId = (address: string): boolean => GROUP.test(address.trim());

import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { badParam, GraphError, invalid, missing } from '../graph/graph-error.js';

/** Whom a send addresses: a number in digits, or a user id. `input` is what the caller wrote. */
export type Recipient =
  | { readonly by: 'number'; readonly input: string; readonly number: string }
  | { readonly by: 'user_id'; readonly input: string; readonly userId: string };

export const USER_ID = /^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$/;
const NUMBER = /^\d{7,15}$/;

/** The digits of a number that may be written with `+`, spaces, hyphens and parentheses; undefined if it is none. */
export function digitsOf(written: string): string | undefined {
  if (!/^\+?[\d\s()-]+$/.test(written.trim())) return undefined;
  const digits = written.replace(/\D/g, '');
  return NUMBER.test(digits) ? digits : undefined;
}

const callingCode = (business: string): string =>
  parsePhoneNumberFromString(`+${business}`)?.countryCallingCode.toString() ?? '';

/**
 * The digits that `to` means. Meta puts the business number's calling code in front of a number without `+`, except if bare
 * digits are already a complete international number, as in `from` of webhooks: Meta's own samples send those.
 */
function numberMeant(to: string, business: string): string | undefined {
  const digits = digitsOf(to);
  if (digits === undefined || to.trim().startsWith('+')) return digits;
  if (/^\d+$/.test(to.trim()) && parsePhoneNumberFromString(`+${digits}`)?.isPossible()) return digits;
  return callingCode(business) + digits;
}

/** Reads `to` and `recipient`; `to` wins if both are given. */
export function readRecipient(
  body: { readonly to?: unknown; readonly recipient?: unknown },
  business: string,
): Recipient {
  const { to, recipient } = body;
  if (to !== undefined) {
    if (typeof to !== 'string') throw invalid('to: must be a string.');
    if (to.trim().startsWith('00')) throw badParam('Param to must not begin with 00. Write + and the country code.');
    const number = numberMeant(to, business);
    if (!number || !NUMBER.test(number)) throw invalid('to: is not a phone number.');
    if (number === business) throw new GraphError(131021, 'Recipient phone number cannot be the sender phone number.');
    return { by: 'number', input: to, number };
  }
  if (recipient === undefined) throw missing('to');
  if (typeof recipient !== 'string' || !USER_ID.test(recipient))
    throw invalid('recipient: is not a business-scoped user id.');
  return { by: 'user_id', input: recipient, userId: recipient };
}

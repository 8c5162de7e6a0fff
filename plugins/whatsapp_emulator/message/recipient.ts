import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { GraphError, invalid, missing } from '../graph/graph-error.js';

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
 * Reads `to` and `recipient`; `to` wins where both are there. As with Meta, a number without `+` gets the calling code
 * of the business number in front of it, whatever it begins with.
 */
export function readRecipient(
  body: { readonly to?: unknown; readonly recipient?: unknown },
  business: string,
): Recipient {
  const { to, recipient } = body;
  if (to !== undefined) {
    if (typeof to !== 'string') throw invalid('to: must be a string.');
    const written = digitsOf(to);
    const number = written && (to.trim().startsWith('+') ? written : callingCode(business) + written);
    if (!number || !NUMBER.test(number)) throw invalid('to: is not a phone number.');
    if (number === business) throw new GraphError(131021, 'Recipient phone number cannot be the sender phone number.');
    return { by: 'number', input: to, number };
  }
  if (recipient === undefined) throw missing('to');
  if (typeof recipient !== 'string' || !USER_ID.test(recipient))
    throw invalid('recipient: is not a business-scoped user id.');
  return { by: 'user_id', input: recipient, userId: recipient };
}

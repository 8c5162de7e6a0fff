import type { Contact, ContactPoint } from '../contract/stub.js';
import { StubwireError } from '../errors.js';
import { mobileNumber, storedMobileNumber } from './phone-number.js';

/** Names that a contact had, at most. */
const MAX_FORMER_NAMES = 50;

/** A contact as it is given by hand: a number, or the whole list of addresses. */
export interface ContactInput {
  readonly name: string;
  /** The first mobile number. In a change it takes the place of the one before. */
  readonly mobile?: string | undefined;
  readonly contactpoints?: readonly ContactPoint[] | undefined;
  /** The whole list in the stored form: a number of digits only is international. */
  readonly basic?: { readonly contactpoints: readonly ContactPoint[] } | undefined;
}

/** The contact points as they are stored: each in its one form, none twice. Errors: `number_invalid`, `validation_failed`. */
export function contactPointsOf(
  { mobile, contactpoints = [], basic }: Omit<ContactInput, 'name'>,
  country: string,
): ContactPoint[] {
  const given = mobile === undefined ? contactpoints : [{ type: 'mobile' as const, contact: mobile }, ...contactpoints];
  const points = [
    ...given.map((point) => normalPoint(point, country, mobileNumber)),
    ...(basic?.contactpoints ?? []).map((point) => normalPoint(point, country, storedMobileNumber)),
  ];
  return points.filter((point, at) => points.findIndex((other) => isSamePoint(point, other)) === at);
}

/** The contact after a change: what is not given stays. */
export function changedContact(contact: Contact, change: Partial<ContactInput>, country: string, at: string): Contact {
  const { contactpoints } = contact.basic;
  const others = contactpoints.filter((_, index) => index !== contactpoints.findIndex(({ type }) => type === 'mobile'));
  const { mobile, basic = change.contactpoints === undefined ? { contactpoints: others } : undefined } = change;
  const isChanged = (mobile ?? change.contactpoints ?? change.basic) !== undefined;
  const points = isChanged
    ? contactPointsOf({ mobile, contactpoints: change.contactpoints, basic }, country)
    : contactpoints;
  const { name = contact.name } = change;
  const former = formerNames(name, [contact.name, ...(contact.former_names ?? [])]);
  return { ...contact, name, ...former, basic: { contactpoints: points }, updated_at: at };
}

/** The key of a contact with the names it had besides. */
export function formerNames(name: string, names: readonly string[]): { readonly former_names?: readonly string[] } {
  const others = [...new Set(names)].filter((other) => other !== name).slice(0, MAX_FORMER_NAMES);
  return others.length > 0 ? { former_names: others } : {};
}

export const isSamePoint = (a: ContactPoint, b: ContactPoint): boolean => a.type === b.type && a.contact === b.contact;

function normalPoint({ type, contact }: ContactPoint, country: string, numberOf: typeof mobileNumber): ContactPoint {
  if (type === 'mobile') return { type, contact: numberOf(contact, country) };
  if (type === 'whatsapp_user') return { type, contact };
  const email = contact.trim().toLowerCase();
  if (/^[^\s@]+@[^\s@]+$/.test(email)) return { type, contact: email };
  throw new StubwireError(
    'validation_failed',
    'A contact point of type email is no e-mail address. Write it as in name@example.com.',
    { details: [{ path: 'contactpoints', expected: 'name@example.com' }] },
  );
}

import { createHash } from 'node:crypto';
import { parsePhoneNumberFromString } from 'libphonenumber-js';

/** Whose chat it is. `client` names the chat for ever; number and user id are what the world sees of the person now. */
export interface Person {
  /** Digits, 7 to 15: the first number, or digits that begin with 0 where the client began without a free one. */
  readonly client: string;
  /** Digits; undefined for one that is known by user id only, or whose number went to another person. */
  readonly number: string | undefined;
  /** Business-scoped user id, such as `ZA.13491208655302741918`. */
  readonly userId: string;
  readonly parentUserId: string | undefined;
  readonly name: string;
  readonly username: string | undefined;
  /** The business is not told the number: what was sent to the user id comes back without it. */
  readonly numberHidden: boolean;
  readonly marketingStopped: boolean;
  /** Hash of the encryption key of the person's phone; a new phone has another. */
  readonly identityKeyHash: string;
  /** Whether the business number asked for the hash in its webhooks. */
  readonly identityKeyShown: boolean;
}

/** The hash of a client as stored; a field that is absent was never changed, one that is empty is none. */
export type ClientRecord = { readonly [field: string]: string };

const derived = new Map<string, string>();
const DERIVED_MAX = 10_000;

/** 20 digits below a country, derived from a seed: all accounts here are of one portfolio. */
export function derivedUserId(country: string, seed: string): string {
  const hash = createHash('sha256').update(`user of ${seed}`).digest();
  return `${country}.${(10n ** 19n + (hash.readBigUInt64BE() % (9n * 10n ** 19n))).toString()}`;
}

export const countryOf = (number: string | undefined): string =>
  (number && parsePhoneNumberFromString(`+${number}`)?.country) || 'ZZ';

function firstUserId(client: string): string {
  const found = derived.get(client);
  if (found) return found;
  const userId = derivedUserId(countryOf(client), client);
  if (derived.size >= DERIVED_MAX) derived.clear();
  derived.set(client, userId);
  return userId;
}

/** No phone number begins with 0, so such digits name a client without one and are never taken for another's number. */
const hasNoNumber = (client: string): boolean => client.startsWith('0');

/** The digits that name the chat of a client who has no number of his own to name it by. */
export const clientWithoutNumber = (seed: string): string =>
  `0${(createHash('sha256').update(seed).digest().readBigUInt64BE() % 10n ** 14n).toString().padStart(14, '0')}`;

/** The hash of an identity key: 8 bytes as base64, as Meta writes it. */
export const identityKeyHashOf = (seed: string): string =>
  createHash('sha256').update(`identity key of ${seed}`).digest().subarray(0, 8).toString('base64');

export function personOf(client: string, record: ClientRecord): Person {
  const number = record.number ?? (hasNoNumber(client) ? '' : client);
  return {
    client,
    number: number || undefined,
    userId: record.user_id || firstUserId(client),
    parentUserId: record.parent_user_id || undefined,
    name: record.name || `Client ${client.slice(-4)}`,
    username: record.username || undefined,
    numberHidden: record.number_hidden === '1' || number === '',
    marketingStopped: record.marketing_stopped === '1',
    identityKeyHash: record.identity_key_hash || identityKeyHashOf(client),
    identityKeyShown: false,
  };
}

/** The number as webhooks may tell it. */
export const shownNumber = ({ number, numberHidden }: Person): string | undefined =>
  numberHidden ? undefined : number;

/** Who wrote a message: `from` only where the number is not hidden. */
export function sender(person: Person) {
  const from = shownNumber(person);
  return {
    ...(from !== undefined && { from }),
    from_user_id: person.userId,
    ...(person.parentUserId && { from_parent_user_id: person.parentUserId }),
  };
}

/** One of `contacts`. `waId` is given where a send to the number itself is reported: the business knows it then. */
export function contactOf(person: Person, waId = shownNumber(person), withUsername = true) {
  const { name, username, userId, parentUserId } = person;
  return {
    profile: { name, ...(withUsername && username !== undefined && { username }) },
    ...(waId !== undefined && { wa_id: waId }),
    user_id: userId,
    ...(parentUserId && { parent_user_id: parentUserId }),
    ...(person.identityKeyShown && { identity_key_hash: person.identityKeyHash }),
  };
}

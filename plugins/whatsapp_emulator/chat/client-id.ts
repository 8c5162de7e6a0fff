import { createHash } from 'node:crypto';
import { parsePhoneNumberFromString } from 'libphonenumber-js';

const known = new Map<string, string>();
const KNOWN_MAX = 10_000;

/** The client's business-scoped user id, derived from the number: all accounts here are of one portfolio. */
export function userIdOf(client: string): string {
  const found = known.get(client);
  if (found) return found;
  const country = parsePhoneNumberFromString(`+${client}`)?.country ?? 'ZZ';
  const hash = createHash('sha256').update(`user of ${client}`).digest();
  const userId = `${country}.${(10n ** 19n + (hash.readBigUInt64BE() % (9n * 10n ** 19n))).toString()}`;
  if (known.size >= KNOWN_MAX) known.clear();
  known.set(client, userId);
  return userId;
}

/** The name of a client that has told none. */
export const defaultName = (client: string): string => `Client ${client.slice(-4)}`;

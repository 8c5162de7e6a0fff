import { createHmac, timingSafeEqual } from 'node:crypto';

const FORM = /^sha256=([0-9a-f]{64})$/i;

/** Whether a header has the form of a signature. */
export const isSignature = (header: string | string[] | undefined): boolean =>
  typeof header === 'string' && FORM.test(header);

/** Limit of bytes hashed for one webhook with secrets of profiles that it does not name. */
const OTHERS_BYTES_AT_MOST = 8_000_000;

/**
 * The secret whose HMAC-SHA256 over the raw bytes matches the header (`sha256=<hex>`). Each try hashes the whole body of an
 * unknown sender. So the secrets of the profiles that the body names (`named`) are tried first, and `others` only up to a limit
 * of hashed bytes. Comparisons take constant time.
 */
export function signingSecret(
  rawBody: Buffer,
  header: string | string[] | undefined,
  named: () => Iterable<string>,
  others: Iterable<string>,
): string | undefined {
  const given = FORM.exec(typeof header === 'string' ? header : '');
  if (!given) return undefined;
  const signature = Buffer.from(given[1]!, 'hex');
  const isOf = (secret: string) => timingSafeEqual(createHmac('sha256', secret).update(rawBody).digest(), signature);
  const tried = new Set(named());
  for (const secret of tried) if (isOf(secret)) return secret;
  let bytes = 0;
  for (const secret of others) {
    if (tried.has(secret)) continue;
    bytes += rawBody.length;
    if (bytes > OTHERS_BYTES_AT_MOST) return undefined;
    if (isOf(secret)) return secret;
  }
  return undefined;
}

/** Limits of ids read in one body, and of different ids found. Meta's webhooks name one account or two. */
const LOOKS_AT_MOST = 2_000;
const NAMED_AT_MOST = 8;

/** The `known` ids that the bytes name as an account's or a number's id. It does not parse the unverified body. */
export function idsNamedIn(rawBody: Buffer, known: { has(id: string): boolean }): ReadonlySet<string> {
  const found = new Set<string>();
  let looks = 0;
  for (const [, id] of rawBody.toString('latin1').matchAll(/"(?:phone_number_id|id)"\s{0,9}:\s{0,9}"(\d{1,40})"/g)) {
    if (known.has(id!)) found.add(id!);
    looks += 1;
    if (found.size === NAMED_AT_MOST || looks === LOOKS_AT_MOST) break;
  }
  return found;
}

/** Compares two texts in a time that does not tell where they differ. */
export function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHmac('sha256', 'compare').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

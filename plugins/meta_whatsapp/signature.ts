import { createHmac, timingSafeEqual } from 'node:crypto';

/** The secrets whose HMAC-SHA256 over the raw bytes is the header's (`sha256=<hex>`). Constant time for each secret. */
export function matchingSecrets(
  rawBody: Buffer,
  header: string | string[] | undefined,
  secrets: Iterable<string>,
): Set<string> {
  const given = /^sha256=([0-9a-f]{64})$/i.exec(typeof header === 'string' ? header : '');
  if (!given) return new Set();
  const signature = Buffer.from(given[1]!, 'hex');
  const matching = new Set<string>();
  for (const secret of secrets) {
    if (timingSafeEqual(createHmac('sha256', secret).update(rawBody).digest(), signature)) matching.add(secret);
  }
  return matching;
}

/** Compares two texts in a time that does not tell where they differ. */
export function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHmac('sha256', 'compare').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

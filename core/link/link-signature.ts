import { createHmac, timingSafeEqual } from 'node:crypto';

export const LINK_KINDS = ['files', 'stubs'] as const;
export type LinkKind = (typeof LINK_KINDS)[number];

/** What a link opens, and until when. */
export interface Link {
  readonly kind: LinkKind;
  /** A fileuuid, a stubref. */
  readonly id: string;
  /** Seconds since 1970. */
  readonly until: number;
}

/** Goes into what is signed, so that no other use of a key ever makes a link. */
const PURPOSE = 'stubwire link 1';

const digestOf = (key: string, { kind, id, until }: Link): Buffer =>
  createHmac('sha256', key)
    .update([PURPOSE, kind, id, String(until)].join('\n'))
    .digest();

/** Path and query of the link, signed with the key. */
export function signedPath(key: string, link: Link): string {
  const signature = digestOf(key, link).toString('base64url');
  return `/links/${link.kind}/${encodeURIComponent(link.id)}?until=${link.until}&signature=${signature}`;
}

/** Whether one of the keys made this signature. It takes as long for a wrong one as for a right one. */
export function isSigned(keys: readonly string[], link: Link, signature: string): boolean {
  const given = Buffer.from(signature, 'base64url');
  let found = false;
  for (const key of keys) {
    const digest = digestOf(key, link);
    // The text is compared too: base64 has several spellings of the same bytes, and only ours is a link.
    const same = given.length === digest.length && timingSafeEqual(given, digest);
    if (same && digest.toString('base64url') === signature) found = true;
  }
  return found;
}

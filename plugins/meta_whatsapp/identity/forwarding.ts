import type { Letter, Tell } from '../../../core/index.js';
import type { Passed } from './identity-letters.js';

/** A letter that went on from another address keeps when it was stored, for sessions and windows are judged by that. */
export interface Forwarded {
  readonly storedAtMs: number;
  /** The address it was first told to. */
  readonly addressed: string;
  /** Whose it is: the user id whose address it came through. */
  readonly person?: string;
  readonly hops: number;
}

interface MayBeForwarded {
  readonly forwarded?: Forwarded;
}

/** More than any way between the addresses of one person is long. */
const HOPS_AT_MOST = 30;

export const forwardedOf = (body: unknown): Forwarded | undefined => (body as MayBeForwarded).forwarded;

/** The letter as it was when it was stored. */
export function asStored<Body>(letter: Letter<Body>): Letter<Body> {
  const forwarded = forwardedOf(letter.body);
  return forwarded ? { ...letter, atMs: forwarded.storedAtMs } : letter;
}

/**
 * The letter on its way from `me` to another address of the same person. The first step keeps its id, so that one message
 * which Meta names by number and by user id is taken once; later steps have ids of their own, for a way may lead back.
 */
export function forwardTell(
  { id, atMs, body }: Letter<object>,
  me: string,
  to: { readonly kind: string; readonly id: string },
  person: string | undefined,
): Tell {
  const before = forwardedOf(body);
  const hops = (before?.hops ?? 0) + 1;
  if (hops > HOPS_AT_MOST)
    throw new Error(`A letter went through ${HOPS_AT_MOST} addresses of a client and found no conversation.`);
  const forwarded: Forwarded = {
    storedAtMs: atMs,
    addressed: before?.addressed ?? me,
    ...(person !== undefined && { person }),
    hops,
  };
  const origin = hops === 2 ? id : id.replace(/>\d+$/, '');
  return { to, id: hops === 1 ? id : `${origin}>${hops}`, body: { ...body, forwarded } };
}

/** The letter once more for the same address, under an id of its own. */
export function againTell(
  { id, atMs, body }: Letter<object>,
  me: string,
  to: { readonly kind: string; readonly id: string },
): Tell {
  const forwarded: Forwarded = forwardedOf(body) ?? { storedAtMs: atMs, addressed: me, hops: 0 };
  return { to, id: `${id}:again`, body: { ...body, forwarded } };
}

interface MayHavePassed {
  readonly passed?: Passed;
}

/** Whether a letter about identity reaches `me` for the second time. Then `me` handles it, or it would circulate for ever. */
export const isCircle = (me: string, { passed }: MayHavePassed): boolean => passed?.includes(me) ?? false;

/** The addresses that a letter about identity has passed when `me` forwards it. */
export const passedBy = (me: string, { passed = [] }: MayHavePassed): Passed => [...passed, me];

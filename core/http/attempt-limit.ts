import { isIPv6 } from 'node:net';

/** Wrong tokens that an address may send at once, and how often one more is allowed, ms. */
const ATTEMPTS = 20;
const REFILL_MS = 3_000;
/** Addresses that are remembered; the one that has been quiet for longest is forgotten first. */
const ADDRESSES = 10_000;

interface Attempts {
  /** Wrong tokens so far, less those that time has made good for. */
  wrong: number;
  atMs: number;
  /** Names of the tokens that came from here before there were too many attempts. */
  readonly proven: Set<string>;
}

/**
 * How many wrong tokens an address may send. Once there are too many, a token that the address has not used before is
 * refused even where it is right, so that guessing gets nowhere. A token that worked from there goes on working: nobody
 * is locked out by others behind the same address.
 */
export class AttemptLimit {
  private readonly attempts = new Map<string, Attempts>();

  /** A right token: whether it is let in. */
  admits(address: string, name: string, nowMs: number): boolean {
    const attempts = this.of(address, nowMs);
    if (attempts.wrong >= ATTEMPTS) return attempts.proven.has(name);
    attempts.proven.add(name);
    return true;
  }

  /** A wrong token: whether it was one too many. */
  isTooMany(address: string, nowMs: number): boolean {
    const attempts = this.of(address, nowMs);
    if (attempts.wrong >= ATTEMPTS) return true;
    attempts.wrong += 1;
    return false;
  }

  /** Whole seconds until the address may try another token. */
  waitS(address: string, nowMs: number): number {
    return Math.max(1, Math.ceil(((this.of(address, nowMs).wrong - ATTEMPTS + 1) * REFILL_MS) / 1_000));
  }

  private of(address: string, nowMs: number): Attempts {
    const key = networkOf(address);
    const known = this.attempts.get(key) ?? { wrong: 0, atMs: nowMs, proven: new Set() };
    known.wrong = Math.max(0, known.wrong - (nowMs - known.atMs) / REFILL_MS);
    known.atMs = nowMs;
    this.attempts.delete(key);
    this.attempts.set(key, known); // the newest stand last
    if (this.attempts.size > ADDRESSES) this.attempts.delete(this.attempts.keys().next().value!);
    return known;
  }
}

/** A network of IPv6 counts as one address: whoever has it has 2^64 of them. */
const networkOf = (address: string): string =>
  isIPv6(address) && !address.startsWith('::') ? address.split(':').slice(0, 4).join(':') : address;

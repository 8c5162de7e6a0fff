import { isIPv6 } from 'node:net';

/** Wrong tokens that an address may send in a burst, and the interval after which one more is allowed, ms. */
const ATTEMPTS = 20;
const REFILL_MS = 3_000;
/** Limit of remembered addresses; the least recently active one is forgotten first. */
const ADDRESSES = 10_000;

interface Attempts {
  /** Wrong tokens so far, minus one for each interval that has passed. */
  wrong: number;
  atMs: number;
  /** Names of tokens that this address used successfully before it reached the limit. */
  readonly proven: Set<string>;
}

/**
 * Limits wrong tokens for each address (a token bucket). At the limit, even a right token is refused if the address has not
 * used it before, so that guessing is pointless. A token that worked from there still works, so that others behind the same
 * address cannot lock its owner out.
 */
export class AttemptLimit {
  private readonly attempts = new Map<string, Attempts>();

  /** Whether a right token is accepted. */
  admits(address: string, name: string, nowMs: number): boolean {
    const attempts = this.of(address, nowMs);
    if (attempts.wrong >= ATTEMPTS) return attempts.proven.has(name);
    attempts.proven.add(name);
    return true;
  }

  /** Counts a wrong token; whether the limit was reached. */
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
    this.attempts.set(key, known); // keep the newest last
    if (this.attempts.size > ADDRESSES) this.attempts.delete(this.attempts.keys().next().value!);
    return known;
  }
}

/** An IPv6 /64 network counts as one address: its owner has 2^64 of them. */
const networkOf = (address: string): string =>
  isIPv6(address) && !address.startsWith('::') ? address.split(':').slice(0, 4).join(':') : address;

import { createHash, randomInt } from 'node:crypto';
import { parse, v5 } from 'uuid';

/** Names of everything that is derived: the same source gives the same id, so that a repeat is known as one. */
const NAMESPACE = parse('6f1c1a52-0b1e-4b5e-9d1c-3a6f4d8b2e70');
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

export const derivedUuid = (...parts: readonly string[]): string => v5(parts.join('\n'), NAMESPACE);

/** The stubpost of a run is named by the letter that asked for it. */
export const stubpostIdOf = (stubref: string, letterId: string): string => derivedUuid('stubpost', stubref, letterId);

/** Is it formed as a stubref is? */
export const isStubref = (text: string): boolean => /^\d{4}-\d{2}-\d{2}-[A-Z0-9]{4}-[A-Z0-9]{4}$/.test(text);

/** A new stubref of today: `2026-11-22-K3F9-ZQ01`. */
export function newStubref(nowMs: number): string {
  return stubrefOf(
    nowMs,
    Array.from({ length: 8 }, () => randomInt(ALPHABET.length)),
  );
}

/** The stubref of a stub that something named makes: the same name on the same day gives the same stubref. */
export function derivedStubref(nowMs: number, name: string): string {
  return stubrefOf(nowMs, [...createHash('sha256').update(name).digest().subarray(0, 8)]);
}

function stubrefOf(nowMs: number, numbers: readonly number[]): string {
  const text = numbers.map((number) => ALPHABET[number % ALPHABET.length]).join('');
  return `${new Date(nowMs).toISOString().slice(0, 10)}-${text.slice(0, 4)}-${text.slice(4)}`;
}

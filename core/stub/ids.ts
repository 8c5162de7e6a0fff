import { createHash, hash, randomInt } from 'node:crypto';

/** Names of everything that is derived: the same source gives the same id, so that a repeat is known as one. */
const NAMESPACE = Buffer.from('6f1c1a520b1e4b5e9d1c3a6f4d8b2e70', 'hex');
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** A UUID of version 5 (RFC 9562). Every run makes some, and node's own SHA-1 makes them in half the time of the library. */
export function derivedUuid(...parts: readonly string[]): string {
  const bytes = hash('sha1', Buffer.concat([NAMESPACE, Buffer.from(parts.join('\n'))]), 'buffer');
  bytes[6] = (bytes[6]! & 0x0f) | 0x50; // version
  bytes[8] = (bytes[8]! & 0x3f) | 0x80; // variant
  const text = bytes.toString('hex', 0, 16);
  return [
    [0, 8],
    [8, 12],
    [12, 16],
    [16, 20],
    [20, 32],
  ]
    .map(([from, to]) => text.slice(from, to))
    .join('-');
}

/** The stubpost of a run is named by the letter that asked for it. */
export const stubpostIdOf = (stubref: string, letterId: string): string => derivedUuid('stubpost', stubref, letterId);

/** Whether a text has the form of a UUID of any version. */
export const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

/** Whether a text has the form of a stubref. */
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

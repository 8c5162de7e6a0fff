import type { Write } from '../contract/actor-kind.js';

/** Redis drops the value this much later, by its own clock, which the emulator cannot move. This only limits memory. */
const LONGER_MS = 86_400_000;

interface ExpiringValue {
  readonly v: 1;
  readonly value: string;
  readonly expires_at_ms: number;
}

/** Stores a text that is valid for `keptMs` after `nowMs`, by the product clock. */
export function expiringWrite(key: string, value: string, keptMs: number, nowMs: number): Write {
  const record: ExpiringValue = { v: 1, value, expires_at_ms: nowMs + keptMs };
  return ['SET', key, JSON.stringify(record), 'PX', keptMs + LONGER_MS];
}

/** The text while it is valid. An earlier version stored plain text, which is valid until Redis drops it. */
export function valueAt(stored: string | null, nowMs: number): string | undefined {
  if (stored === null) return undefined;
  if (!stored.startsWith('{')) return stored;
  const { value, expires_at_ms } = JSON.parse(stored) as ExpiringValue;
  return expires_at_ms > nowMs ? value : undefined;
}

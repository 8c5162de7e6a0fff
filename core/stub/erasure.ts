import type { ErasedPerson } from './contact-record.js';

/** What stands where something personal stood. */
export const ERASED = '[erased]';

/** Names shorter than this are parts of too many other words. */
const SHORTEST_NAME = 3;
const DEEPEST = 64;

/** Replaces what tells who a person is, in any text; the same text where there is nothing of them. */
export type Redact = (text: string) => string;

/** Replaces the addresses and the full name of a person wherever they stand in a text as a whole word. */
export function redacting({ names, points }: Pick<ErasedPerson, 'names' | 'points'>): Redact {
  const words = [
    ...points.map(({ contact }) => contact),
    ...names.filter((name) => name.trim().length >= SHORTEST_NAME).map((name) => name.trim()),
  ];
  if (words.length === 0) return (text) => text;
  const any = words
    .sort((a, b) => b.length - a.length)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&'))
    .join('|');
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])\\+?(?:${any})(?![\\p{L}\\p{N}])`, 'giu');
  return (text) => text.replace(pattern, ERASED);
}

/** Every text of a value redacted, keys of maps too. The same value where nothing was. */
export function redacted<Value>(value: Value, redact: Redact, depth = 0): Value {
  if (typeof value === 'string') return redact(value) as Value;
  if (typeof value === 'number') return (redact(String(value)) === String(value) ? value : ERASED) as Value;
  if (value === null || typeof value !== 'object' || depth > DEEPEST) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => redacted(item, redact, depth + 1));
    return (items.some((item, at) => item !== value[at]) ? items : value) as Value;
  }
  const entries = Object.entries(value).map(([key, item]) => [redact(key), redacted(item, redact, depth + 1)] as const);
  const isSame = entries.every(([key, item]) => (value as { [key: string]: unknown })[key] === item);
  return (isSame ? value : Object.fromEntries(entries)) as Value;
}

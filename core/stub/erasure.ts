import { encodeSegment } from '../heimdall/path-pattern.js';
import type { ErasedPerson } from './contact-record.js';
import { writtenNumber } from './written-number.js';

/** What stands where something personal stood. */
export const ERASED = '[erased]';

/** Names shorter than this are parts of too many other words. */
const SHORTEST_NAME = 3;
const DEEPEST = 64;

/** Replaces what tells who a person is, in any text; the same text where there is nothing of them. */
export type Redact = (text: string) => string;

/**
 * Replaces the addresses and the full name of a person in a text where they are whole words. A number is found in any usual
 * spelling, an id also as it is encoded in event paths.
 */
export function redacting({ names, points }: Pick<ErasedPerson, 'names' | 'points'>): Redact {
  const words = [
    ...points.filter(({ type }) => type !== 'mobile').flatMap(({ contact }) => [contact, encodeSegment(contact)]),
    ...names.filter((name) => name.trim().length >= SHORTEST_NAME).map((name) => name.trim()),
  ]
    .sort((a, b) => b.length - a.length)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'));
  const forms = [
    ...points.filter(({ type }) => type === 'mobile').map(({ contact }) => writtenNumber(contact)),
    ...(words.length > 0 ? [`(?<![\\p{L}\\p{N}])(?:${words.join('|')})(?![\\p{L}\\p{N}])`] : []),
  ];
  if (forms.length === 0) return (text) => text;
  const pattern = new RegExp(forms.join('|'), 'giu');
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

/** Whether a stored text contains an address, the full name or an id of the person. JSON text is parsed first. */
export function naming(person: Pick<ErasedPerson, 'names' | 'points' | 'ids'>): (text: string) => boolean {
  const redact = redacting(person);
  return (text) => {
    if (person.ids.some((id) => text.includes(id))) return true;
    const value = parsedJson(text); // an escape such as \n before a number would otherwise be part of the word
    return value === undefined ? redact(text) !== text : redacted(value, redact) !== value;
  };
}

function parsedJson(text: string): unknown {
  if (!/^[[{"]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

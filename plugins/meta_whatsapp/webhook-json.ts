import type { JsonObject } from '../../core/index.js';

/** Readers of what came from outside: whatever stands there, they answer, and never throw. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : {});
export const objectsOf = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);
/** A text, or a number as text: Meta writes ids and counts both ways. */
export const textIn = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined;

/** An id of Meta's as part of an actor's or a letter's id: one line, without the `|` between the two, of bounded length. */
export const idPart = (id: string): string =>
  id.slice(0, 500).replace(/[\p{Cc}|]/gu, (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`);

/** ms of a time of Meta's: seconds, as text or number. Undefined where it is none. */
export const secondsIn = (value: unknown): number | undefined => {
  const seconds = typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : undefined;
};

const LEVELS_AT_MOST = 100;

/** Nests deeper than is stored. */
export function isTooDeep(value: unknown, levels = LEVELS_AT_MOST): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isTooDeep(inner, levels - 1));
}

/** Its keys, two levels deep, and no value: what an operator needs to see that something new arrives, without anybody's words. */
export function shapeOf(what: unknown): string {
  const keys = (value: unknown, depth: number): string =>
    isObject(value) && depth > 0
      ? `{${Object.entries(value)
          .slice(0, 20)
          .map(([key, inner]) => `${key.slice(0, 40)}${isObject(inner) ? keys(inner, depth - 1) : ''}`)
          .join(', ')}}`
      : '';
  return keys(what, 3);
}

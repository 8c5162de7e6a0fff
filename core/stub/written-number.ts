import { nationalDigits } from './phone-number.js';

/** Characters that people and phones put between digits: spaces, dots, dashes, slashes, brackets, direction marks. */
const BETWEEN = '[\\s().\\-/\\u00a0\\u00ad\\u200b-\\u200f\\u2010-\\u2015\\u202a-\\u202e\\u2060\\u2066-\\u2069]{0,4}';
/** Shorter digit strings occur in too many other numbers. */
const SHORTEST_NATIONAL = 7;

const spaced = (digits: string): string => [...digits].join(BETWEEN);

/**
 * The source of a regular expression that finds a number (E.164 digits) in every usual spelling: with or without `+` or `00`,
 * with `(0)`, in national form, and with separators between the digits.
 */
export function writtenNumber(number: string): string {
  const { code, national } = nationalDigits(number) ?? { code: '', national: '' };
  const rest = number.slice(code.length);
  const international = `(?:(?:\\+|00)${BETWEEN})?${code && `${spaced(code)}${BETWEEN}(?:\\(0\\)${BETWEEN})?`}${spaced(rest)}`;
  const forms =
    national.length < SHORTEST_NATIONAL || national === number ? [international] : [international, spaced(national)];
  return `(?:\\((?=\\d{1,6}\\)))?(?<!\\p{N})(?:${forms.join('|')})(?!\\p{N})`;
}

/** Takes out of a text what must not be shown. */
export type Hide = (text: string) => string;

/** Keys of Meta's messages under which people's own words stand. */
const KEYS: readonly string[] = [
  'body',
  'text',
  'caption',
  'title',
  'description',
  'display_text',
  'payload',
  'coupon_code',
  'address',
  'formatted_name',
  'first_name',
  'last_name',
  'phone',
  'email',
  'url',
];
/** Shorter ones say nothing of anybody, and stand in other words. */
const MIN_CHARACTERS = 4;

/** Takes out what a message says. */
export function hidingWords(message: unknown): Hide {
  const words = [...wordsOf(message)].sort((a, b) => b.length - a.length);
  return (text) => words.reduce((shown, word) => shown.replaceAll(word, '(a text of the message)'), text);
}

/** Meta's words about a call may repeat the token that it could not read, and what the message says. */
export function hiding(token: string, message?: unknown): Hide {
  const hideWords = hidingWords(message);
  return (text) => hideWords(text.replaceAll(token, '(the access token)'));
}

function* wordsOf(part: unknown, key = ''): Generator<string> {
  if (typeof part === 'string') {
    if (KEYS.includes(key) && part.trim().length >= MIN_CHARACTERS) yield part;
  } else if (typeof part === 'object' && part !== null) {
    for (const [name, value] of Object.entries(part)) yield* wordsOf(value, Array.isArray(part) ? key : name);
  }
}

import { extname } from 'node:path';

const MAX_NAME = 255;
const OCTETS = 'application/octet-stream';
const TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/;
const PARAMETER = /^([A-Za-z0-9!#$&^_.+-]{1,40})=("[^"\\\p{Cc}]{0,80}"|[A-Za-z0-9!#$&^_.+'-]{1,80})$/u;

/** Endings of the types that people send each other; another type gets none. */
const ENDINGS: { readonly [type: string]: string } = {
  'image/jpeg': '.jpg',
  'image/png': '.png',
  'image/webp': '.webp',
  'image/gif': '.gif',
  'audio/ogg': '.ogg',
  'audio/mpeg': '.mp3',
  'audio/mp4': '.m4a',
  'audio/aac': '.aac',
  'audio/amr': '.amr',
  'video/mp4': '.mp4',
  'video/3gpp': '.3gp',
  'application/pdf': '.pdf',
  'text/plain': '.txt',
};

/** The last part of a name from outside, fit to be shown: no control characters, no folders, at most 255 characters. Empty where nothing is left. */
export function displayName(given: string): string {
  const base = given.split(/[/\\]/).at(-1)!;
  // Marks that turn the direction of writing can make a program's name look like a picture's.
  const clean = base.replace(/[\p{Cc}\p{Cs}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '').trim();
  if (/^\.*$/.test(clean)) return '';
  const characters = [...clean];
  if (characters.length <= MAX_NAME) return clean;
  const ending = [...endingOf(clean)];
  return [...characters.slice(0, MAX_NAME - ending.length), ...ending].join('');
}

/** The name that a file is kept under for others: its id with the ending of its name, else of its type. */
export function storedName(fileuuid: string, originalname: string, contentType: string): string {
  return `${fileuuid}${endingOf(originalname).toLowerCase() || (ENDINGS[contentType.split(';')[0]!] ?? '')}`;
}

const endingOf = (name: string): string => {
  const ending = extname(name);
  return /^\.[A-Za-z0-9]{1,10}$/.test(ending) ? ending : '';
};

/** A media type in one spelling: `Audio/OGG;Codecs=opus` is `audio/ogg; codecs=opus`. What is none is `application/octet-stream`. */
export function mediaType(given: string): string {
  const [type = '', ...parameters] = given.split(';').map((part) => part.trim());
  const lower = type.toLowerCase();
  if (!TYPE.test(lower)) return OCTETS;
  const kept = parameters.slice(0, 4).flatMap((parameter) => {
    const [, name, value] = PARAMETER.exec(parameter) ?? [];
    return name === undefined ? [] : [`${name.toLowerCase()}=${value}`];
  });
  return [lower, ...kept].join('; ');
}

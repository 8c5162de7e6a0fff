import type { MediaKind } from '../message/sent-media.js';

const MIB = 1_048_576;
const STATIC_STICKER_MAX_BYTES = 100 * 1024;

interface Accepted {
  readonly maxBytes: number;
  /** MIME type → extensions of links that have it. */
  readonly types: { readonly [mimeType: string]: readonly string[] };
}

/** Meta's table "Supported media types". A document may also be any file of the other kinds. */
const ACCEPTED: { readonly [Kind in MediaKind]: Accepted } = {
  image: { maxBytes: 5 * MIB, types: { 'image/jpeg': ['jpg', 'jpeg'], 'image/png': ['png'] } },
  video: { maxBytes: 16 * MIB, types: { 'video/mp4': ['mp4'], 'video/3gpp': ['3gp', '3gpp'] } },
  audio: {
    maxBytes: 16 * MIB,
    types: {
      'audio/aac': ['aac'],
      'audio/amr': ['amr'],
      'audio/mpeg': ['mp3'],
      'audio/mp4': ['m4a', 'mp4'],
      'audio/ogg': ['ogg', 'oga', 'opus'],
      'audio/opus': [],
    },
  },
  sticker: { maxBytes: 500 * 1024, types: { 'image/webp': ['webp'] } },
  document: {
    maxBytes: 100 * MIB,
    types: {
      'text/plain': ['txt'],
      'application/pdf': ['pdf'],
      'application/msword': ['doc'],
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document': ['docx'],
      'application/vnd.ms-excel': ['xls'],
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': ['xlsx'],
      'application/vnd.ms-powerpoint': ['ppt'],
      'application/vnd.openxmlformats-officedocument.presentationml.presentation': ['pptx'],
    },
  },
};

const KINDS = Object.values(ACCEPTED);
const VOICE_TYPES: readonly string[] = ['audio/ogg', 'audio/opus'];

/** Every type that can be uploaded, as Meta's refusal lists them. */
export const UPLOAD_TYPES: readonly string[] = KINDS.flatMap(({ types }) => Object.keys(types)).sort();

/** Without parameters: `audio/ogg; codecs=opus` is `audio/ogg`. */
export const bareType = (mimeType: string): string => mimeType.split(';')[0]!.trim().toLowerCase();

/** The most bytes of an upload of this type; undefined for a type that Meta does not take. */
export const maxBytesOf = (mimeType: string): number | undefined =>
  KINDS.find(({ types }) => bareType(mimeType) in types)?.maxBytes;

const typesOf = (kind: MediaKind, voice = false): readonly string[] => {
  if (voice) return VOICE_TYPES;
  return kind === 'document' ? UPLOAD_TYPES : Object.keys(ACCEPTED[kind].types);
};

const unsupported = (kind: MediaKind, found: string, voice?: boolean): string =>
  `Unsupported ${kind[0]!.toUpperCase()}${kind.slice(1)} mime type ${found}. Please use one of ${typesOf(kind, voice).join(', ')}.`;

/** Why an uploaded file cannot be shown as this kind, or undefined. */
export function unfitUpload(
  kind: MediaKind,
  file: { readonly mimeType: string; readonly bytes: number; readonly animated: boolean },
  voice?: boolean,
): string | undefined {
  const type = bareType(file.mimeType);
  if (!typesOf(kind, voice).includes(type)) return unsupported(kind, type, voice);
  if (kind === 'sticker' && !file.animated && file.bytes > STATIC_STICKER_MAX_BYTES)
    return `A static sticker has at most ${STATIC_STICKER_MAX_BYTES} bytes, this one has ${file.bytes}.`;
  return undefined;
}

/** Why what a link leads to cannot be shown as this kind, as far as its path tells; a path without extension tells nothing. */
export function unfitLink(kind: MediaKind, link: string, voice?: boolean): string | undefined {
  const extension = /\.([a-z0-9]{1,8})$/i.exec(new URL(link).pathname)?.[1]?.toLowerCase();
  if (extension === undefined) return undefined;
  const wanted = typesOf(kind, voice);
  const fits = KINDS.flatMap(({ types }) => Object.entries(types)).some(
    ([type, extensions]) => wanted.includes(type) && extensions.includes(extension),
  );
  return fits ? undefined : unsupported(kind, `of a file .${extension}`, voice);
}

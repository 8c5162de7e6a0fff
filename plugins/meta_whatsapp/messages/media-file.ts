import { z } from 'zod';
import type { FileObject, JsonObject, Problem } from '../../../core/index.js';
import type { Built, Sender } from './message-type.js';
import { httpLink, isHttpLink, words } from './meta-limits.js';

export const MEDIA_KINDS = ['image', 'video', 'audio', 'document', 'sticker'] as const;
export type MediaKind = (typeof MEDIA_KINDS)[number];

/** Where Meta gets media from: our file store, a link, or an upload of one's own. */
export type MediaRef = ({ readonly fileuuid: string } | { readonly link: string } | { readonly id: string }) & {
  /** Name of a document, as the client sees it. */
  readonly filename?: string;
};

const MAX_FILE_ID = 2_000;
/** A fileuuid; or, where links are taken too, a link. */
export const FileId = z.string().min(1).max(MAX_FILE_ID);

/** A file as our records have it; `fileuuid` alone is enough. */
export const FileRef = z.looseObject({ fileuuid: FileId.describe('The id that the file store gave it') });

export const MediaLink = z.strictObject({ link: httpLink.describe('Where Meta fetches it') });
export const MediaUpload = z.strictObject({ id: z.string().min(1).describe('What Meta’s upload gave') });

/** Media of a header or a sticker: a file object or bare fileuuid, `{link}`, or `{id}` of an upload to Meta. */
export const Media = z
  .union([FileId, FileRef, MediaLink, MediaUpload])
  .transform((given): MediaRef => {
    if (typeof given === 'string') return isHttpLink(given) ? { link: given } : { fileuuid: given };
    if ('fileuuid' in given) return { fileuuid: given.fileuuid as string };
    return given as MediaRef;
  })
  .describe('A fileuuid, a file object, a link that begins with https://, or { id } of an upload to Meta');

/** Longest name of a document, characters: the limit of common file systems. */
const MAX_FILENAME = 255;
const Filename = words(MAX_FILENAME).optional().describe('Name of a document, as the client sees it');

/** Like `Media`, but a document may have a name: `{link, filename}`. */
export const NamedMedia = z
  .union([FileId, FileRef, MediaLink.extend({ filename: Filename }), MediaUpload.extend({ filename: Filename })])
  .transform((given): MediaRef => {
    if (typeof given === 'string') return isHttpLink(given) ? { link: given } : { fileuuid: given };
    if (!('fileuuid' in given)) return given as MediaRef;
    const { fileuuid, filename } = given as { readonly fileuuid: string; readonly filename?: unknown };
    // A whole file object has its own names, which its record has too.
    const isBare = Object.keys(given).every((key) => key === 'fileuuid' || key === 'filename');
    return { fileuuid, ...(isBare && typeof filename === 'string' && filename !== '' && { filename }) };
  })
  .describe(
    'A fileuuid, a file object, a link that begins with https://, { link, filename }, or { id, filename } of an upload to Meta',
  );

const KB = 1_024;
const MB = 1_024 * KB;

interface MediaLimit {
  readonly maxBytes: number;
  /** Content types that Meta takes; without them: any. */
  readonly contentTypes?: readonly string[];
}

/** https://developers.facebook.com/docs/whatsapp/cloud-api/reference/media#supported-media-types */
const LIMITS: { readonly [Kind in MediaKind]: MediaLimit } = {
  image: { maxBytes: 5 * MB, contentTypes: ['image/jpeg', 'image/png'] },
  video: { maxBytes: 16 * MB, contentTypes: ['video/mp4', 'video/3gpp'] },
  audio: { maxBytes: 16 * MB, contentTypes: ['audio/aac', 'audio/amr', 'audio/mpeg', 'audio/mp4', 'audio/ogg'] },
  document: { maxBytes: 100 * MB },
  sticker: { maxBytes: 500 * KB, contentTypes: ['image/webp'] },
};
/** Above this size a sticker must be animated. */
const STILL_STICKER_BYTES = 100 * KB;

/** `audio/ogg; codecs=opus` → `audio/ogg`. */
const bareType = (contentType: string): string => contentType.split(';')[0]!.trim().toLowerCase();

/** Ogg is taken with the codec opus only, which is what it holds where nothing else is said. */
const isTaken = (kind: MediaKind, contentType: string): boolean => {
  const types = LIMITS[kind].contentTypes;
  if (types === undefined) return true;
  if (/^audio\/ogg\b/i.test(contentType) && !/codecs="?opus/i.test(contentType) && /codecs=/i.test(contentType))
    return false;
  return types.includes(bareType(contentType));
};

/** The kind of media that a file is sent as when nothing else is asked: a document, if Meta takes it as nothing else. */
export const kindOf = ({ contentType = '' }: FileObject): MediaKind =>
  MEDIA_KINDS.find((kind) => kind !== 'document' && isTaken(kind, contentType)) ?? 'document';

/** A recording that is played as a voice note. */
export const isVoiceNote = ({ contentType = '' }: FileObject): boolean => bareType(contentType) === 'audio/ogg';

export const nameOf = ({ originalname, filename }: FileObject): string | undefined => originalname ?? filename;

/** What Meta would refuse about a file sent as this kind; undefined where it takes it. */
function refusal(kind: MediaKind, file: FileObject, where: string): Problem | undefined {
  const { contentType = 'application/octet-stream', size } = file;
  const { maxBytes, contentTypes } = LIMITS[kind];
  const what = `${where}: the file ${file.fileuuid}`;
  const instead = kind === 'document' ? '' : ' Send another file, or write kind: document in a message of type media.';
  if (!isTaken(kind, contentType)) {
    const taken = `WhatsApp takes ${contentTypes!.join(', ')} as ${kind}`;
    // What an upload says of a file that its sender does not know.
    const isUntyped = bareType(contentType) === 'application/octet-stream';
    const advice = isUntyped ? ` Upload it with its type: curl -F "file=@…;type=${contentTypes![0]}".` : instead;
    return { code: 'media_unfit', message: `${what} is ${contentType}; ${taken}.${advice}` };
  }
  if (size === 0) return { code: 'media_unfit', message: `${what} is empty; WhatsApp takes no file of 0 bytes.` };
  if (size !== undefined && size > maxBytes) {
    const message = `${what} has ${size} bytes; WhatsApp takes up to ${maxBytes} bytes as ${kind}.${instead}`;
    return { code: 'media_unfit', message };
  }
  return undefined;
}

/** Each place of a message where Meta takes media of a kind: `{image: {id | link | fileuuid}}`. */
export function* mediaIn(part: unknown, path = ''): Generator<{ kind: MediaKind; media: JsonObject; where: string }> {
  if (part === null || typeof part !== 'object') return;
  for (const [key, value] of Object.entries(part)) {
    // What a flow is given is the author's own data, whatever its keys are called.
    if (key === 'flow_action_payload' || key === 'flow_action_data') continue;
    const where = path === '' ? key : `${path}.${key}`;
    const isMedia = (MEDIA_KINDS as readonly string[]).includes(key) && typeof value === 'object' && value !== null;
    if (isMedia && !Array.isArray(value)) yield { kind: key as MediaKind, media: value as JsonObject, where };
    else yield* mediaIn(value, where);
  }
}

/** Holds every stored file that a message names against Meta's limits, and gives documents their file's name. */
export async function withFiles(built: Built, sender: Sender): Promise<Built> {
  if (!built.ok) return built;
  const payload = structuredClone(built.payload);
  const warnings = [...(built.warnings ?? [])];
  for (const { kind, media, where } of mediaIn(payload)) {
    const { fileuuid } = media;
    if (typeof fileuuid !== 'string') continue;
    const file = await sender.file(fileuuid);
    if (file === undefined) return { ok: false, problem: unknownFile(fileuuid, where) };
    const problem = refusal(kind, file, where);
    if (problem !== undefined) return { ok: false, problem };
    const name = nameOf(file);
    if (kind === 'document' && media['filename'] === undefined && name !== undefined) media['filename'] = name;
    if (kind === 'sticker' && (file.size ?? 0) > STILL_STICKER_BYTES)
      warnings.push(
        `The sticker has ${file.size} bytes: over ${STILL_STICKER_BYTES} WhatsApp takes animated ones only.`,
      );
  }
  return { ok: true, payload, ...(warnings.length > 0 && { warnings }) };
}

export const unknownFile = (fileuuid: string, where: string): Problem => ({
  code: 'file_unknown',
  message: `${where}: there is no file ${fileuuid}. Upload it with POST /api/files, or refer to an attachment.`,
});

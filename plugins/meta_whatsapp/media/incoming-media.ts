import type { FileObject, JsonObject, Problem } from '../../../core/index.js';

/** A file of a client as the webhook names it. */
export interface IncomingMedia {
  /** Meta's id; known to Meta for 7 days. */
  readonly id: string;
  readonly mimeType?: string;
  /** Base64 in webhooks, hex elsewhere. */
  readonly sha256?: string;
  /** Documents have one. */
  readonly filename?: string;
}

/** A file to fetch, and its conversation. Letters of an older version lack the conversation. */
export interface FetchTask extends IncomingMedia {
  readonly conversation?: string;
}

/** What came of fetching it. */
export type MediaOutcome =
  | { readonly ok: true; readonly file: FileObject }
  | { readonly ok: false; readonly problem: Problem };

/** To the actor `whatsapp-media` (id `profile:media id`): fetch it and tell `replyTo`. */
export interface FetchLetter {
  readonly type: 'fetch';
  readonly media: IncomingMedia;
  readonly replyTo: { readonly kind: string; readonly id: string };
  /** The letter in whose message it is. */
  readonly letter: string;
}

/** To the same actor: the file is no longer needed, because its client is erased. */
export interface ForgetFileLetter extends Omit<FetchLetter, 'type'> {
  readonly type: 'forget';
}

/** The answer to the conversation: exactly once for each `fetch` that is not cancelled, within ten minutes. */
export interface MediaDoneLetter {
  readonly type: 'media_done';
  /** The letter in whose message it is. */
  readonly letter: string;
  readonly outcome: MediaOutcome;
}

export const MEDIA_KIND = 'whatsapp-media';

const TYPES = new Set(['image', 'video', 'audio', 'document', 'sticker']);
/** Meta's code for a file of a client that is over Meta's own limit (100 MB) or cannot be had. */
const NO_DOWNLOAD_CODE = 131052;

const object = (value: unknown): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
const string = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** The file in a client's message, or in the new form of an edited one. Pure. */
export function mediaOf(message: JsonObject): IncomingMedia | undefined {
  const shown = message['type'] === 'edit' ? object(object(message['edit'])['message']) : message;
  const type = string(shown['type']);
  if (type === undefined || !TYPES.has(type)) return undefined;
  const content = object(shown[type]);
  const id = string(content['id']);
  if (id === undefined || !/^[\w.-]{1,100}$/.test(id)) return undefined;
  const mimeType = string(content['mime_type']);
  const sha256 = string(content['sha256']);
  const filename = string(content['filename']);
  return { id, ...(mimeType && { mimeType }), ...(sha256 && { sha256 }), ...(filename && { filename }) };
}

/** Why Meta gives no file with this message though the client sent one. Pure. */
export function mediaProblemOf(message: JsonObject): Problem | undefined {
  const errors = Array.isArray(message['errors']) ? message['errors'].map(object) : [];
  const found = errors.find(({ code }) => code === NO_DOWNLOAD_CODE || code === String(NO_DOWNLOAD_CODE));
  if (!found) return undefined;
  const details = string(object(found['error_data'])['details']) ?? string(found['title']) ?? 'no reason given';
  return {
    code: 'media_unavailable',
    message: `Meta could not take the client's file: ${details.slice(0, 500)}. Ask the client to send a smaller one.`,
    provider_code: NO_DOWNLOAD_CODE,
  };
}

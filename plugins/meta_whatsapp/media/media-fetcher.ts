import { inject, injectable } from 'inversify';
import { derivedUuid, FileStore, type JsonObject, Logger, type Problem, StubwireError } from '../../../core/index.js';
import { GraphClient } from '../graph-client.js';
import { type Profile, profileOf, WhatsAppConfig } from '../profile.js';
import { ClientFileQuota } from './client-file-quota.js';
import type { FetchTask, IncomingMedia, MediaOutcome } from './incoming-media.js';

/** What one attempt came to; `again`: another one may bring the file. */
export type FetchOutcome = MediaOutcome | { readonly ok: false; readonly again: true; readonly problem: Problem };

/** Longest time of one attempt, ms: 100 MB at half a megabyte a second. */
const ATTEMPT_MS = 4 * 60_000;
/** Meta's codes for an id that it does not know, or no longer. */
const UNKNOWN_ID_CODES: readonly (number | undefined)[] = [100, 131052];
/** Answers of a download address whose five minutes are over. */
const ADDRESS_EXPIRED: readonly number[] = [401, 403, 404, 410];

/** What Meta says of a media id. https://developers.facebook.com/docs/whatsapp/cloud-api/reference/media#get-media-url */
interface Metadata {
  readonly url: string;
  readonly mimeType?: string;
  readonly sha256?: string;
  readonly bytes?: number;
}

/** Brings files of clients from Meta into the file store. */
@injectable()
export class MediaFetcher {
  constructor(
    @inject(WhatsAppConfig) private readonly config: WhatsAppConfig,
    @inject(GraphClient) private readonly graph: GraphClient,
    @inject(FileStore) private readonly files: FileStore,
    @inject(ClientFileQuota) private readonly quota: ClientFileQuota,
    @inject(Logger) private readonly log: Logger,
  ) {}

  /** One attempt. The file has an id that is derived from Meta's, so however often it is fetched, it is one. */
  async fetch(profile: string, media: FetchTask): Promise<FetchOutcome> {
    const configured = profileOf(this.config, profile);
    if (!configured) return final('media_unavailable', `The profile "${profile}" is no longer configured.`);
    const fileuuid = fileOf(configured, media);
    const signal = AbortSignal.timeout(ATTEMPT_MS);
    try {
      const known = await this.files.get(fileuuid);
      if (known) {
        const { sha256: _, ...file } = known;
        return { ok: true, file };
      }
      let outcome: FetchOutcome | 'address_expired' = 'address_expired';
      for (let asked = 0; asked < 2 && outcome === 'address_expired'; asked += 1)
        outcome = await this.attempt(profile, configured.phone_number_id, media, fileuuid, signal);
      return outcome === 'address_expired'
        ? again('media_unavailable', 'Meta refused the download address that it had just given.')
        : outcome;
    } catch (error) {
      if (error instanceof StubwireError && error.code === 'file_too_large') return tooLarge(this.files.maxBytes);
      this.log.warn(
        { profile, media: media.id, err: error },
        'a file of a client could not be fetched; it is tried again',
      );
      return again('media_unavailable', 'The download broke off, or the file could not be stored: see the log.');
    }
  }

  /** Removes the file, if it was fetched. */
  async remove(profile: string, media: IncomingMedia): Promise<void> {
    const configured = profileOf(this.config, profile);
    if (configured) await this.files.remove(fileOf(configured, media));
  }

  private async attempt(
    profile: string,
    phoneNumberId: string,
    media: FetchTask,
    fileuuid: string,
    signal: AbortSignal,
  ): Promise<FetchOutcome | 'address_expired'> {
    const described = await this.metadata(profile, phoneNumberId, media.id, signal);
    if ('ok' in described) return described;
    const { maxBytes } = this.files;
    if ((described.bytes ?? 0) > maxBytes) return tooLarge(maxBytes, described.bytes);
    const { mimeType } = described;
    if (media.mimeType && mimeType && bare(media.mimeType) !== bare(mimeType))
      return final(
        'media_mismatch',
        `Meta announced the client's file as ${bare(media.mimeType)} and has it as ${bare(mimeType)}. It was not taken.`,
      );
    const { client_files: limits } = profileOf(this.config, profile)!;
    const { conversation } = media;
    const problem =
      conversation === undefined
        ? undefined
        : await this.quota.refusal(conversation, media.id, described.bytes ?? 0, limits);
    if (problem) return { ok: false, problem };
    const download = await this.graph.download(profile, described.url, { signal, maxBytes });
    if (!download.ok) {
      if (download.kind === 'unreachable') return again('media_unavailable', download.message);
      if (ADDRESS_EXPIRED.includes(download.status)) return 'address_expired';
      if (download.status === 413) return tooLarge(maxBytes);
      return download.transient || download.status >= 400
        ? again('media_unavailable', download.message)
        : final('media_unavailable', download.message);
    }
    const received = await this.files.receive(download.content).finally(() => download.content.destroy());
    const expected = [media.sha256, described.sha256].map(hexOf).filter((hash) => hash !== undefined);
    const rightSize = described.bytes === undefined || described.bytes === received.size;
    if (!rightSize || expected.some((hash) => hash !== received.sha256)) {
      await this.files.discard(received);
      return again(
        'media_mismatch',
        `What came is not the client's file: its size (${received.size}) or its SHA-256 is not what Meta announced.`,
      );
    }
    const contentType = media.mimeType ?? mimeType ?? 'application/octet-stream';
    const file = await this.files.keep(received, { contentType, fileuuid, originalname: media.filename });
    return { ok: true, file };
  }

  private async metadata(
    profile: string,
    phoneNumberId: string,
    mediaId: string,
    signal: AbortSignal,
  ): Promise<Metadata | FetchOutcome> {
    const query = { phone_number_id: phoneNumberId };
    const answer = await this.graph.call(profile, {
      method: 'GET',
      target: 'media',
      path: encodeURIComponent(mediaId),
      query,
      signal,
    });
    if (answer.ok) return metadataOf(answer.body) ?? again('media_unavailable', 'Meta gave no address for the file.');
    const isUnknown =
      answer.kind === 'refused' &&
      !answer.transient &&
      (UNKNOWN_ID_CODES.includes(answer.code) || (answer.code === undefined && answer.status === 404));
    return isUnknown
      ? final('media_unavailable', `Meta no longer has the client's file. ${answer.message}`)
      : again('media_unavailable', answer.message);
  }
}

const fileOf = ({ phone_number_id: number }: Profile, { id }: IncomingMedia): string =>
  derivedUuid('whatsapp-media', number, id);

function metadataOf({ url, mime_type, sha256, file_size }: JsonObject): Metadata | undefined {
  if (typeof url !== 'string' || url === '') return undefined;
  const bytes = Number(file_size); // a number or a string
  return {
    url,
    ...(typeof mime_type === 'string' && mime_type !== '' && { mimeType: mime_type }),
    ...(typeof sha256 === 'string' && { sha256 }),
    ...(file_size !== undefined && file_size !== '' && Number.isSafeInteger(bytes) && { bytes }),
  };
}

/** A SHA-256 in hex, from Meta's two spellings: hex, or base64. `undefined`: it is neither. */
function hexOf(hash: string | undefined): string | undefined {
  if (hash === undefined) return undefined;
  if (/^[0-9a-f]{64}$/i.test(hash)) return hash.toLowerCase();
  const bytes = Buffer.from(hash, 'base64');
  return /^[\w+/-]{43}=?$/.test(hash) && bytes.length === 32 ? bytes.toString('hex') : undefined;
}

/** The media type without parameters: `audio/ogg; codecs=opus` is `audio/ogg`. */
const bare = (mimeType: string): string => mimeType.split(';')[0]!.trim().toLowerCase().slice(0, 100);

const final = (code: string, message: string): FetchOutcome => ({ ok: false, problem: { code, message } });
const again = (code: string, message: string): FetchOutcome => ({ ok: false, again: true, problem: { code, message } });
const tooLarge = (maxBytes: number, bytes?: number): FetchOutcome =>
  final(
    'media_too_large',
    `The client's file has ${bytes === undefined ? 'more than' : `${bytes} bytes, more than`} ${maxBytes} bytes, the limit (files.max_mb). Raise it, or ask the client for a smaller file.`,
  );

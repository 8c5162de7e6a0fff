import { createHash } from 'node:crypto';
import { inject, injectable } from 'inversify';
import {
  Clock,
  FileStore,
  type Json,
  type JsonObject,
  Keys,
  Logger,
  RedisConnection,
  type SendOutcome,
  type StoredFile,
  type Write,
} from '../../../core/index.js';
import { GraphClient } from '../graph-client.js';
import { mediaIn } from '../messages/media-file.js';
import { PLUGIN, profileOf, WhatsAppConfig } from '../profile.js';
import { withCredential } from '../profiles/credential.js';

/** Meta keeps an uploaded file for 30 days; a send may still lie in a lane for a while. */
const KEPT_MS = 29 * 86_400_000;
/** Longest upload, ms: 100 MB at a third of a megabyte a second. */
const UPLOAD_MS = 5 * 60_000;
/** An id that is newer than this and refused is not one that Meta has forgotten: the file is not uploaded again. */
const JUST_NOW_MS = 60_000;
/** Meta's codes for a send whose media id it cannot use. Of the first two its words tell. */
const BAD_PARAMETER_CODES: readonly (number | undefined)[] = [100, 131009];
export const MEDIA_UPLOAD_CODE = 131053;

interface Upload {
  readonly id: string;
  /** On the product's clock. */
  readonly atMs: number;
}

/** A message with Meta's ids in it, or the first file that keeps it from going out. */
export type Resolved =
  | { readonly result: 'ready'; readonly message: JsonObject; readonly fileuuids: readonly string[] }
  | { readonly result: 'not_uploaded'; readonly fileuuid: string }
  | { readonly result: 'no_file'; readonly fileuuid: string };

/**
 * Files at Meta: each is uploaded once for a phone number and reused while Meta keeps it. A file is known by its content
 * and type, so the same picture stored twice is one upload.
 */
@injectable()
export class MediaUploads {
  constructor(
    @inject(WhatsAppConfig) private readonly config: WhatsAppConfig,
    @inject(GraphClient) private readonly graph: GraphClient,
    @inject(FileStore) private readonly files: FileStore,
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Keys) private readonly keys: Keys,
    @inject(Clock) private readonly clock: Clock,
    @inject(Logger) private readonly log: Logger,
  ) {}

  /** The message with `{id}` where Meta takes media and it has `{fileuuid}`. */
  async resolve(profile: string, message: JsonObject): Promise<Resolved> {
    const fileuuids = fileuuidsIn(message);
    if (fileuuids.length === 0) return { result: 'ready', message, fileuuids };
    const ids = new Map<string, string>();
    for (const fileuuid of fileuuids) {
      const file = await this.files.get(fileuuid);
      if (!file) return { result: 'no_file', fileuuid };
      const upload = await this.known(profile, file);
      if (!upload) return { result: 'not_uploaded', fileuuid };
      ids.set(fileuuid, upload.id);
    }
    return { result: 'ready', message: withIds(message, ids), fileuuids };
  }

  /** The message as it would be sent: where a file is not at Meta yet a word stands for its id. */
  async foreseen(
    profile: string,
    message: JsonObject,
  ): Promise<{ readonly message: JsonObject; readonly missing: readonly string[] }> {
    const ids = new Map<string, string>();
    const missing: string[] = [];
    for (const fileuuid of fileuuidsIn(message)) {
      const file = await this.files.get(fileuuid);
      const upload = file && (await this.known(profile, file));
      if (!upload) missing.push(fileuuid);
      ids.set(fileuuid, upload?.id ?? `(its id, once ${fileuuid} is uploaded)`);
    }
    return { message: withIds(message, ids), missing };
  }

  /** Uploads a file, unless it is there. What keeps it from it is an outcome of the send: nothing was sent. */
  async upload(profile: string, fileuuid: string): Promise<SendOutcome | undefined> {
    const sender = profileOf(this.config, profile);
    if (!sender) return rejected('profile_unknown', `The profile "${profile}" is no longer configured.`);
    const { phone_number_id: phoneNumberId } = sender;
    const file = await this.files.get(fileuuid);
    if (!file) return fileGone(fileuuid);
    if (await this.known(profile, file)) return undefined;
    let opened: Awaited<ReturnType<FileStore['open']>>;
    try {
      opened = await this.files.open(fileuuid);
    } catch (error) {
      this.log.error({ file: fileuuid, err: error }, 'a file to be sent cannot be read');
      return retry('file_content_missing', `The content of the file ${fileuuid} cannot be read: see the log.`);
    }
    if (!opened) return fileGone(fileuuid);
    const atMs = await this.clock.nowMs();
    const answer = await this.graph.call(profile, {
      method: 'POST',
      target: 'upload',
      path: `${phoneNumberId}/media`,
      form: {
        fields: { messaging_product: 'whatsapp', type: file.contentType },
        file: {
          name: 'file',
          filename: file.filename,
          contentType: file.contentType,
          size: file.size,
          content: opened.content,
        },
      },
      timeoutMs: UPLOAD_MS,
    });
    opened.content.destroy();
    if (!answer.ok) {
      if (answer.kind === 'unreachable') return retry('provider_unreachable', `The upload failed. ${answer.message}`);
      const provider = answer.code !== undefined && { provider_code: answer.code };
      const problem = {
        code: 'media_refused',
        message: `Meta did not take the file "${file.originalname}" (${file.contentType}, ${file.size} bytes). ${answer.message}`,
        ...provider,
      };
      if (answer.transient) return { result: 'retry', limit: 'none', problem };
      if (!answer.profileRefused) return { result: 'rejected', problem };
      return withCredential({ result: 'halt', problem }, sender);
    }
    const id = answer.body['id'];
    if ((typeof id !== 'string' && typeof id !== 'number') || id === '')
      return retry('media_refused', 'Meta took the upload and gave no id for it.');
    const upload: Upload = { id: String(id), atMs };
    await this.redis.client.set(this.key(phoneNumberId, file), JSON.stringify(upload), 'PX', KEPT_MS);
    return undefined;
  }

  /** Meta refused a message and may have forgotten its files: those of them that were not uploaded just now are forgotten here too. */
  async forgetOld(profile: string, fileuuids: readonly string[]): Promise<readonly string[]> {
    const nowMs = await this.clock.nowMs();
    const forgotten: string[] = [];
    for (const fileuuid of fileuuids) {
      const file = await this.files.get(fileuuid);
      const upload = file && (await this.known(profile, file));
      if (!upload || nowMs - upload.atMs < JUST_NOW_MS) continue;
      await this.redis.client.del(this.keyOf(profile, file));
      forgotten.push(fileuuid);
    }
    return forgotten;
  }

  /** Forgets the uploads of a message, with the commit of whoever learned that they are no good. */
  async forgetting(profile: string, message: JsonObject): Promise<Write[]> {
    const files = await Promise.all(fileuuidsIn(message).map((fileuuid) => this.files.get(fileuuid)));
    if (!profileOf(this.config, profile)) return [];
    return files.flatMap((file): Write[] => (file ? [['DEL', this.keyOf(profile, file)]] : []));
  }

  private async known(profile: string, file: StoredFile): Promise<Upload | undefined> {
    if (!profileOf(this.config, profile)) return undefined;
    const stored = await this.redis.client.get(this.keyOf(profile, file));
    if (stored === null) return undefined;
    const upload = JSON.parse(stored) as Upload;
    return (await this.clock.nowMs()) < upload.atMs + KEPT_MS ? upload : undefined;
  }

  private keyOf(profile: string, file: StoredFile): string {
    return this.key(this.config.profiles[profile]!.phone_number_id, file);
  }

  private key(phoneNumberId: string, { sha256, contentType }: StoredFile): string {
    const type = createHash('sha256').update(contentType).digest('hex').slice(0, 16);
    return this.keys.plugin(PLUGIN, `upload:${phoneNumberId}:${sha256}:${type}`);
  }
}

/** The ids of files that a message names where Meta takes media, each once. */
function fileuuidsIn(message: JsonObject): readonly string[] {
  const named = [...mediaIn(message)].map(({ media }) => media['fileuuid']);
  return [...new Set(named)].filter((fileuuid) => typeof fileuuid === 'string');
}

function withIds(message: JsonObject, ids: ReadonlyMap<string, string>): JsonObject {
  const filled = structuredClone(message) as { [key: string]: Json };
  for (const { media } of mediaIn(filled)) {
    const place = media as { [key: string]: Json };
    const { fileuuid } = place;
    if (typeof fileuuid !== 'string') continue;
    delete place['fileuuid'];
    place['id'] = ids.get(fileuuid)!;
  }
  return filled;
}

/** Whether a refusal may say that Meta no longer knows an uploaded file. Nothing was sent then. Pure. */
export function mayLackMedia(outcome: SendOutcome): boolean {
  if (outcome.result !== 'rejected') return false;
  const { provider_code: code, message } = outcome.problem;
  return code === MEDIA_UPLOAD_CODE || (BAD_PARAMETER_CODES.includes(code) && /media/i.test(message));
}

export const fileGone = (fileuuid: string): SendOutcome =>
  rejected(
    'file_unknown',
    `The file ${fileuuid} of this message is not in the file store; it was removed before it was sent.`,
  );
const rejected = (code: string, message: string): SendOutcome => ({ result: 'rejected', problem: { code, message } });
const retry = (code: string, message: string): SendOutcome => ({
  result: 'retry',
  limit: 'none',
  problem: { code, message },
});

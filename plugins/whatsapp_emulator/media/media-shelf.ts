import { createHash, randomInt, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { inject, injectable } from 'inversify';
import { Clock, PluginFolder, RedisConnection } from '../../../core/index.js';
import { EmulatorConfig } from '../emulator-config.js';
import { EmulatorKeys } from '../emulator-keys.js';

const DAY_MS = 86_400_000;
/** Meta keeps what a business uploaded for 30 days, and what a client sent for 7. */
const KEPT_MS = { business: 30 * DAY_MS, client: 7 * DAY_MS } as const;
const FILES_MAX = 10_000;
/** A file without a record may be under way, or another host's that shares the folder; after so long it is nobody's. */
const ORPHAN_AFTER_MS = 31 * DAY_MS;

/** What is known about a file when it is put here. */
export interface MediaAbout {
  /** The business number whose media it is. */
  readonly phoneNumberId: string;
  /** Who sent it: `business` by an upload, `client` in a message. */
  readonly from: keyof typeof KEPT_MS;
  readonly mimeType: string;
  readonly filename?: string;
  /** More than this throws `MediaTooLarge`. */
  readonly maxBytes: number;
}

/** One file that stands on the shelf. */
export interface ShelvedMedia {
  /** Meta's media id: digits. */
  readonly id: string;
  readonly phoneNumberId: string;
  readonly from: keyof typeof KEPT_MS;
  readonly mimeType: string;
  readonly filename?: string;
  readonly bytes: number;
  /** Hex, as GET answers it; webhooks carry `base64Sha256`. */
  readonly sha256: string;
  /** Ms on the product clock. */
  readonly expiresAtMs: number;
}

/** The content is over `maxBytes`; nothing of it is kept. */
export class MediaTooLarge extends Error {
  override readonly name = 'MediaTooLarge';
  constructor(readonly maxBytes: number) {
    super(`The file has more than ${maxBytes} bytes.`);
  }
}

/** The hash as a message's webhook carries it. */
export const base64Sha256 = ({ sha256 }: Pick<ShelvedMedia, 'sha256'>): string =>
  Buffer.from(sha256, 'hex').toString('base64');

const newId = (): string => `${randomInt(1, 10)}${String(randomInt(0, 1e14)).padStart(14, '0')}`;

/**
 * Media of both sides: content in files, records in Redis. A file has its record only once it is whole. What is too old,
 * and the oldest beyond `media_kept_mb` or 10,000 files, is thrown away when something new comes.
 */
@injectable()
export class MediaShelf {
  private readonly folder: string;
  private swept = false;

  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(EmulatorKeys) private readonly keys: EmulatorKeys,
    @inject(Clock) private readonly clock: Clock,
    @inject(EmulatorConfig) private readonly config: EmulatorConfig,
    @inject(PluginFolder) folder: string,
  ) {
    this.folder = join(folder, 'whatsapp_emulator');
  }

  /** Stores a file, streamed. Throws `MediaTooLarge`. */
  async put(content: Readable | AsyncIterable<Uint8Array>, about: MediaAbout): Promise<ShelvedMedia> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const id = newId();
    const part = join(this.folder, `${randomUUID()}.part`);
    try {
      const { bytes, sha256 } = await this.write(content, part, about.maxBytes);
      await rename(part, this.fileOf(id));
      const { phoneNumberId, from, mimeType, filename } = about;
      const expiresAtMs = (await this.clock.nowMs()) + KEPT_MS[from];
      const media: ShelvedMedia = {
        id,
        phoneNumberId,
        from,
        mimeType,
        ...(filename !== undefined && { filename }),
        bytes,
        sha256,
        expiresAtMs,
      };
      await this.redis.orAway(this.redis.client.hset(this.keys.media(), id, JSON.stringify(media)));
      await this.tidy();
      return media;
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
  }

  /** The record of a file that is still kept. */
  async get(id: string): Promise<ShelvedMedia | undefined> {
    const stored = await this.redis.orAway(this.redis.client.hget(this.keys.media(), id));
    if (stored === null) return undefined;
    const media = JSON.parse(stored) as ShelvedMedia;
    return media.expiresAtMs > (await this.clock.nowMs()) ? media : undefined;
  }

  /** The content, or its first `bytes`, as a stream; undefined where the file is gone. */
  async open(media: ShelvedMedia, bytes?: number): Promise<Readable | undefined> {
    const file = this.fileOf(media.id);
    const there = await stat(file).catch(() => undefined);
    return there && createReadStream(file, bytes === undefined ? {} : { end: bytes - 1 });
  }

  /** The first bytes of the content. */
  async head(media: ShelvedMedia, bytes: number): Promise<Buffer> {
    const chunks: Buffer[] = [];
    const content = await this.open(media, bytes);
    for await (const chunk of content ?? []) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  }

  async remove(id: string): Promise<void> {
    await this.redis.orAway(this.redis.client.hdel(this.keys.media(), id));
    await rm(this.fileOf(id), { force: true });
  }

  private fileOf(id: string): string {
    return join(this.folder, id);
  }

  private async write(content: Readable | AsyncIterable<Uint8Array>, file: string, maxBytes: number) {
    const hash = createHash('sha256');
    let bytes = 0;
    const counted = async function* (source: AsyncIterable<Uint8Array>) {
      for await (const chunk of source) {
        bytes += chunk.length;
        if (bytes > maxBytes) continue; // read to its end all the same, so that the sender gets to hear the answer
        hash.update(chunk);
        yield chunk;
      }
      if (bytes > maxBytes) throw new MediaTooLarge(maxBytes);
    };
    await pipeline(content, counted, createWriteStream(file, { mode: 0o600 }));
    return { bytes, sha256: hash.digest('hex') };
  }

  /** Throws away what has expired, the oldest beyond the limit, and once in a process what no record names. */
  private async tidy(): Promise<void> {
    const stored = await this.redis.orAway(this.redis.client.hgetall(this.keys.media()));
    const nowMs = await this.clock.nowMs();
    const newestFirst = Object.values(stored)
      .map((text) => JSON.parse(text) as ShelvedMedia)
      .sort((a, b) => b.expiresAtMs - KEPT_MS[b.from] - (a.expiresAtMs - KEPT_MS[a.from]));
    let kept = 0;
    for (const [at, media] of newestFirst.entries()) {
      kept += media.bytes;
      const tooMuch = at >= FILES_MAX || (at > 0 && kept > this.config.media_kept_mb * 1_000_000);
      if (tooMuch || media.expiresAtMs <= nowMs) await this.remove(media.id);
    }
    if (!this.swept) await this.sweep(new Set(Object.keys(stored)));
    this.swept = true;
  }

  private async sweep(known: ReadonlySet<string>): Promise<void> {
    for (const name of await readdir(this.folder)) {
      const file = join(this.folder, name);
      const found = known.has(name) ? undefined : await stat(file).catch(() => undefined);
      if (found && Date.now() - found.mtimeMs > ORPHAN_AFTER_MS) await rm(file, { force: true });
    }
  }
}

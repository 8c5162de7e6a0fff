import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { inject, injectable } from 'inversify';
import { Clock } from '../contract/clock.js';
import type { FileObject } from '../contract/stub.js';
import { StubwireError } from '../errors.js';
import { Logger } from '../observability/logger.js';
import { RedisConnection } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';
import { Script } from '../redis/script.js';
import { BlobFolder, type Received } from './blob-folder.js';
import { FileConfig } from './file-config.js';
import { displayName, mediaType, storedName } from './file-name.js';

/** What nobody refers to is swept away at a start when it is older than this: whoever was at work with it is done or dead. */
const ORPHAN_MS = 3_600_000;
/** How often a file that changes under the hand is removed anew. */
const TRIES = 20;

const keepScript = new Script(new URL('./scripts/file-keep.lua', import.meta.url));
const removeScript = new Script(new URL('./scripts/file-remove.lua', import.meta.url));

/** What is known of a content besides its bytes. */
export interface AboutFile {
  /** As the sender says; kept in one spelling, parameters too: `audio/ogg; codecs=opus`. */
  readonly contentType: string;
  /** What people call it. Cleaned; nothing of it is part of a path. */
  readonly originalname?: string | undefined;
  /** Names the file: a second `put` under it gives the first one's record and keeps nothing. Default: a new id. */
  readonly fileuuid?: string | undefined;
}

/** A file with all its fields, and the SHA-256 of its content in hex. */
export type StoredFile = Required<FileObject> & { readonly sha256: string };
type FileRecord = { readonly v: 1 } & StoredFile;

/**
 * Files: their records in Redis, their content in the folder `files.dir`, once for all files that have the same. A file
 * never changes. The content is on disk before the record is written, so a record always has its content; a crash in
 * between leaves a blob that nobody refers to, which a later start sweeps away.
 *
 * Any number of processes of one machine may share the folder. Processes on other machines need it shared between them
 * (a network file system); the records they share through Redis.
 */
@injectable()
export class FileStore {
  private readonly blobs: BlobFolder;
  private claimed: Promise<void> | undefined;

  constructor(
    @inject(FileConfig) private readonly config: FileConfig,
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Keys) private readonly keys: Keys,
    @inject(Clock) private readonly clock: Clock,
    @inject(Logger) private readonly log: Logger,
  ) {
    this.blobs = new BlobFolder(config.dir);
  }

  /** The largest file that is taken, bytes. */
  get maxBytes(): number {
    return this.config.maxBytes;
  }

  /**
   * Keeps a file, streamed. `maxBytes` lowers the limit of the configuration. Where it fails nothing is kept.
   * Errors: `file_too_large`, and whatever `content` throws.
   */
  async put(
    content: Readable | AsyncIterable<Uint8Array>,
    about: AboutFile & { readonly maxBytes?: number | undefined },
  ): Promise<Required<FileObject>> {
    const known = about.fileuuid === undefined ? undefined : await this.get(about.fileuuid);
    if (known) {
      if ('destroy' in content) content.destroy();
      return fileObject(known);
    }
    const limit = Math.min(about.maxBytes ?? this.maxBytes, this.maxBytes);
    const received = await this.receive(content, limit);
    try {
      return await this.keep(received, about);
    } catch (error) {
      await this.discard(received);
      throw error;
    }
  }

  /** The first half of `put`, for those who look at the content first. It must be kept or discarded. Errors: as `put`, `store_away`. */
  async receive(content: AsyncIterable<Uint8Array>, maxBytes = this.maxBytes): Promise<Received> {
    this.claimed ??= this.claim();
    try {
      await this.claimed;
    } catch (error) {
      this.claimed = undefined; // the next one tries anew
      throw error;
    }
    return this.blobs.receive(content, maxBytes);
  }

  /** The second half of `put`. */
  async keep(received: Received, about: AboutFile): Promise<Required<FileObject>> {
    const file = await this.describe(received, about);
    const own = await this.blobs.place(received);
    const record: FileRecord = { v: 1, ...file };
    const keys = [this.keys.file(file.fileuuid), this.keys.fileContent(file.sha256)];
    const args = [file.fileuuid, JSON.stringify(record), own];
    const answer = (await keepScript.run(this.redis.client, keys, args)) as ['known' | 'kept', string, string?];
    if (answer[0] === 'known') {
      if (answer[2] !== own) await this.blobs.remove(own);
      return fileObject(readRecord(answer[1])!);
    }
    if (answer[1] !== own) await this.blobs.yieldTo(answer[1], own);
    return fileObject(file);
  }

  async discard(received: Received): Promise<void> {
    await this.blobs.discard(received);
  }

  async get(fileuuid: string): Promise<StoredFile | undefined> {
    return readRecord(await this.redis.client.get(this.keys.file(fileuuid)));
  }

  /** The file and its content; whoever opens it reads the stream to its end or destroys it. Errors: `file_content_missing`. */
  async open(fileuuid: string): Promise<{ file: StoredFile; content: Readable } | undefined> {
    const file = await this.get(fileuuid);
    if (!file) return undefined;
    const blob = await this.redis.client.hget(this.keys.fileContent(file.sha256), 'blob');
    const content = blob === null ? undefined : await this.blobs.read(blob);
    if (content) return { file, content };
    if (!(await this.get(fileuuid))) return undefined; // removed between the two looks
    throw new StubwireError(
      'file_content_missing',
      `The content of the file ${fileuuid} is not in ${this.config.dir}. Put the folder back that belongs to this Redis (files.dir).`,
    );
  }

  /** Removes the file, and its content where no other file has the same. Nothing to do where there is none. */
  async remove(fileuuid: string): Promise<void> {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const record = await this.redis.client.get(this.keys.file(fileuuid));
      const file = readRecord(record);
      if (record === null || !file) return;
      const keys = [this.keys.file(fileuuid), this.keys.fileContent(file.sha256)];
      const answer = await removeScript.run(this.redis.client, keys, [fileuuid, record]);
      const [result, blob] = answer as ['changed' | 'done', string?];
      if (result === 'changed') continue;
      if (blob) await this.blobs.remove(blob);
      return;
    }
    throw new StubwireError('internal', `The file ${fileuuid} was changed ${TRIES} times while it was removed.`);
  }

  /** Removes what crashes have left: half received content, and blobs that no file has. `olderMs`: only what is that old. */
  async sweep(olderMs = ORPHAN_MS): Promise<void> {
    const owner = await this.blobs.owner();
    if (owner === undefined) return; // nothing was ever put here
    if (owner !== (await this.installation())) return this.warnOfOwner();
    let swept = 0;
    for await (const { blob, sha256 } of this.blobs.old(olderMs)) {
      if ((await this.redis.client.hget(this.keys.fileContent(sha256), 'blob')) === blob) continue;
      await this.blobs.remove(blob);
      swept += 1;
    }
    if (swept > 0) this.log.info({ swept }, 'content that no file has was removed from files.dir');
  }

  /** The first to put a file here writes whose the folder is: with another Redis everything in it would look like left over. */
  private async claim(): Promise<void> {
    const installation = await this.redis.orAway(this.installation());
    if ((await this.blobs.claim(installation)) !== installation) this.warnOfOwner();
  }

  private async installation(): Promise<string> {
    await this.redis.client.set(this.keys.filesOwner(), randomUUID(), 'NX');
    return (await this.redis.client.get(this.keys.filesOwner()))!;
  }

  private warnOfOwner(): void {
    this.log.warn(
      { dir: this.config.dir },
      'files.dir was begun with another Redis (or another redis.prefix): nothing is swept there. Give each host a folder of its own',
    );
  }

  private async describe({ sha256, size }: Received, about: AboutFile): Promise<StoredFile> {
    const { fileuuid = randomUUID(), originalname = '' } = about;
    const contentType = mediaType(about.contentType);
    const called = displayName(originalname);
    const filename = storedName(fileuuid, called, contentType);
    return {
      fileuuid,
      filename,
      originalname: called || filename,
      contentType,
      encoding: 'binary',
      size,
      upload_date: new Date(await this.clock.nowMs()).toISOString(),
      sha256,
    };
  }
}

function readRecord(text: string | null): StoredFile | undefined {
  if (text === null) return undefined;
  const { v, ...file } = JSON.parse(text) as FileRecord;
  if (v === 1) return file;
  throw new StubwireError('internal', `A file is stored as version ${v}; this program reads version 1.`);
}

/** A file as it goes out and as stubs keep it: without the hash, which is the store's own. */
export const fileObject = ({ sha256: _, ...file }: StoredFile): Required<FileObject> => file;

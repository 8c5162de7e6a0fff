import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, link, mkdir, open, opendir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { StubwireError } from '../errors.js';

/** Content on its way in, in a file of its own. It is put in place, or discarded. */
export interface Received {
  readonly path: string;
  readonly sha256: string;
  readonly size: number;
}

/** `<sha256>.<mark>`: the mark is new each time, so that one who removes a blob late never meets a newer one. */
const BLOB = /^([0-9a-f]{64})\.[0-9a-f-]{36}$/;
const INCOMING = 'incoming';
const OWNER = 'owner';

/** The folder of blobs: `<dir>/<first two hex>/<sha256>.<mark>`, and `<dir>/incoming/` for what is being received. */
export class BlobFolder {
  constructor(private readonly dir: string) {}

  /** Whose folder this is; undefined while nothing was put into it. */
  async owner(): Promise<string | undefined> {
    return orAbsent(readFile(join(this.dir, OWNER), 'utf8'));
  }

  /** Makes the folder that of `id`, unless it is somebody's; gives whose it is. */
  async claim(id: string): Promise<string> {
    const draft = join(this.dir, INCOMING, randomUUID());
    await mkdir(dirname(draft), { recursive: true, mode: 0o700 });
    await writeFile(draft, id, { flag: 'wx', mode: 0o600 });
    try {
      await link(draft, join(this.dir, OWNER));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      await rm(draft, { force: true });
    }
    return (await this.owner())!;
  }

  /** Streams content to a file of its own, safe on disk when this resolves. Whatever goes wrong leaves nothing. Errors: `file_too_large`. */
  async receive(content: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Received> {
    const path = join(this.dir, INCOMING, randomUUID());
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const hash = createHash('sha256');
    let size = 0;
    const file = await open(path, 'wx', 0o600);
    try {
      for await (const chunk of content) {
        size += chunk.byteLength;
        if (size > maxBytes) throw tooLarge(maxBytes);
        hash.update(chunk);
        await writeAll(file, chunk);
      }
      await file.sync();
      await file.close();
    } catch (error) {
      await file.close().catch(() => undefined);
      await rm(path, { force: true });
      throw error;
    }
    return { path, sha256: hash.digest('hex'), size };
  }

  /** Moves what was received to a blob of its own and gives its name. */
  async place({ path, sha256 }: Received): Promise<string> {
    const blob = `${sha256}.${randomUUID()}`;
    const folder = dirname(this.pathOf(blob));
    const made = await mkdir(folder, { recursive: true, mode: 0o700 });
    await rename(path, this.pathOf(blob));
    await syncFolder(folder);
    if (made !== undefined) await syncFolder(this.dir);
    return blob;
  }

  /** `own` is not needed where `other` has the same content; where that one is lost, `own` takes its place. */
  async yieldTo(other: string, own: string): Promise<void> {
    if (await this.has(other)) return this.remove(own);
    await rename(this.pathOf(own), this.pathOf(other));
    await syncFolder(dirname(this.pathOf(other)));
  }

  /** Undefined where there is no such blob. Once open it can be read to its end, even when it is removed meanwhile. */
  async read(blob: string): Promise<Readable | undefined> {
    const file = await orAbsent(open(this.pathOf(blob), 'r'));
    return file?.createReadStream();
  }

  async remove(blob: string): Promise<void> {
    await rm(this.pathOf(blob), { force: true });
  }

  async discard({ path }: Received): Promise<void> {
    await rm(path, { force: true });
  }

  /** Removes what was being received and was left for `olderMs` by a process that died, and gives the blobs of that age. */
  async *old(olderMs: number): AsyncGenerator<{ readonly blob: string; readonly sha256: string }> {
    const before = Date.now() - olderMs; // the clock of the file system, which no emulator moves
    for await (const folder of entriesOf(this.dir)) {
      for await (const name of entriesOf(join(this.dir, folder))) {
        const path = join(this.dir, folder, name);
        const found = await orAbsent(stat(path));
        if (!found || found.mtimeMs > before) continue;
        const [, sha256] = BLOB.exec(name) ?? [];
        if (folder === INCOMING) await rm(path, { force: true });
        else if (sha256 !== undefined) yield { blob: name, sha256 };
      }
    }
  }

  private async has(blob: string): Promise<boolean> {
    return (await orAbsent(stat(this.pathOf(blob)))) !== undefined;
  }

  /** Made of our own names only: nothing that a caller wrote is part of a path. */
  private pathOf(blob: string): string {
    return join(this.dir, blob.slice(0, 2), blob);
  }
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.byteLength; ) at += (await file.write(chunk, at)).bytesWritten;
}

/** A name is safe on disk when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function* entriesOf(folder: string): AsyncGenerator<string> {
  const entries = await orAbsent(opendir(folder));
  if (entries) for await (const { name } of entries) yield name;
}

async function orAbsent<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

const tooLarge = (maxBytes: number): StubwireError =>
  new StubwireError(
    'file_too_large',
    `The file is over ${maxBytes} bytes, and nothing of it was kept. Send a smaller one; files.max_mb of the configuration is the most that is taken.`,
    { details: { max_bytes: maxBytes } },
  );

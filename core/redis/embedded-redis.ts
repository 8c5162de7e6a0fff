import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { StubwireError } from '../errors.js';
import type { Logger } from '../observability/logger.js';
import { RedisServerProcess } from './redis-server-process.js';
import { isAlive, StartLock } from './start-lock.js';

/** The system's limit for a socket's path is 107 bytes on Linux and 103 on macOS. */
const SOCKET_PATH_BYTES = 100;
const LOCK_WAIT_MS = 320_000;
const STOP_LOCK_WAIT_MS = 5_000;
const STOP_MS = 5_000;
const REVIVE_BACKOFF_MS = 5_000;

/** How every process of ours is known to Redis (`CLIENT LIST`): the last one out stops the server. */
export const clientName = (pid: number): string => `stubwire:${pid}`;

/** The name of the connection that looks whether anybody is left. */
const LEAVING = 'stubwire-leaving';

/**
 * The Redis that the program brings along when `redis.url` is empty: a private server on a unix socket in `dataDir`.
 *
 * Processes on the same folder share one server: the first launches it, later ones join, the last one to stop shuts it
 * down. Each watches its own connection, and starts the server again when it dies. A program killed with `kill -9`
 * leaves the server running; the next start on the folder joins it and is then the last one out.
 */
export class EmbeddedRedis {
  private readonly server: RedisServerProcess;
  private readonly lock: StartLock;
  private watch: Redis | undefined;
  private reviving: Promise<void> | undefined;
  private stopping = false;

  constructor(
    dataDir: string,
    private readonly log: Logger,
  ) {
    const dir = resolve(dataDir);
    this.server = new RedisServerProcess(dir, socketFor(dir));
    this.lock = new StartLock(dir, 'redis.lock');
  }

  /** Where it listens, once it is started. */
  get path(): string {
    return this.server.socket;
  }

  /** Resolves when the server answers. Errors: `redis_server_missing`, `redis_start_failed`. */
  async start(): Promise<{ readonly path: string }> {
    makePrivate(this.server.dataDir);
    makePrivate(dirname(this.server.socket));
    await this.lock.hold(LOCK_WAIT_MS, async () => {
      const how = await this.server.ensureUp();
      this.log.debug({ dataDir: this.server.dataDir, how }, 'embedded Redis is up');
      await this.openWatch(); // inside the lock: whoever stops now sees that we are here
    });
    return { path: this.path };
  }

  /** Ends our part, and the server too if no other process of ours uses it. Never throws: there is nothing to undo. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.reviving;
    try {
      await this.lock.hold(STOP_LOCK_WAIT_MS, () => this.leave());
    } catch (error) {
      this.log.warn({ err: error }, 'embedded Redis could not be stopped; the next start will join it');
    } finally {
      this.watch?.disconnect();
    }
  }

  private async openWatch(): Promise<void> {
    const watch = this.connection({ retryStrategy: () => 100 });
    this.watch = watch;
    watch.on('close', () => this.revive());
    await watch.connect();
  }

  private revive(): void {
    if (this.stopping) return;
    this.reviving ??= this.reviveUntilUp().finally(() => {
      this.reviving = undefined;
    });
  }

  private async reviveUntilUp(): Promise<void> {
    while (!this.stopping) {
      try {
        const how = await this.lock.hold(LOCK_WAIT_MS, () => this.server.ensureUp());
        if (how === 'launched') this.log.warn('embedded Redis had died and was started again');
        return;
      } catch (error) {
        this.log.error({ err: error }, 'embedded Redis died and cannot be started; trying again');
        await sleep(REVIVE_BACKOFF_MS);
      }
    }
  }

  /** Shuts the server down unless another process of ours is connected. */
  private async leave(): Promise<void> {
    this.watch?.disconnect();
    const redis = this.connection({ connectionName: LEAVING });
    try {
      await redis.connect();
      const list = String(await redis.client('LIST'));
      const clients = [...list.matchAll(/^id=(\d+) .* name=stubwire:(\d+) /gm)].map(([, id, pid]) => ({
        id,
        pid: Number(pid),
      }));
      if (clients.some(({ pid }) => pid !== process.pid && isAlive(pid))) {
        // Redis may notice our goodbye later than the next one to leave looks round: it must not take us for present.
        for (const { id } of clients.filter(({ pid }) => pid === process.pid)) await redis.client('KILL', 'ID', id!);
        this.log.debug('embedded Redis is left to another process of ours');
        return;
      }
      await redis.call('SHUTDOWN', 'NOSAVE').catch(() => undefined); // the answer is the end of the connection
    } catch {
      // it does not answer: nobody can be using it
    } finally {
      redis.disconnect();
    }
    await this.server.ensureGone(STOP_MS);
    this.log.debug('embedded Redis is stopped');
  }

  private connection(options: { connectionName?: string; retryStrategy?: () => number | null } = {}): Redis {
    const redis = new Redis({
      path: this.server.socket,
      connectionName: clientName(process.pid),
      lazyConnect: true,
      maxRetriesPerRequest: null,
      retryStrategy: () => null,
      ...options,
    });
    redis.on('error', () => undefined); // `close` follows
    return redis;
  }
}

/** The socket lies beside the data; where that path is too long for the system, in a private temporary folder of its own. */
function socketFor(dataDir: string): string {
  const beside = join(dataDir, 'redis.sock');
  if (Buffer.byteLength(beside) <= SOCKET_PATH_BYTES) return beside;
  return join(tmpdir(), `stubwire-${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}`, 'redis.sock');
}

/** Only we may enter: who reaches the socket may do anything. A folder that another user made first is refused. */
function makePrivate(dir: string): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const owner = statSync(dir).uid;
  const self = process.getuid?.() ?? owner;
  if (owner !== self) {
    throw new StubwireError(
      'redis_start_failed',
      `The folder ${dir} belongs to another user (uid ${owner}, we run as ${self}). ` +
        'Run as that user, or set redis.data_dir to a folder of your own.',
    );
  }
  chmodSync(dir, 0o700);
}

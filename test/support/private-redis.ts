import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { RedisServerProcess } from '../../core/redis/redis-server-process.js';
import { isAlive } from '../../core/redis/start-lock.js';

/** Folders of this mocha process; the number lets a later run clean up after one that was killed. */
let folders = 0;

/** A `redis-server` of a test's own: append-only, synced at every write, on a socket in a temporary folder. */
export class PrivateRedis {
  readonly dir = join(tmpdir(), `stubwire-test-${process.pid}-${folders++}`);
  private readonly server = new RedisServerProcess(this.dir, join(this.dir, 'redis.sock'));

  /** Connection options for `RedisTarget` or `new Redis(...)`. */
  get options(): { readonly path: string } {
    return { path: this.server.socket };
  }

  /** Starts it; after `kill9` it comes back with what had been acknowledged. */
  async start(): Promise<this> {
    mkdirSync(this.dir, { recursive: true, mode: 0o700 });
    await this.server.ensureUp();
    return this;
  }

  async kill9(): Promise<void> {
    await this.server.ensureGone(0);
  }

  async stop(): Promise<void> {
    await this.kill9();
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** A begin for key names that nobody else uses: one for each test file or test. */
  newPrefix(): string {
    return `t${randomUUID().slice(0, 8)}`;
  }

  /** A plain connection; the caller disconnects it. */
  connect(): Redis {
    const redis = new Redis({ ...this.options, maxRetriesPerRequest: null, retryStrategy: () => 20 });
    redis.on('error', () => undefined);
    return redis;
  }

  /** Removes the servers and folders of test runs that were killed. */
  static async sweep(): Promise<void> {
    for (const entry of readdirSync(tmpdir())) {
      const pid = Number(entry.match(/^stubwire-test-(\d+)-/)?.[1]);
      if (!pid || isAlive(pid)) continue;
      const dir = join(tmpdir(), entry);
      await new RedisServerProcess(dir, join(dir, 'redis.sock')).ensureGone(0);
      rmSync(dir, { recursive: true, force: true });
    }
  }
}

/** The one that all test files share. Mocha loads this file first (`.mocharc.json`), so it is up before any test. */
export const privateRedis = new PrivateRedis();

export const mochaHooks = {
  async beforeAll(): Promise<void> {
    await PrivateRedis.sweep();
    await privateRedis.start();
  },
  async afterAll(): Promise<void> {
    await privateRedis.stop();
  },
};

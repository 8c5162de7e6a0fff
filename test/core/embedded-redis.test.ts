import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { EmbeddedRedis } from '../../core/redis/embedded-redis.js';
import { isAlive } from '../../core/redis/start-lock.js';
import { until } from '../support/until.js';

const HOST = new URL('../support/embedded-redis-host.js', import.meta.url);

describe('embedded Redis', () => {
  let dir: string;
  let processes: ChildProcess[];

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'stubwire embedded '));
    processes = [];
  });

  afterEach(async () => {
    for (const child of processes) if (child.exitCode === null) child.kill('SIGKILL');
    const left = await serverPid();
    if (left) process.kill(left, 'SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  });

  async function ask<T>(work: (redis: Redis) => Promise<T>): Promise<T | undefined> {
    const redis = new Redis({ path: join(dir, 'redis.sock'), lazyConnect: true, retryStrategy: () => null });
    redis.on('error', () => undefined);
    try {
      await redis.connect();
      return await work(redis);
    } catch {
      return undefined;
    } finally {
      redis.disconnect();
    }
  }

  const serverPid = async () =>
    Number((await ask((redis) => redis.info('server')))?.match(/process_id:(\d+)/)?.[1]) || undefined;

  /** Another process of ours on the folder; resolves with what it says about its start. */
  async function host(environment: NodeJS.ProcessEnv = process.env): Promise<{ child: ChildProcess; says: unknown }> {
    const child = fork(HOST, [dir], { env: environment });
    processes.push(child);
    const [says] = await once(child, 'message');
    return { child, says };
  }

  async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  }

  const gone = (pid: number) => until(() => !isAlive(pid) || isZombie(pid));

  it('starts a private server that syncs every write, and stops it', async () => {
    const { child, says } = await host();
    assert.equal(says, 'up');
    const pid = await serverPid();
    const settings = await ask((redis) => redis.config('GET', 'appendonly', 'appendfsync', 'maxmemory-policy', 'port'));
    assert.deepEqual(pairs(settings), {
      appendonly: 'yes',
      appendfsync: 'always',
      'maxmemory-policy': 'noeviction',
      port: '0',
    });
    assert.equal(statSync(dir).mode & 0o777, 0o700);
    await end(child, 'SIGTERM');
    await gone(pid!);
  });

  it('gives processes that start at the same moment one server, and the last one out stops it', async () => {
    const [a, b, c] = await Promise.all([host(), host(), host()]);
    assert.deepEqual([a.says, b.says, c.says], ['up', 'up', 'up']);
    assert.equal(readFileSync(join(dir, 'redis.log'), 'utf8').match(/Server initialized/g)?.length, 1);
    const pid = await serverPid();
    await end(a.child, 'SIGTERM');
    await end(b.child, 'SIGTERM');
    assert.equal(await serverPid(), pid);
    await end(c.child, 'SIGTERM');
    await gone(pid!);
  });

  it('leaves no server behind when all processes stop at the same moment', async () => {
    const hosts = await Promise.all([host(), host(), host()]);
    const pid = await serverPid();
    await Promise.all(hosts.map(({ child }) => end(child, 'SIGTERM')));
    await gone(pid!);
  });

  it('starts the server again when it is killed, with what it had acknowledged', async () => {
    const [owner, joined] = await Promise.all([host(), host()]);
    await ask((redis) => redis.set('kept', 'yes'));
    const first = (await serverPid())!;
    process.kill(first, 'SIGKILL');
    await until(async () => ![undefined, first].includes(await serverPid()));
    assert.equal(await ask((redis) => redis.get('kept')), 'yes');

    await end(owner.child, 'SIGKILL');
    const second = (await serverPid())!;
    process.kill(second, 'SIGKILL');
    await until(async () => ![undefined, second].includes(await serverPid()));
    const third = (await serverPid())!;
    await end(joined.child, 'SIGTERM');
    await gone(third);
  });

  it('is joined by the next start after the program was killed, and then stopped by it', async () => {
    const killed = await host();
    const pid = (await serverPid())!;
    await end(killed.child, 'SIGKILL');
    assert.equal(await serverPid(), pid);
    const next = await host();
    assert.equal(await serverPid(), pid);
    await end(next.child, 'SIGTERM');
    await gone(pid);
    assert.ok(!existsSync(join(dir, 'redis.sock')));
  });

  it('works where the path of the folder is too long for a socket', async () => {
    const deep = join(dir, 'd'.repeat(120));
    mkdirSync(deep);
    const redis = new EmbeddedRedis(deep, pino({ level: 'silent' }));
    const { path } = await redis.start();
    assert.ok(Buffer.byteLength(path) <= 100);
    await redis.stop();
  });

  it('says what to do when there is no redis-server', async () => {
    const { says } = await host({ PATH: join(dir, 'nothing-here') });
    assert.equal(says, 'redis_server_missing');
  });

  it('gives the end of the server’s log when it does not start', async () => {
    mkdirSync(join(dir, 'appendonlydir'));
    mkdirSync(join(dir, 'appendonlydir', 'appendonly.aof.manifest'));
    const redis = new EmbeddedRedis(dir, pino({ level: 'silent' }));
    await assert.rejects(redis.start(), { code: 'redis_start_failed', message: /appendonly/ });
    await redis.stop();
  });
});

function pairs(answer: unknown): Record<string, string> {
  if (!Array.isArray(answer)) return answer as Record<string, string>;
  return Object.fromEntries(answer.flatMap((name, i) => (i % 2 === 0 ? [[name, answer[i + 1]]] : [])));
}

/** Ended, and not yet collected by a parent that is itself gone. */
function isZombie(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') === '';
  } catch {
    return true;
  }
}

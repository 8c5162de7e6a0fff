import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StubwireError } from '../errors.js';
import { isAlive } from './start-lock.js';

/** The same server under two names; the first one on the PATH is used. */
export const REDIS_PROGRAMS = ['redis-server', 'valkey-server'] as const;

const START_MS = 10_000;
/** A big append-only file takes its time to load; Redis says `LOADING` meanwhile. */
const LOADING_MS = 300_000;
const STOP_MS = 5_000;
const PING_MS = 1_000;
const LOG_LIMIT_BYTES = 1_000_000;

/**
 * One `redis-server` on a unix socket with an append-only file that is synced at every write. It outlives the process
 * that launched it: in a process group of its own (Ctrl-C in our terminal does not reach it), with a log file for output.
 */
export class RedisServerProcess {
  readonly logFile: string;
  private readonly pidFile: string;

  constructor(
    readonly dataDir: string,
    readonly socket: string,
    /** Without, nothing is written to the disk: for what is thrown away in the end. */
    private readonly durable = true,
  ) {
    this.logFile = join(dataDir, 'redis.log');
    this.pidFile = join(dataDir, 'redis.pid');
  }

  /** Uses the server that answers, or launches one. Callers hold the start lock. */
  async ensureUp(): Promise<'joined' | 'launched'> {
    if ((await this.ping()) !== 'down') {
      await this.untilUp();
      return 'joined';
    }
    await this.ensureGone(STOP_MS); // one that shuts down would remove the socket of its successor
    for (const program of REDIS_PROGRAMS) {
      if (await this.launch(program)) return 'launched';
    }
    throw new StubwireError(
      'redis_server_missing',
      `Neither ${REDIS_PROGRAMS.join(' nor ')} is on the PATH. Install one of them (Debian: apt-get install redis-server), ` +
        'or set redis.url (REDIS_URL) to a Redis that runs elsewhere.',
    );
  }

  /** The process id of the server, if it runs. A number in the file that now belongs to something else is not it. */
  pid(): number | undefined {
    const pid = Number(readIfThere(this.pidFile));
    return pid > 0 && isAlive(pid) && commandLine(pid).includes(this.socket) ? pid : undefined;
  }

  kill(signal: 'SIGTERM' | 'SIGKILL'): void {
    const pid = this.pid();
    if (pid) process.kill(pid, signal);
  }

  /** Waits until the server has ended, and ends it after `waitMs`: every acknowledged write is on the disk already. */
  async ensureGone(waitMs: number): Promise<void> {
    const deadline = Date.now() + waitMs;
    while (this.pid() && Date.now() < deadline) await sleep(10);
    this.kill('SIGKILL');
    while (this.pid()) await sleep(10);
  }

  private async launch(program: string): Promise<boolean> {
    const logSize = statSync(this.logFile, { throwIfNoEntry: false })?.size ?? 0;
    const log = openSync(this.logFile, logSize > LOG_LIMIT_BYTES ? 'w' : 'a', 0o600);
    const child = spawn(program, this.arguments(), { cwd: this.dataDir, detached: true, stdio: ['ignore', log, log] });
    closeSync(log);
    try {
      await once(child, 'spawn');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw new StubwireError('redis_start_failed', `${program} cannot be run: ${(error as Error).message}`, {
        cause: error,
      });
    }
    writeFileSync(this.pidFile, String(child.pid), { mode: 0o600 });
    child.unref();
    await this.untilUp(child);
    return true;
  }

  private arguments(): string[] {
    const settings = {
      port: '0',
      unixsocket: this.socket,
      unixsocketperm: '700',
      dir: this.dataDir,
      appendonly: this.durable ? 'yes' : 'no',
      appendfsync: 'always',
      save: '',
      'maxmemory-policy': 'noeviction',
      // XDEL only marks an entry as deleted while others are in its node: what was erased would stay, in the file too.
      'stream-node-max-entries': '1',
    };
    return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  }

  private async untilUp(child?: ChildProcess): Promise<void> {
    let deadline = Date.now() + START_MS;
    const loadingDeadline = Date.now() + LOADING_MS;
    for (;;) {
      const state = await this.ping();
      if (state === 'up') return;
      if (state === 'loading') deadline = loadingDeadline;
      const ended = child && (child.exitCode ?? child.signalCode) !== null;
      if (ended || Date.now() > deadline) throw this.startFailed(ended ? 'ended at once' : 'does not answer');
      await sleep(10);
    }
  }

  private startFailed(what: string): StubwireError {
    const lastLines = (readIfThere(this.logFile) ?? '').trimEnd().split('\n').slice(-8).join('\n  ');
    return new StubwireError(
      'redis_start_failed',
      `The embedded Redis in ${this.dataDir} ${what}. The end of ${this.logFile}:\n  ${lastLines}\n` +
        'Mend the cause, or set redis.url to a Redis that runs elsewhere.',
    );
  }

  /** Asks without a client library: this runs before every start, and is most often refused at once. */
  private ping(): Promise<'up' | 'loading' | 'down'> {
    return new Promise((resolve) => {
      const socket = connect(this.socket);
      const answer = (state: 'up' | 'loading' | 'down') => {
        socket.destroy();
        resolve(state);
      };
      socket.setTimeout(PING_MS, () => answer('loading')); // it listens and is busy
      socket.once('error', () => answer('down'));
      socket.once('close', () => answer('down'));
      socket.once('connect', () => socket.write('PING\r\n'));
      socket.once('data', (data) => answer(data.toString().startsWith('+PONG') ? 'up' : 'loading'));
    });
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** What a process was started with; Redis keeps its socket's path in it. Empty for one that has ended. */
function commandLine(pid: number): string {
  return (
    readIfThere(`/proc/${pid}/cmdline`) ??
    spawnSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).stdout ??
    ''
  );
}

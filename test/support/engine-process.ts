import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../core/main.js', import.meta.url));
const READY_MS = 120_000;

/** Every process started here; a test run that ends takes them with it. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** `stubwire start` on a port of its own, made to be killed with `kill -9` and started again. */
export class EngineProcess {
  /** All that it has printed, over all its lives. */
  out = '';
  /** It takes requests now. */
  isReady = false;
  private child: ChildProcess | undefined;

  constructor(
    private readonly config: string,
    readonly port: number,
    private readonly environment: NodeJS.ProcessEnv,
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Resolves when it says that it is ready. */
  async start(): Promise<this> {
    const args = [MAIN, 'start', '--config', this.config, '--port', String(this.port), '--role', 'all'];
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...this.environment },
    });
    this.child = child;
    running.add(child);
    child.once('exit', () => {
      running.delete(child);
      if (this.child === child) this.child = undefined;
    });
    await this.saidReady(child);
    this.isReady = true;
    return this;
  }

  /** `kill -9`. Resolves when the process has ended. */
  async kill9(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Asks it to stop and waits until it has. */
  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (!child) return;
    const ended = once(child, 'exit');
    this.isReady = false;
    child.kill(signal);
    await ended;
  }

  private saidReady(child: ChildProcess): Promise<void> {
    const from = this.out.length;
    return new Promise((resolve, reject) => {
      const failed = (why: string) => reject(new Error(`stubwire ${why}:\n${this.out.slice(from)}`));
      const late = setTimeout(() => failed(`was not ready after ${READY_MS} ms`), READY_MS);
      child.once('exit', (code, signal) => {
        clearTimeout(late);
        failed(`has ended (${signal ?? code}) before it was ready`);
      });
      for (const stream of [child.stdout, child.stderr]) {
        stream!.on('data', (data) => {
          this.out += data;
          if (!this.out.slice(from).includes('is ready')) return;
          clearTimeout(late);
          resolve();
        });
      }
    });
  }
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { until } from './until.js';

const MAIN = fileURLToPath(new URL('../../core/main.js', import.meta.url));

/** Running programs. A failing test leaves some; they are stopped with the test run. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGTERM');
});

/** `stubwire …` as a process of its own, with all that it prints. */
export class HostProcess {
  out = '';
  private readonly child: ChildProcess;
  private readonly ended: Promise<unknown>;

  constructor(args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
    this.child = spawn(process.execPath, [MAIN, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, REDIS_URL: '', LOG_LEVEL: 'warn', ...environment },
    });
    for (const stream of [this.child.stdout, this.child.stderr]) stream!.on('data', (data) => (this.out += data));
    running.add(this.child);
    this.child.once('exit', () => running.delete(this.child));
    this.ended = once(this.child, 'exit');
  }

  /** Starts a host on a free port and waits until it is ready. */
  static async start(config: string, ...options: string[]): Promise<HostProcess> {
    const host = new HostProcess(['start', '--config', config, '--port', '0', ...options]);
    await until('the host to be ready', () => host.out.includes('is ready') || host.hasEnded);
    if (host.hasEnded) throw new Error(`The host has ended:\n${host.out}`);
    return host;
  }

  get pid(): number {
    return this.child.pid!;
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** `http://127.0.0.1:<port>`, once it is ready. */
  get url(): string {
    return this.out.match(/is ready in [^:]*: (http:[^\s"]+)/)?.[1] ?? '';
  }

  /** Resolves with the exit code; `null` when a signal ended it. */
  async end(signal?: NodeJS.Signals): Promise<number | null> {
    if (signal) this.child.kill(signal);
    await this.ended;
    return this.child.exitCode;
  }
}

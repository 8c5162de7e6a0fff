import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { engineFiles } from './engine-files.js';
import { SECRET, TOKEN } from './w1.js';

export type TargetName = 'engine' | 'yardstick';
export type TargetRole = 'all' | 'api';

const START_MS = 20_000;
const TICKS_PER_SECOND = 100;

export interface TargetOptions {
  readonly name: TargetName;
  /** `api`: takes webhooks and works on none. */
  readonly role: TargetRole;
  readonly redisSocket: string;
  /** A folder of its own. */
  readonly dir: string;
  readonly graphUrl: string;
  /** For node itself: the profiler. */
  readonly nodeOptions?: readonly string[];
}

/** What `npm start` gives node; the yardstick gets it too. */
const AS_STARTED = ['--max-semi-space-size=64'];

/** What is measured, as a process of its own: the real program as `stubwire start` runs it, or the yardstick. */
export class TargetProcess {
  private output = '';

  private constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) stream!.on('data', (data) => (this.output += data));
  }

  static async start({ nodeOptions = [], ...options }: TargetOptions): Promise<TargetProcess> {
    const args = options.name === 'engine' ? engineArgs(options) : yardstickArgs(options);
    const target = new TargetProcess(
      spawn(process.execPath, [...AS_STARTED, ...nodeOptions, ...args], { stdio: ['ignore', 'pipe', 'pipe'] }),
    );
    const deadline = Date.now() + START_MS;
    while (target.port === undefined) {
      if (target.child.exitCode !== null || Date.now() > deadline)
        throw new Error(`The ${options.name} did not start:\n${target.output}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return target;
  }

  get port(): number | undefined {
    const port = this.output.match(/is ready.*: http:\/\/127\.0\.0\.1:(\d+)/)?.[1];
    return port === undefined ? undefined : Number(port);
  }

  /** What it has printed: warnings and errors too. */
  get printed(): string {
    return this.output;
  }

  /** Seconds of CPU used so far, all threads; NaN where there is no `/proc`. */
  cpuSeconds(): number {
    try {
      const fields = readFileSync(`/proc/${this.child.pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
      return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
    } catch {
      return Number.NaN;
    }
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGTERM');
    await once(this.child, 'exit');
  }
}

function engineArgs({ dir, redisSocket, graphUrl, role }: TargetOptions): string[] {
  for (const [path, text] of Object.entries(engineFiles(redisSocket, graphUrl))) {
    mkdirSync(join(dir, path, '..'), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  return [built('../../core/main.js'), 'start', '--config', join(dir, 'stubwire.yaml'), '--role', role];
}

function yardstickArgs({ redisSocket, graphUrl, role }: TargetOptions): string[] {
  return [built('./yardstick.js'), redisSocket, SECRET, TOKEN, graphUrl, role];
}

const built = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** What the steps of the set-up share. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
export const DIST = join(ROOT, 'dist');

/** Something that the user must do; the codes stand in `core/errors.ts`. */
export class SetupError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** Prints to standard error: standard output is for the log. */
export const say = (text) => console.error(`stubwire: ${text}`);
export const sha256 = (text) => createHash('sha256').update(text).digest('hex');

/** Runs a step of the set-up to its end. */
export function run(command, ...args) {
  const { status, error } = spawnSync(command, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status === 0) return;
  const reason = error ? error.message : 'failed: see above';
  throw new SetupError('setup_failed', `${[command, ...args].join(' ')} ${reason}`);
}

/** Runs a step that may fail; returns its output. */
export function attempt(command, ...args) {
  const { status, error, stdout, stderr } = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8' });
  return { ok: status === 0, output: error?.message ?? `${stdout}${stderr}` };
}

export function readIfThere(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

export function readJson(file) {
  const text = readIfThere(file);
  return text === undefined ? undefined : JSON.parse(text);
}

/** Runs a program in our place: its output (or into `chunks`, where given), its signals; gives its exit code. */
export function child(command, args, chunks) {
  const output = chunks ? 'pipe' : 'inherit';
  const running = spawn(command, args, { cwd: ROOT, stdio: ['inherit', output, output] });
  for (const stream of chunks ? [running.stdout, running.stderr] : []) stream.on('data', (chunk) => chunks.push(chunk));
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => running.kill(signal));
  return new Promise((resolve) => running.on('close', (code) => resolve(code ?? 1)));
}

/**
 * Makes a clean clone run: `npm start`, `npm test`, `npm run build` and `npm run bench` begin here. Plain JavaScript on
 * Node's own modules, because nothing else need be there yet. Each step looks first and does only what is missing: packages
 * from the lock file, the build in `dist`, a `redis-server`. It says what it does, and is silent when there is nothing to do.
 */
import { rmSync, statSync, writeFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './setup-build.mjs';
import { installPackages } from './setup-packages.mjs';
import { provideRedis } from './setup-redis.mjs';
import { runTests } from './setup-tests.mjs';
import { child, DIST, ROOT, readIfThere, readJson, SetupError, say } from './setup-tools.mjs';

const PARENT_CHECK_MS = 1_000;
const LOCK_STALE_MS = 15 * 60_000;

function checkNode() {
  const wanted = readJson(join(ROOT, 'package.json')).engines.node.replace('>=', '');
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [wantedMajor, wantedMinor] = wanted.split('.').map(Number);
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return;
  throw new SetupError(
    'node_too_old',
    `This is Node ${process.versions.node}; Stubwire needs ${wanted} or newer. Install it from https://nodejs.org.`,
  );
}

async function start(args) {
  prepare();
  nodeModule.enableCompileCache?.();
  endWithNpm();
  const { main } = await import(pathToFileURL(join(DIST, 'core/main.js')).href);
  process.exit(await main(['start', ...args], { provideRedis })); // called where no redis.url is configured
}

/** When npm was killed there is nobody left to be stopped by: stop as if told to. */
function endWithNpm() {
  if (!process.env.npm_lifecycle_event) return;
  const npm = process.ppid; // the scripts of package.json begin with `exec`, so there is no shell between
  setInterval(() => {
    if (process.ppid !== npm) process.kill(process.pid, 'SIGTERM');
  }, PARENT_CHECK_MS).unref();
}

async function test(args) {
  prepare();
  provideRedis();
  process.exitCode = await runTests(args);
}

async function bench(args) {
  prepare();
  provideRedis();
  process.exitCode = await child(process.execPath, ['dist/test/bench/bench.js', ...args]);
}

/** Packages and build; one process at a time, so that two starts do not build into each other. */
function prepare() {
  checkNode();
  const lock = join(ROOT, '.setup.lock');
  for (let waited = false; !takeLock(lock); waited = true) {
    if (!waited) say('another start is setting up; waiting for it …');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
  try {
    installPackages();
    build();
  } finally {
    rmSync(lock, { force: true });
  }
}

function takeLock(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    const owner = Number(readIfThere(lock));
    const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if ((owner > 0 && !runs(owner)) || age > LOCK_STALE_MS) rmSync(lock, { force: true });
    return false;
  }
}

function runs(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

const COMMANDS = { start, test, bench, build: async () => prepare() };

const [name = 'start', ...rest] = process.argv.slice(2);
try {
  if (!COMMANDS[name]) {
    throw new SetupError('setup_failed', `"${name}" is none of ${Object.keys(COMMANDS).join(', ')}.`);
  }
  await COMMANDS[name](rest[0] === '--' ? rest.slice(1) : rest);
} catch (error) {
  console.error(error instanceof SetupError ? `${error.code}  ${error.message}` : error);
  process.exitCode = 1;
}

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, readIfThere, run, say, sha256, tryRun } from './setup-tools.mjs';

const OPTIONS = ['--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];

/** Installs what the lock file names, unless it is there. A stamp in `node_modules` makes the usual answer quick. */
export function installPackages() {
  const lockText = readFileSync(join(ROOT, 'package-lock.json'), 'utf8');
  const stamp = join(ROOT, 'node_modules/.stubwire-lock');
  if (readIfThere(stamp) === sha256(lockText)) return;
  if (!packagesAreOfLock(JSON.parse(lockText))) {
    say('installing packages …');
    // A registry that lacks packages for other systems makes `npm ci` refuse the lock file; `install` leaves them out.
    if (!tryRun(...npm(), 'ci', ...OPTIONS)) run(...npm(), 'install', '--no-save', ...OPTIONS);
  }
  writeFileSync(stamp, sha256(lockText));
}

/** Whether what npm noted about `node_modules` has every package of the lock file (optional ones are for other systems). */
function packagesAreOfLock(lock) {
  const installed = readIfThere(join(ROOT, 'node_modules/.package-lock.json'));
  if (!installed) return false;
  const there = JSON.parse(installed).packages;
  return Object.entries(lock.packages).every(
    ([path, entry]) => path === '' || entry.optional || there[path]?.version === entry.version,
  );
}

const npm = () => (process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm']);

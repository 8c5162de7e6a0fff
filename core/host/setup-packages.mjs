import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { attempt, ROOT, readIfThere, run, SetupError, say, sha256 } from './setup-tools.mjs';

const OPTIONS = ['--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];

/** Installs what the lock file names, unless it is there. A stamp in `node_modules` makes the usual answer quick. */
export function installPackages() {
  const lockText = readFileSync(join(ROOT, 'package-lock.json'), 'utf8');
  const stamp = join(ROOT, 'node_modules/.stubwire-lock');
  if (readIfThere(stamp) === sha256(lockText)) return;
  if (!packagesAreOfLock(JSON.parse(lockText))) {
    say('installing packages …');
    const { ok, output } = attempt(...npm(), 'ci', ...OPTIONS);
    if (!ok) installWithoutLock(output);
  }
  writeFileSync(stamp, sha256(lockText));
}

/**
 * If the registry lacks packages for other systems, `npm ci` refuses the lock file. `npm install` leaves them out, but may
 * choose other versions than the lock file. A person gets a warning; CI fails.
 */
function installWithoutLock(output) {
  const reason = `"npm ci" could not install the packages of package-lock.json. It said:\n${lastLines(output)}`;
  if (process.env.CI) {
    throw new SetupError(
      'setup_failed',
      `${reason}\nCI is set, so nothing else is tried. Correct the lock file or the registry.`,
    );
  }
  say(`WARNING: ${reason}\nInstalling with "npm install --no-save" instead, which may take other versions …`);
  run(...npm(), 'install', '--no-save', ...OPTIONS);
  const isOfLock = packagesAreOfLock(JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')));
  say(
    isOfLock
      ? 'the versions are those of package-lock.json'
      : 'WARNING: some versions are not those of package-lock.json; see "npm ls"',
  );
}

const lastLines = (text) =>
  text
    .trimEnd()
    .split('\n')
    .slice(-5)
    .map((line) => `  ${line}`)
    .join('\n');

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

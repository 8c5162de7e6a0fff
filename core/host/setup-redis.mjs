import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { SetupError, say } from './setup-tools.mjs';

const REDIS_PROGRAMS = ['redis-server', 'valkey-server'];

/** Package managers, how each is told to ask nothing, and the names that a Redis server has there. */
const PACKAGE_MANAGERS = [
  {
    name: 'apt-get',
    update: ['update', '-qq'],
    install: ['install', '-y', '-qq', '--no-install-recommends'],
    packages: ['redis-server', 'valkey-server'],
  },
  { name: 'dnf', install: ['install', '-y', '-q'], packages: ['valkey', 'redis'] },
  { name: 'apk', install: ['add', '--quiet', '--no-cache'], packages: ['redis', 'valkey'] },
  { name: 'pacman', install: ['-Sy', '--noconfirm', '--quiet'], packages: ['valkey', 'redis'] },
  { name: 'brew', install: ['install', '--quiet'], packages: ['redis', 'valkey'], asUser: true },
];

/** A server program for the embedded Redis: the one that is there, or one that the system's package manager installs. */
export function provideRedis() {
  if (REDIS_PROGRAMS.some(onPath)) return;
  for (const manager of PACKAGE_MANAGERS.filter(({ name }) => onPath(name))) {
    const sudo = manager.asUser || process.getuid?.() === 0 ? [] : ['sudo', '-n'];
    if (sudo.length > 0 && (!onPath('sudo') || spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status !== 0))
      continue;
    const command = (...args) =>
      spawnSync([...sudo, manager.name, ...args][0], [...sudo, manager.name, ...args].slice(1), {
        stdio: ['ignore', 'inherit', 'inherit'],
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      });
    say(
      `there is no redis-server; installing one with ${manager.name} (only its program is used, on a private socket) …`,
    );
    if (manager.update) command(...manager.update);
    for (const name of manager.packages) {
      if (command(...manager.install, name).status === 0 && REDIS_PROGRAMS.some(onPath)) return;
    }
  }
  throw new SetupError(
    'redis_server_missing',
    `Neither ${REDIS_PROGRAMS.join(' nor ')} is on the PATH, and no package manager could install one without asking. ` +
      'Install redis-server yourself (Debian: sudo apt-get install redis-server), or set REDIS_URL to a Redis that runs elsewhere.',
  );
}

function onPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return folder !== '';
    } catch {
      return false;
    }
  });
}

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url));

describe('set-up', () => {
  let root: string;

  /** A small project of the same shape, with this repository's set-up and packages. */
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'stubwire-setup-'));
    for (const name of ['', '-build', '-packages', '-redis', '-tests', '-tools']) copy(`core/host/setup${name}.mjs`);
    for (const name of ['package.json', 'package-lock.json', 'tsconfig.json']) copy(name);
    symlinkSync(join(REPOSITORY, 'node_modules'), join(root, 'node_modules'));
    write(
      'core/main.ts',
      `export const main = async (args: string[]) => { console.log('started', ...args); return 0; };\n`,
    );
    write('core/some.lua', 'return 1');
  });

  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const copy = (path: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    cpSync(join(REPOSITORY, path), join(root, path));
  };

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }

  function setup(args: string[]): { status: number | null; out: string } {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['core/host/setup.mjs', ...args], {
      cwd: root,
      encoding: 'utf8',
      // Packages are a link to ours here: an npm that cannot run is better than one that mends them.
      env: { ...process.env, npm_execpath: join(root, 'no-npm.js') },
    });
    return { status, out: stderr + stdout };
  }

  it('builds what is missing, then starts without a word', () => {
    assert.deepEqual(setup(['start', '--', '--port', '1']), {
      status: 0,
      out: 'stubwire: building …\nstarted start --port 1\n',
    });
    assert.deepEqual(setup(['start']), { status: 0, out: 'started start\n' });
    assert.equal(readFileSync(join(root, 'dist/core/some.lua'), 'utf8'), 'return 1');
  });

  it('builds again when a source has changed, and removes what was built from a deleted one', () => {
    write('test/core/old.test.ts', 'export {};\n');
    setup(['build']);
    assert.ok(existsSync(join(root, 'dist/test/core/old.test.js')));
    rmSync(join(root, 'test/core/old.test.ts'));
    write('core/some.lua', 'return 2');
    assert.match(setup(['build']).out, /building/);
    assert.ok(!existsSync(join(root, 'dist/test/core/old.test.js')));
    assert.equal(readFileSync(join(root, 'dist/core/some.lua'), 'utf8'), 'return 2');
    utimesSync(join(root, 'core/main.ts'), 1, 1);
    assert.match(setup(['build']).out, /building/);
  });

  it('does a build that failed again, and starts nothing meanwhile', () => {
    write('core/main.ts', 'export const main: number = "text";\n');
    for (let time = 0; time < 2; time += 1) {
      const { status, out } = setup(['start']);
      assert.equal(status, 1);
      assert.match(out, /error TS2322/);
      assert.match(out, /setup_failed/);
    }
  });

  it('refuses a Node that is too old', () => {
    const wanted = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    write('package.json', JSON.stringify({ ...wanted, engines: { node: '>=99.1.0' } }));
    const { status, out } = setup(['start']);
    assert.equal(status, 1);
    assert.match(out, /^node_too_old {2}This is Node .* needs 99\.1\.0/);
  });

  it('takes over the lock of a set-up that was killed', () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    write('.setup.lock', String(pid));
    assert.equal(setup(['build']).status, 0);
    assert.ok(!existsSync(join(root, '.setup.lock')));
  });

  describe('where "npm ci" refuses the lock file', () => {
    /** A fake npm that refuses `ci`, and does nothing for `install`. */
    const NPM = `if (process.argv[2] === 'ci') { console.error('npm error EUSAGE of the test'); process.exit(1); }
console.log('npm ran', process.argv.slice(2, 4).join(' '));`;
    const install = 'import { installPackages } from "./core/host/setup-packages.mjs"; installPackages();';

    function installed(ci: string): { status: number | null; out: string } {
      rmSync(join(root, 'node_modules'));
      mkdirSync(join(root, 'node_modules'));
      write('npm.js', NPM);
      const env = { ...process.env, npm_execpath: join(root, 'npm.js'), CI: ci };
      const options = { cwd: root, encoding: 'utf8', env } as const;
      const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', install], options);
      return { status, out: stderr + stdout };
    }

    it('warns of what it does instead, and of versions that are not those of the lock file', () => {
      const { status, out } = installed('');
      assert.equal(status, 0, out);
      assert.match(
        out,
        /WARNING: "npm ci" could not install the packages of package-lock\.json\. It said:\n {2}npm error EUSAGE of the test/,
      );
      assert.match(out, /WARNING: some versions are not those of package-lock\.json/);
      assert.match(out, /npm ran install --no-save/);
    });

    it('does nothing else in CI', () => {
      const { status, out } = installed('true');
      assert.notEqual(status, 0);
      assert.match(out, /CI is set, so nothing else is tried/);
      assert.doesNotMatch(out, /npm ran/);
    });
  });

  describe('without a redis-server', () => {
    let bin: string;
    const provide = 'import { provideRedis } from "./core/host/setup-redis.mjs"; provideRedis();';

    beforeEach(() => {
      bin = join(root, 'bin');
      mkdirSync(bin);
    });

    function command(name: string, script: string): void {
      writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
      chmodSync(join(bin, name), 0o755);
    }

    const run = () =>
      spawnSync(process.execPath, ['--input-type=module', '-e', provide], {
        cwd: root,
        encoding: 'utf8',
        env: { PATH: bin },
      });

    it('installs one with the package manager, asking nothing, and says so', () => {
      command('sudo', 'shift; exec "$@"');
      command('true', '');
      command(
        'apt-get',
        `echo "apt-get $* ($DEBIAN_FRONTEND)"\n[ "$1" = update ] || printf '#!/bin/sh' > ${bin}/redis-server\n/bin/chmod +x ${bin}/*`,
      );
      const { status, stdout, stderr } = run();
      assert.equal(status, 0);
      assert.match(stderr, /there is no redis-server; installing one with apt-get/);
      assert.match(stdout, /apt-get install -y .*redis-server \(noninteractive\)/);
    });

    it('says what to do when it cannot install one', () => {
      command('apt-get', 'exit 100');
      const { status, stderr } = run();
      assert.notEqual(status, 0);
      assert.match(stderr, /redis_server_missing/);
      assert.match(stderr, /REDIS_URL/);
    });
  });
});

import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DIST, ROOT, readJson, run, say, sha256 } from './setup-tools.mjs';

const BUILD_STAMP = join(DIST, '.build.json');
const CODE_FOLDERS = ['core', 'plugins', 'test'];

/** Builds into `dist` what has changed since the last build: the code, the files it reads at run time, the plugins' pages. */
export function build() {
  const stamp = readJson(BUILD_STAMP) ?? { pages: {} };
  const save = () => {
    writeFileSync(`${BUILD_STAMP}.new`, JSON.stringify(stamp));
    renameSync(`${BUILD_STAMP}.new`, BUILD_STAMP);
  };
  mkdirSync(DIST, { recursive: true });

  const sources = CODE_FOLDERS.flatMap((folder) => filesBelow(folder, (path) => !isPage(path)));
  const code = stateOf([...sources, 'tsconfig.json', 'package-lock.json']);
  if (stamp.code !== code) {
    stamp.code = undefined; // a build that is cut short is done again
    save();
    say('building …');
    copyAssets(sources);
    run(process.execPath, 'node_modules/typescript/bin/tsc', '-p', '.');
    removeLeftovers(sources);
    stamp.code = code;
    save();
  }
  for (const page of pageFolders()) {
    const state = stateOf(filesBelow(page));
    if (stamp.pages[page] === state && existsSync(join(DIST, page))) continue;
    delete stamp.pages[page];
    save();
    say(`building ${page} …`);
    run(
      process.execPath,
      'node_modules/vite/bin/vite.js',
      'build',
      '--logLevel',
      'warn',
      '--config',
      join(page, 'vite.config.ts'),
      page,
    );
    stamp.pages[page] = state;
    save();
  }
}

const isPage = (path) => /^plugins\/[^/]+\/page(\/|$)/.test(path);
const isAsset = (path) => !/\.(ts|mjs|md)$/.test(path);

function copyAssets(sources) {
  for (const path of sources.filter(isAsset)) cpSync(join(ROOT, path), join(DIST, path));
}

/** What was built from files that are gone; a deleted test would still run. */
function removeLeftovers(sources) {
  const built = new Set(
    sources.flatMap((path) =>
      isAsset(path) ? [path] : [path.replace(/\.ts$/, '.js'), path.replace(/\.ts$/, '.js.map')],
    ),
  );
  for (const path of filesBelow('', (below) => !isPage(below), DIST)) {
    if (CODE_FOLDERS.includes(path.split('/')[0]) && !built.has(path)) rmSync(join(DIST, path));
  }
}

function pageFolders() {
  const plugins = existsSync(join(ROOT, 'plugins')) ? readdirSync(join(ROOT, 'plugins')) : [];
  return plugins
    .map((plugin) => `plugins/${plugin}/page`)
    .filter((page) => existsSync(join(ROOT, page, 'vite.config.ts')));
}

/** Paths of the files below a folder, relative to `base`. */
function filesBelow(folder, take = () => true, base = ROOT) {
  if (!existsSync(join(base, folder))) return [];
  return readdirSync(join(base, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder ? `${folder}/${entry.name}` : entry.name;
    if (entry.name === 'node_modules' || !take(path)) return [];
    return entry.isDirectory() ? filesBelow(path, take, base) : [path];
  });
}

/** Changes when any of the files does: by size and time, which is fast enough to ask at every start. */
function stateOf(paths) {
  const lines = paths.map((path) => {
    const { size, mtimeMs } = statSync(join(ROOT, path));
    return `${path} ${size} ${mtimeMs}`;
  });
  return sha256(lines.sort().join('\n'));
}

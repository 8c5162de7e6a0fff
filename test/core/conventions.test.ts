import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ERRORS } from '../../core/errors.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const LINES = 300;
/** Begins of import, never imported itself. */
const ENTRY_POINTS = /^(core\/(index|main)\.ts|plugins\/[^/]+\/index\.ts)$/;

interface Source {
  readonly path: string;
  readonly text: string;
  /** As written. */
  readonly imports: readonly string[];
}

/** All files of the product and its tests, but for what pages are built from. */
const sources: readonly Source[] = ['core', 'plugins', 'test'].flatMap(filesBelow).map((path) => {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const imports = path.endsWith('.ts')
    ? [...text.matchAll(/(?:\bfrom|\bimport|\bnew URL)\s*\(?\s*'([^']*[^'/])'/g)].map((match) => match[1]!)
    : [];
  return { path, text, imports };
});
const code = sources.filter(({ path }) => path.endsWith('.ts'));
const product = code.filter(({ path }) => !path.startsWith('test/'));

describe('conventions', () => {
  it('core imports no plugin', () => {
    assert.deepEqual(
      importsOf(inFolder('core/')).filter(({ to }) => to.startsWith('plugins/')),
      [],
    );
  });

  it('a plugin imports its own files, packages, and of the rest only core/index.ts', () => {
    const wrong = importsOf(inFolder('plugins/')).filter(({ from, to }) => {
      const own = from.split('/').slice(0, 2).join('/');
      return !to.startsWith(`${own}/`) && to !== 'core/index.ts';
    });
    assert.deepEqual(wrong, []);
  });

  it('only core/queue imports bullmq', () => {
    assert.deepEqual(
      paths(product.filter(({ path, imports }) => imports.includes('bullmq') && !path.startsWith('core/queue/'))),
      [],
    );
  });

  it('only core/config/environment.ts reads the environment', () => {
    const readers = product.filter(({ text }) => /process\s*\.\s*env\b/.test(text));
    assert.deepEqual(paths(readers), ['core/config/environment.ts']);
  });

  it('no test is run alone', () => {
    assert.deepEqual(paths(inFolder('test/').filter(({ text }) => /\b(it|describe|context)\.only\(/.test(text))), []);
  });

  it('every file is used', () => {
    const imported = new Set(importsOf(product).map(({ to }) => to));
    assert.deepEqual(
      paths(product).filter((path) => !imported.has(path) && !ENTRY_POINTS.test(path)),
      [],
    );
  });

  it('file names are kebab-case and unique in the repository', () => {
    const names = sources.map(({ path }) => basename(path)).filter((name) => !['index.ts', 'README.md'].includes(name));
    assert.deepEqual(
      names.filter((name) => !/^[a-z0-9]+([-.][a-z0-9]+)*$/.test(name)),
      [],
    );
    assert.deepEqual(
      names.filter((name, at) => names.indexOf(name) !== at),
      [],
    );
  });

  it(`no file has over ${LINES} lines`, () => {
    const long = sources.filter(
      ({ path, text }) => /\.(ts|mjs|lua)$/.test(path) && text.split('\n').length > LINES + 1,
    );
    assert.deepEqual(paths(long), []);
  });

  it('every coded error stands in the table of README.md, and no other', () => {
    const readme = join(ROOT, 'README.md');
    assert.ok(existsSync(readme), 'there is no README.md');
    const rows = [...readFileSync(readme, 'utf8').matchAll(/^\| `([a-z_]+)` \| (\d{3}) \|/gm)];
    const table = Object.fromEntries(rows.map((row) => [row[1], Number(row[2])]));
    const expected = Object.fromEntries(Object.entries(ERRORS).map(([name, { status }]) => [name, status]));
    assert.deepEqual(table, expected);
  });

  it('every link of a page leads to a file of the repository, and to a heading of it', () => {
    const pages = ['README.md', 'CONTRIBUTING.md', ...paths(sources).filter((path) => path.endsWith('.md'))];
    const dead = pages.flatMap((page) =>
      linksOf(page)
        .filter(({ to, heading }) => !existsSync(join(ROOT, to)) || (heading && !headingsOf(to).includes(heading)))
        .map(({ to, heading }) => `${page} → ${to}#${heading}`),
    );
    assert.deepEqual(dead, []);
  });
});

/** Links of a page to files of ours, as paths from the root, and the heading meant there, or an empty text. */
function linksOf(page: string): { readonly to: string; readonly heading: string }[] {
  const links = [...readFileSync(join(ROOT, page), 'utf8').matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)];
  return links.map(([, to, heading = '']) => ({ to: to ? join(dirname(page), to) : page, heading }));
}

/** Headings of a page as links write them: small letters, hyphens for blanks, no other signs. */
function headingsOf(page: string): readonly string[] {
  const headings = [...readFileSync(join(ROOT, page), 'utf8').matchAll(/^#+ (.+)$/gm)];
  return headings.map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function inFolder(folder: string): readonly Source[] {
  return code.filter(({ path }) => path.startsWith(folder));
}

/** Imports of files of ours, as paths from the root. */
function importsOf(files: readonly Source[]): { readonly from: string; readonly to: string }[] {
  return files.flatMap(({ path, imports }) =>
    imports
      .filter((specifier) => specifier.startsWith('.'))
      .map((specifier) => ({ from: path, to: join(dirname(path), specifier).replace(/\.js$/, '.ts') })),
  );
}

const paths = (files: readonly Source[]): string[] => files.map(({ path }) => path);

function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.name === 'node_modules' || /^plugins\/[^/]+\/page$/.test(path)) return [];
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

import { rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { child, DIST, ROOT, readJson, say } from './setup-tools.mjs';

/**
 * Three parts that take about as long as each other, each on a Redis of its own. They run side by side: a part often waits
 * for a process to start or a time to come, so three use two cores better than two.
 */
const PARTS = { faults: ['faults'], core: ['core'], channels: ['contracts', 'plugins', 'flows'] };

const MOCHA = 'node_modules/mocha/bin/mocha.js';
/** What `.ci/run` reads. */
const COUNTS = join(DIST, '.test-counts.json');

/** Runs the tests that are named, or all of them; the exit code. */
export async function runTests(args) {
  const specs = args.filter((arg) => /^(\.\/)?(dist\/)?test(\/|$)/.test(arg));
  const options = args.filter((arg) => !specs.includes(arg));
  if (process.env.CI) options.push('--forbid-only');
  rmSync(COUNTS, { force: true });
  if (specs.length > 0) {
    return child(process.execPath, [MOCHA, ...options, ...counted(COUNTS), ...specs.map(builtSpec)]);
  }
  const names = Object.keys(PARTS);
  say(`running the tests in ${names.length} parts at a time: ${names.join(', ')} (shown one after the other) …`);
  const parts = names.map((name, at) => runPart(name, options, at === 0));
  let exitCode = 0;
  for (const part of parts) {
    const { code, output } = await part;
    process.stdout.write(output);
    exitCode ||= code;
  }
  sumUp(names);
  return exitCode;
}

async function runPart(name, options, isShown) {
  const counts = countsOf(name);
  rmSync(counts, { force: true });
  const files = PARTS[name].map((folder) => `dist/test/${folder}/**/*.test.js`);
  const chunks = [];
  const code = await child(
    process.execPath,
    [MOCHA, ...options, ...counted(counts), ...files],
    isShown ? undefined : chunks,
  );
  return { code, output: Buffer.concat(chunks) };
}

/** A part that ended before it could count leaves no sum: whoever reads it must not take it for a success. */
function sumUp(names) {
  const counts = names.map((name) => readJson(countsOf(name)));
  if (counts.includes(undefined)) return;
  const sum = (key) => counts.reduce((all, each) => all + each[key], 0);
  const total = { passed: sum('passed'), failed: sum('failed'), pending: sum('pending') };
  writeFileSync(COUNTS, JSON.stringify(total));
  say(`${total.passed} passed, ${total.failed} failed in all.`);
}

const countsOf = (name) => join(DIST, `.test-counts-${name}.json`);
const counted = (file) => ['--reporter-option', `counts=${file}`];

/** `test/core/keys.test.ts` is run as `dist/test/core/keys.test.js`, and a folder as all tests in it. */
function builtSpec(spec) {
  const path = relative(ROOT, join(ROOT, spec))
    .replace(/^(?!dist\/)/, 'dist/')
    .replace(/\.ts$/, '.js');
  return path.endsWith('.js') ? path : `${path}/**/*.test.js`;
}

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../core/main.js';
import { HostProcess } from '../support/host-process.js';

const GOOD = 'initial_state: open\nstates: { open: {} }\n';
const WARNED = 'initial_state: open\nstates: { open: {} }\nactions: { tell: {} }\n';
const WRONG = 'initial_state: opne\nstates: { open: {} }\n';

interface Printed {
  readonly exitCode: number;
  readonly out: string;
  readonly error: string;
}

describe('stubwire check', () => {
  let dir: string;
  let config: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'stubwire-check-'));
    mkdirSync(join(dir, 'templates'));
    config = join(dir, 'stubwire.yaml');
    writeFileSync(config, 'org: { orguuid: demo, name: Demo, default_country: ZA }\nplugins: { log: {} }\n');
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const write = (name: string, text: string): string => {
    writeFileSync(join(dir, name), text);
    return join(dir, name);
  };
  async function run(...args: string[]): Promise<Printed> {
    const { log, error } = console;
    const printed = { out: [] as string[], error: [] as string[] };
    console.log = (text: string) => printed.out.push(`${text}\n`);
    console.error = (text: string) => printed.error.push(`${text}\n`);
    try {
      const exitCode = await main(['check', ...args, '--config', config]);
      return { exitCode, out: printed.out.join(''), error: printed.error.join('') };
    } finally {
      Object.assign(console, { log, error });
    }
  }

  it('ends with 0 where all is right, and says what was looked at', async () => {
    write('templates/one.yaml', GOOD);
    const { exitCode, out, error } = await run();
    assert.equal(exitCode, 0);
    assert.match(
      error,
      /^Checked against .*stubwire\.yaml as it is now, without Redis: stored data was not checked\.\n$/,
    );
    assert.match(out, /^All is right: .*stubwire\.yaml, 1 plugins, templates one\.\n$/);
  });

  it('ends with 1 where there are errors, and prints them with line and caret', async () => {
    const file = write('templates/one.yaml', WRONG);
    const { exitCode, out } = await run();
    assert.equal(exitCode, 1);
    assert.equal(
      out,
      `${file}:1:16 error state_unknown There is no state "opne". Did you mean "open"? There are: open.\n    1 | initial_state: opne\n                       ^\n\n1 error, 0 warnings in 1 file.\n`,
    );
  });

  it('holds stories against the templates that they try, once these are right', async () => {
    const template = write('templates/one.yaml', GOOD);
    const story = write('templates/one.test.yaml', 'story: It moves\nsteps:\n  - action: _clsoe\n');
    const { exitCode, out } = await run();
    assert.equal(exitCode, 1);
    assert.match(
      out,
      /one\.test\.yaml:3:13 error action_unknown There is no action "_clsoe"\. Did you mean "_close"\?/,
    );
    assert.equal((await run(story)).out, out.replace('2 files', '1 file'));
    write('templates/one.yaml', WRONG);
    assert.doesNotMatch((await run()).out, /test\.yaml/);
    write('templates/one.yaml', GOOD);
    write('templates/one.test.yaml', 'story: It moves\nsteps:\n  - action: _update\n');
    assert.match((await run()).out, /, templates one, 1 file of stories\.\n$/);
    assert.match((await run(template)).out, /, templates one\.\n$/);
    assert.match((await run(story)).out, /1 plugins, 1 file of stories\.\n$/);
  });

  it('gives that code to the shell', async () => {
    write('templates/one.yaml', WRONG);
    const process = new HostProcess(['check', '--config', config]);
    assert.equal(await process.end(), 1);
    assert.match(process.out, /state_unknown/);
  });

  it('lets warnings pass, but for --strict and more than --max-warnings', async () => {
    write('templates/one.yaml', WARNED);
    const codes = [];
    for (const flags of [[], ['--max-warnings', '1'], ['--max-warnings', '0'], ['--strict']])
      codes.push((await run(...flags)).exitCode);
    assert.deepEqual(codes, [0, 0, 1, 1]);
  });

  it('ends with 2 where nothing could be checked, and says why on standard error', async () => {
    writeFileSync(config, 'org: 1\n');
    const { exitCode, out, error } = await run();
    assert.deepEqual([exitCode, out], [2, '']);
    assert.match(error, /stubwire\.yaml:1:6 value_invalid org is 1; it takes a map of keys/);
  });

  it('checks the files and folders named, each once', async () => {
    write('templates/one.yaml', WRONG);
    const two = write('two.yaml', WARNED);
    mkdirSync(join(dir, 'more'));
    write('more/three.yaml', WARNED);
    write('more/three.test.yaml', 'story: It moves\nsteps:\n  - action: tell\n'); // a story, and no template
    const { exitCode, out } = await run(two, join(dir, 'more'), join(dir, 'more/three.yaml'));
    assert.equal(exitCode, 0);
    assert.match(out, /0 errors, 2 warnings in 3 files\.\n$/);
  });

  it('takes a file from elsewhere for the next version of the template of that name', async () => {
    write('templates/one.yaml', GOOD);
    assert.equal((await run(write('one.yaml', GOOD))).exitCode, 0);
    const second = write('templates/two.yaml', `template: one\n${GOOD}`);
    const { exitCode, out } = await run(second);
    assert.equal(exitCode, 1);
    assert.match(out, /template_duplicate There is already a template "one" in .*templates\/one\.yaml, line 1\./);
  });

  it('says that a folder has no templates: an error where it was named', async () => {
    const { exitCode, out } = await run();
    assert.equal(exitCode, 0);
    assert.match(out, /templates warning no-templates .* has no template in it/);
    const named = await run(dir); // the configuration stands there, and is none
    assert.equal(named.exitCode, 1);
    assert.match(named.out, /error no-templates .*Name the folder of the templates\.\n\n1 error, 0 warnings\.\n$/);
  });

  it('says what is wrong with a file that is missing, is no text, or is something else', async () => {
    writeFileSync(join(dir, 'binary.yaml'), Buffer.from([0xff, 0x00, 0xfe]));
    const other = write('other.yaml', 'services: {}\n');
    const steering = write('steering.yaml', 'a\u001b[2Jb\n');
    const { exitCode, out } = await run(join(dir, 'none.yaml'), join(dir, 'binary.yaml'), other, steering);
    assert.equal(exitCode, 1);
    assert.match(out, /file_unreadable Cannot read .*none\.yaml: it does not exist\. Check the path/);
    assert.match(out, /binary\.yaml is not UTF-8 text/);
    assert.match(out, /other\.yaml:1:1 error value_invalid This is not a stub template/);
    assert.ok(!out.includes('\u001b'));
  });

  it('finds every problem of a file in one go', async () => {
    const actions = Array.from({ length: 200 }, (_, at) => `  a${at}: { to_state: nowhere_${at} }\n`);
    const file = write('many.yaml', `${GOOD}actions:\n${actions.join('')}`);
    const { out } = await run(file, '--format', 'json');
    assert.equal(JSON.parse(out).length, 200);
  });

  it('gives programs a list, as --format json', async () => {
    const file = write('templates/one.yaml', WRONG);
    const { exitCode, out } = await run('--format', 'json');
    assert.equal(exitCode, 1);
    assert.deepEqual(JSON.parse(out), [
      {
        level: 'error',
        rule: 'state_unknown',
        message: 'There is no state "opne". Did you mean "open"? There are: open.',
        file,
        line: 1,
        column: 16,
        excerpt: 'initial_state: opne',
      },
    ]);
  });
});

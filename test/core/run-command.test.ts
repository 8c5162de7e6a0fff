import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CouldNotRun, type RunOptions, run } from '../../core/command/run-command.js';
import { boot, type Program } from '../../core/host/boot.js';
import { main } from '../../core/main.js';
import { privateRedis } from '../support/private-redis.js';

const TEMPLATE = `
template: case
initial_state: open
states:
  open: { actions: [tell, fail, close, link] }
  done: {}
actions:
  tell:
    fields: { eta: { fieldtype: text, title: When, validations: { needed: { validationtype: required } } } }
    tasks: { save: { tasktype: savedata, params: { data: { eta: "~~stubpost.data.eta" } } } }
    notifications:
      line:
        send_to: { driver: { type: mobile, value: "+27825550101" } }
        platforms: { log: { body: "It comes {{stubpost.data.eta}}. {{stubpost.message}}" } }
  fail: { tasks: { ask: { tasktype: apicall, params: { url: "https://nowhere.example.org/" } } } }
  close: { to_state: done }
  link:
    notifications:
      line:
        send_to: { driver: { type: mobile, value: "+27825550101" } }
        platforms:
          log: { body: "See {{#stuburl 48}}{{/stuburl}}" }
          meta_whatsapp: { message_type: text, params: { text: { body: Hello } } }
`;

describe('stubwire run', () => {
  let dir: string;
  let config: string;
  let program: Program;
  let stubref: string;

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'stubwire-run-'));
    mkdirSync(join(dir, 'templates'));
    writeFileSync(join(dir, 'templates', 'case.yaml'), TEMPLATE);
    config = join(dir, 'stubwire.yaml');
    const redis = `redis: { url: "unix://${privateRedis.options.path}", prefix: ${privateRedis.newPrefix()} }`;
    writeFileSync(
      config,
      `org: { orguuid: demo, name: Demo, default_country: ZA }\n${redis}\nfiles: { dir: files }\nlog: { level: silent }\nplugins: { log: {}, meta_whatsapp: {}, whatsapp_emulator: {} }\n`,
    );
    program = await boot({ config, port: 0, role: 'all', provideRedis: () => undefined });
    const headers = { 'content-type': 'application/json' };
    const made = await fetch(`${program.url}/api/stubs`, { method: 'POST', headers, body: '{"template":"case"}' });
    ({ stubref } = (await made.json()) as { stubref: string });
  });
  after(async () => {
    await program.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const asked = (action: string, more: Partial<RunOptions> = {}) =>
    run({ config, stubref, action, wait: 5_000, format: 'text', ...more });
  const ETA = '{"eta":"at 15:00"}';

  it('runs the action in the program that works there, and prints its stubpost', async () => {
    writeFileSync(join(dir, 'data.json'), ETA);
    const { text, exitCode } = await asked('tell', {
      data: `@${join(dir, 'data.json')}`,
      message: 'Bye',
      format: 'json',
    });
    const post = JSON.parse(text);
    assert.deepEqual(
      [exitCode, post.message, post.data, post.tasks.save.success],
      [0, 'Bye', { eta: 'at 15:00' }, true],
    );
    const stored = await (await fetch(`${program.url}/api/posts/${post.stubpostuuid}`)).json();
    assert.deepEqual((stored as typeof post).tasks, post.tasks);
    assert.match((await asked('tell', { data: ETA })).text, /^tell on .*\nState: open → open\n\nTasks\n {2}save: done/);
  });

  it('with --dry-run shows links and requests with the address of the running program, whatever port the file says', async () => {
    const { text } = await asked('link', { dryRun: true, format: 'json' });
    const links = text.match(/https?:\/\/[^/\s"]+/g)!;
    assert.deepEqual([...new Set(links)], [program.url]);
    assert.match(text, new RegExp(`${program.url}/emulator/graph/`));
  });

  it('with --dry-run shows it and runs nothing', async () => {
    const { text, exitCode } = await asked('tell', { data: ETA, message: 'Bye', dryRun: true });
    assert.equal(exitCode, 0);
    assert.match(text, /^Dry run of tell on \S+: nothing is sent, stored or called\./);
    assert.match(
      text,
      /line, driver: log \+27825550101: would be sent at once\n[\s\S]*"body": "It comes at 15:00\. Bye"/,
    );
    assert.equal((await asked('close', { dryRun: true })).exitCode, 0);
    assert.equal((await asked('close', { dryRun: true })).exitCode, 0, 'it is still open');
  });

  it('a step that fails and a run that is refused end with 1', async () => {
    const failed = await asked('fail');
    assert.equal(failed.exitCode, 1);
    assert.match(failed.text, /ask: failed, apicall_refused: The host "nowhere\.example\.org" may not be called/);
    assert.equal((await asked('fail', { dryRun: true })).exitCode, 1);
    const refused = await asked('tell');
    assert.equal(refused.exitCode, 1);
    assert.match(refused.text, /Refused: field_invalid/);
    await assert.rejects(asked('tell', { dryRun: true }), /"eta" \(When\) is missing/);
    await assert.rejects(asked('tells'), /Did you mean "tell"\?/);
    await assert.rejects(asked('tell', { postedBy: 'nobody' }), /no contact has this contactuuid/);
    for (const data of ['{x', '[1]', '@/nowhere']) await assert.rejects(asked('tell', { data }), CouldNotRun);
  });

  it('says on the command line how it ended', async () => {
    const commandLine = async (...args: string[]) => {
      const { log, error } = console;
      let out = '';
      const keep = (text: string) => {
        out += `${text}\n`;
      };
      Object.assign(console, { log: keep, error: keep });
      try {
        return { code: await main(['run', ...args, '--config', config]), out };
      } finally {
        Object.assign(console, { log, error });
      }
    };
    const refused = await commandLine('2026-01-01-AAAA-AAAA', 'tell');
    assert.equal(refused.code, 1);
    assert.match(refused.out, /^stub_unknown There is no stub "2026-01-01-AAAA-AAAA"/);
    const wrong = await commandLine(stubref, 'tell', '--data', 'x');
    assert.equal(wrong.code, 2);
    assert.match(wrong.out, /^body_invalid --data takes a JSON object/);
    const done = await commandLine(stubref, 'tell', '--data', ETA, '--format', 'json');
    assert.deepEqual([done.code, JSON.parse(done.out).action_name], [0, 'tell']);
  });

  it('stores nothing where no program works', async () => {
    await program.stop();
    await assert.rejects(asked('close'), (error) => error instanceof CouldNotRun && error.cause.code === 'not_running');
    const { text, exitCode } = await asked('close', { dryRun: true, format: 'json' });
    assert.deepEqual([exitCode, JSON.parse(text).stub.state], [0, 'done'], 'a look needs nobody');
    program = await boot({ config, port: 0, role: 'all', provideRedis: () => undefined });
    const stub = await (await fetch(`${program.url}/api/stubs/${stubref}`)).json();
    assert.equal((stub as { state: string }).state, 'open');
  });
});

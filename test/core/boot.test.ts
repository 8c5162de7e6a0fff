import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RedisServerProcess } from '../../core/redis/redis-server-process.js';
import { isAlive } from '../../core/redis/start-lock.js';
import { HostProcess } from '../support/host-process.js';
import { StoryFolder } from '../support/story-folder.js';
import { until } from '../support/until.js';

const BUSY = `
template: busy
initial_state: open
states: { open: { actions: [again] } }
actions: { again: { tasks: { again: { tasktype: set_timer, params: { action_name: again, after_seconds: 1 } } } } }
`;

describe('the program', () => {
  let dir: string;
  let config: string;
  let redis: RedisServerProcess;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'stubwire-boot-'));
    mkdirSync(join(dir, 'templates'));
    config = join(dir, 'stubwire.yaml');
    configure('log: {}');
    redis = new RedisServerProcess(join(dir, 'data'), join(dir, 'data/redis.sock'));
  });

  afterEach(async () => {
    await redis.ensureGone(0);
    rmSync(dir, { recursive: true, force: true });
  });

  function configure(plugins: string, settings = 'redis: { data_dir: data }'): void {
    writeFileSync(
      config,
      `org: { orguuid: demo, name: Demo, default_country: ZA }\n${settings}\nplugins:\n  ${plugins}\n`,
    );
  }

  async function run(...args: string[]): Promise<{ code: number | null; out: string }> {
    const host = new HostProcess(args);
    const code = await host.end();
    return { code, out: host.out };
  }

  const template = (name: string, initial = 'open') => `
template: ${name}
initial_state: ${initial}
states: { open: { actions: [finish] }, shut: { structure: { meta: { is_done: true } } } }
actions: { finish: { to_state: shut } }
`;
  const write = (name: string, text: string) => writeFileSync(join(dir, `templates/${name}.yaml`), text);
  const ask = async (host: HostProcess, path: string, body?: object) => {
    const json = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const answer = await fetch(`${host.url}${path}`, body ? json : {});
    // biome-ignore lint/suspicious/noExplicitAny: answers are asserted, not typed
    return { status: answer.status, body: (await answer.json()) as { [key: string]: any } };
  };
  const newStub = async (host: HostProcess, name: string): Promise<string> =>
    (await ask(host, '/api/stubs', { template: name })).body['stubref'];
  const stateOf = async (host: HostProcess, stubref: string) =>
    (await ask(host, `/api/stubs/${stubref}`)).body['state'];
  const finish = async (host: HostProcess, stubref: string) => {
    await ask(host, `/api/stubs/${stubref}/actions/finish`, {});
    await until('the stub to be shut', async () => (await stateOf(host, stubref)) === 'shut');
  };

  it('starts with its own Redis, says where it is, and stops both when it is told to', async () => {
    const host = await HostProcess.start(config);
    assert.match(
      host.out,
      /^\{"level":30,.*"url":"(http:\/\/127\.0\.0\.1:\d+)","pages":\["\1\/queues"\],"watches":".*templates","msg":"Stubwire is ready in \d+\.\d s: \1"\}\n$/,
    );
    const answer = await fetch(`${host.url}/readyz`);
    assert.equal(answer.status, 200);
    assert.ok(redis.pid());
    assert.equal(await host.end('SIGTERM'), 0);
    assert.equal(redis.pid(), undefined);
  });

  it('leaves no Redis behind after it was killed, once it was started and stopped again', async () => {
    const killed = await HostProcess.start(config);
    const pid = redis.pid();
    await killed.end('SIGKILL');
    assert.equal(redis.pid(), pid);
    const next = await HostProcess.start(config);
    assert.equal(redis.pid(), pid);
    assert.equal(await next.end('SIGINT'), 0);
    assert.equal(redis.pid(), undefined);
  });

  it('shares the embedded Redis with a second process, and the last one stops it', async () => {
    const [api, worker] = await Promise.all([
      HostProcess.start(config, '--role', 'api'),
      HostProcess.start(config, '--role', 'worker'),
    ]);
    assert.equal(worker.url, '');
    assert.equal(await api.end('SIGHUP'), 0); // its terminal was closed
    assert.ok(redis.pid());
    assert.equal(await worker.end('SIGTERM'), 0);
    assert.equal(redis.pid(), undefined);
  });

  it('is ready again by itself after its Redis was killed', async () => {
    const host = await HostProcess.start(config);
    redis.kill('SIGKILL');
    await until('a new Redis', async () => redis.pid() && (await fetch(`${host.url}/readyz`)).status === 200);
    assert.equal(await host.end('SIGTERM'), 0);
  });

  it('ends with the port that is in use, and nothing stays started', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await until('the other program', () => other.listening);
    const { port } = other.address() as { port: number };
    const { code, out } = await run('start', '--config', config, '--port', String(port));
    other.close();
    assert.equal(code, 1);
    assert.match(out, new RegExp(`port_in_use .*${port}.*--port`));
    assert.equal(redis.pid(), undefined);
  });

  it('starts without a broken template file: its stubs wait and go on once it is corrected; so after kill -9', async () => {
    write('case', template('case'));
    write('other', template('other'));
    const good = await HostProcess.start(config);
    const [waits, ended, other] = await Promise.all(['case', 'case', 'other'].map((name) => newStub(good, name)));
    await finish(good, ended!);
    await good.end('SIGKILL');
    const storesOnly = await HostProcess.start(config, '--role', 'api');
    await ask(storesOnly, `/api/stubs/${waits}/actions/finish`, {});
    await storesOnly.end('SIGKILL');

    write('case', template('case', 'opne'));
    const host = await HostProcess.start(config);
    assert.match(host.out, /case\.yaml:3:16","code":"state_unknown"/);
    assert.match(host.out, /"msg":"1 unfinished stub waits for the template \\"case\\", which is not loaded\./);
    assert.match(host.out, /"msg":"template file refused; nothing of it is loaded"/);
    await finish(host, other!); // the other template runs
    const { status, body } = await ask(host, '/readyz');
    assert.deepEqual([status, body['error'].code], [503, 'stubs_waiting']);
    assert.match(body['error'].message, /^1 unfinished stub waits for the template "case".*Correct .*case\.yaml/);
    assert.equal((await ask(host, '/api/stubs', { template: 'case' })).body['error'].code, 'template_unknown');
    assert.equal(await stateOf(host, waits!), 'open');
    assert.equal((await ask(host, '/api/templates')).body['refused_count'], 1);
    const doctor = await run('doctor', '--config', config);
    assert.equal(doctor.code, 1);
    assert.match(doctor.out, /problem {2}.*case\.yaml:3:16 state_unknown/);
    assert.match(doctor.out, /problem {2}1 unfinished stub waits for the template "case"/);

    write('case', template('case'));
    await until('the run that waited', async () => (await stateOf(host, waits!)) === 'shut');
    assert.equal((await ask(host, '/readyz')).status, 200);
    assert.equal(await host.end('SIGTERM'), 0);
  });

  it('says which stubs wait for a template whose file was deleted before a start, and goes on when it is back', async () => {
    write('case', template('case'));
    const before = await HostProcess.start(config);
    const stubref = await newStub(before, 'case');
    await finish(before, await newStub(before, 'case')); // `shut` is done: it waits for nothing
    rmSync(join(dir, 'templates/case.yaml'));
    await until('the template to be kept', async () => (await ask(before, '/api/templates')).body['items'][0].kept);
    assert.equal((await ask(before, '/api/stubs', { template: 'case' })).body['error'].code, 'template_removed');
    assert.equal((await ask(before, '/readyz')).status, 200, 'its stubs go on until the next start');
    await before.end('SIGKILL');

    const host = await HostProcess.start(config);
    assert.match(
      host.out,
      /1 unfinished stub waits for the template \\"case\\", which is not loaded\. .*Put its file back/,
    );
    assert.match(
      (await ask(host, '/readyz')).body['error'].message,
      /^1 unfinished stub waits for the template "case"/,
    );
    const { items } = (await ask(host, '/api/templates/stranded-stubs')).body;
    assert.deepEqual(
      items.map(({ newest }: { newest: string[] }) => newest),
      [[stubref]],
    );
    write('case', template('case'));
    await until('readiness', async () => (await ask(host, '/readyz')).status === 200);
    await finish(host, stubref);
    assert.equal(await host.end('SIGTERM'), 0);
  });

  it('starts nothing when the configuration is wrong', async () => {
    configure('logg: {}');
    const { code, out } = await run('start', '--config', config);
    assert.equal(code, 1);
    assert.match(
      out,
      /stubwire\.yaml:4:3 plugin_not_found There is no plugin "logg"[^\n]*Did you mean "log"\?\n.*logg: \{\}\n *\^/,
    );
    assert.ok(!existsSync(join(dir, 'data')));
  });

  it('ends when the configured Redis does not answer, without its password', async () => {
    configure('log: {}', 'redis: { url: "redis://:secret@127.0.0.1:1" }');
    const { code, out } = await run('start', '--config', config);
    assert.equal(code, 1);
    assert.match(out, /redis_unreachable .*127\.0\.0\.1:1 /);
    assert.doesNotMatch(out, /secret/);
  });

  it('checks the files and starts nothing', async () => {
    const { code } = await run('check', '--config', config);
    assert.equal(code, 0);
    assert.ok(!existsSync(join(dir, 'data')));
  });

  it('prints the schema of stub templates, or writes it whole, with the plugins that are configured', async () => {
    const printed = await run('schema', '--config', config);
    assert.equal(printed.code, 0);
    const out = join(dir, 'stub-template.schema.json');
    writeFileSync(out, 'an older one');
    const written = await run('schema', '--config', config, '--out', out);
    assert.deepEqual([written.code, written.out.split(' ')[0]], [0, 'Written:']);
    assert.equal(readFileSync(out, 'utf8').trimEnd(), printed.out.trimEnd());
    assert.deepEqual(readdirSync(dir).sort(), ['stub-template.schema.json', 'stubwire.yaml', 'templates']);
    const { platforms } = JSON.parse(printed.out).definitions.action.properties.notifications.additionalProperties
      .properties;
    assert.deepEqual(Object.keys(platforms.properties), ['log']);
    const nowhere = await run('schema', '--config', config, '--out', join(dir, 'none/schema.json'));
    assert.equal(nowhere.code, 1);
    assert.match(nowhere.out, /^file_unwritable Cannot write .*none/);
  });

  it('plays stories: 0 where all hold, 2 where nobody can play the clients', async () => {
    const held = await run('test', 'config/templates/support.test.yaml');
    assert.equal(held.code, 0, held.out);
    assert.match(
      held.out,
      /^\n {2}config\/templates\/support\.test\.yaml\n {4}✓ .*\n[\s\S]*\n {2}\d passing \(.*\)\n$/,
    );
    writeFileSync(join(dir, 'templates/a.test.yaml'), 'story: nobody is there\nsteps: [{ wait: 1h }]\n');
    const alone = await run('test', '--config', config);
    rmSync(join(dir, 'templates/a.test.yaml'));
    assert.equal(alone.code, 2);
    assert.match(alone.out, /^stories_not_played No plugin plays the clients/);
  });

  it('leaves no Redis and no folder behind where stories are ended at once: Ctrl-C twice', async () => {
    const folder = new StoryFolder({
      'templates/busy.yaml': BUSY,
      'templates/busy.test.yaml': 'story: it never ends\nstub: {}\nsteps: [{ action: again }, { wait: 300d }]\n',
    });
    const played = new HostProcess(['test', '--config', folder.config]);
    const name = `stubwire-stories-${played.pid}-`;
    const own = () => readdirSync(tmpdir()).filter((entry) => entry.startsWith(name));
    await until('the story to be played', () => played.out.includes('busy.test.yaml'), 20_000);
    const [kept] = own();
    const server = new RedisServerProcess(join(tmpdir(), kept!), join(tmpdir(), kept!, 'redis.sock'));
    const pid = await until('its Redis', () => server.pid());
    await until('the end', () => played.hasEnded || !process.kill(played.pid, 'SIGINT'));
    assert.equal(await played.end(), 1);
    assert.deepEqual(own(), []);
    await until('its Redis to end', () => !isAlive(pid));
    folder.remove();
  });

  it('says its version, and makes no channel of a name that is taken', async () => {
    assert.match((await run('--version')).out, /^\d+\.\d+\.\d+\n$/);
    const { code, out } = await run('new', 'channel', 'log');
    assert.equal(code, 1);
    assert.match(out, /^file_unwritable There is plugins\/log already/);
  });
});

import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { templateFindings } from '../../plugins/meta_whatsapp/doctor-templates.js';
import { versionFindings } from '../../plugins/meta_whatsapp/graph-versions.js';
import { WhatsAppConfigSchema } from '../../plugins/meta_whatsapp/profile.js';
import { AccountHost, realProfile } from '../support/account-host.js';
import { FakeAccount, TOKEN_REFUSED } from '../support/fake-account.js';
import { HostProcess } from '../support/host-process.js';

const NUMBER = 'GET /100000000000001';
const LIST = 'GET /200000000000001/message_templates';
const APPS = 'GET /200000000000001/subscribed_apps';
const REQUEST = {
  name: 'general_interaction_request',
  language: 'en',
  status: 'APPROVED',
  category: 'UTILITY',
  components: [
    { type: 'BODY', text: 'Hello! {{1}} would like to write to you.' },
    {
      type: 'BUTTONS',
      buttons: [
        { type: 'QUICK_REPLY', text: 'Allow' },
        { type: 'QUICK_REPLY', text: 'Reject' },
      ],
    },
  ],
};
const UPDATE = {
  ...REQUEST,
  name: 'general_stub_update',
  components: [{ type: 'BODY', text: 'News of {{1}}: {{2}} Bye.' }],
};

const NOTE = `
template: note
initial_state: open
states: { open: { actions: [tell] } }
actions:
  tell:
    notifications:
      to_client:
        send_to: { client: { type: mobile, value: "+27825550101" } }
        platforms: { meta_whatsapp: { message_type: template, params: { template: { whatsapp_template_name: general_stub_update, whatsapp_template_params_array: [a, b] } } } }
`;

describe('stubwire doctor', () => {
  let account: FakeAccount;
  let host: AccountHost;

  beforeEach(async () => {
    const number = { id: '100000000000001', display_phone_number: '+1 555-000-0001', verified_name: 'Demo Parcels' };
    const subscribed = [{ whatsapp_business_api_data: { id: '77', name: 'Parcels app', link: 'https://example.org' } }];
    account = await new FakeAccount()
      .on(NUMBER, () => ({ body: { ...number, throughput: { level: 'STANDARD' }, quality_rating: 'GREEN' } }))
      .on(LIST, () => ({ body: { data: [REQUEST, UPDATE] } }))
      .on(APPS, () => ({ body: { data: subscribed } }))
      .on('GET /app', () => ({ body: { id: '77' } }))
      .start();
    host = new AccountHost({ note: NOTE });
  });
  afterEach(async () => {
    await host.end();
    await account.stop();
  });

  async function doctor(...options: string[]): Promise<{ readonly code: number | null; readonly out: string }> {
    const child = new HostProcess(['doctor', '--config', host.config, ...options]);
    return { code: await child.end(), out: child.out };
  }

  it('finds nothing wrong with an account that is set up, and only reads', async () => {
    host.write(realProfile(account.url));
    const { code, out } = await doctor();
    assert.equal(code, 0, out);
    assert.match(out, /ok {7}main: the token is good, and the number is \+15550000001 \("Demo Parcels"\)/);
    assert.match(out, /"general_interaction_request" \(en\) is approved/);
    assert.match(out, /ok {7}main: the WhatsApp templates that the stub templates name are there and approved/);
    assert.match(out, /subscribed to the account’s webhooks: Parcels app \(77\)/);
    assert.ok(account.calls.every(({ method }) => method === 'GET'));
    assert.ok(!/secret-/.test(out));
  });

  it('says of each thing that is wrong what to do, with the WhatsApp template to create ready to be pasted', async () => {
    account.on(NUMBER, () => ({
      body: { display_phone_number: '+1 555-000-0009', quality_rating: 'RED', throughput: { level: 'STANDARD' } },
    }));
    account.on(LIST, () => ({ body: { data: [{ ...REQUEST, language: 'de' }] } }));
    account.on(APPS, () => ({ body: { data: [] } }));
    host.write(
      realProfile(account.url, [
        'messages_per_second: 200',
        'graph_version: v19.0',
        'commands: { enabled: true, list: { run: Run } }',
      ]),
    );
    const { code, out } = await doctor();
    assert.equal(code, 1);
    assert.match(out, /problem {2}main: phone_number_id 100000000000001 is the number \+15550000009; .*\+15550000001/);
    assert.match(out, /warning {2}main: Meta rates the number’s quality RED/);
    assert.match(
      out,
      /messages_per_second is 200; with the throughput STANDARD Meta takes 80, sent and received together/,
    );
    assert.match(out, /warning {2}main: graph_version v19\.0 has ended/);
    assert.match(out, /Meta shows the commands \(none\); configured are \(run\)/);
    assert.match(out, /problem {2}main: no app is subscribed/);
    assert.match(
      out,
      /no WhatsApp template "general_interaction_request" in the language "en".* There is one in: de\./,
    );
    assert.match(
      out,
      /warning {2}main: note, action tell, notification to_client: .* no WhatsApp template "general_stub_update"/,
    );
    assert.match(out, /curl -X POST '.*\/v19\.0\/200000000000001\/message_templates'/);
    const [request] = [...out.matchAll(/-d '(\{.*\})'/g)].map((match) => JSON.parse(match[1]!));
    assert.deepEqual(
      [request.name, request.language, request.category],
      ['general_interaction_request', 'en', 'UTILITY'],
    );
    assert.ok(!/secret-/.test(out));
  });

  it('says so of a token that Meta refuses, without showing it, and of an address where nothing answers', async () => {
    host.write(realProfile(account.url));
    account.on(NUMBER, () => TOKEN_REFUSED);
    const refused = await doctor();
    assert.equal(refused.code, 1);
    assert.match(refused.out, /problem {2}main: the access token is not taken: /);
    assert.ok(!/secret-/.test(refused.out));
    host.write(realProfile('http://127.0.0.1:9'));
    const away = await doctor();
    assert.equal(away.code, 1);
    assert.match(away.out, /problem {2}main: [\s\S]*Check graph_url/);
  });

  it('works where nothing runs yet, starts nothing, and says what it could not look at', async () => {
    host.write(realProfile('emulator'), { redisUrl: '', plugins: '  whatsapp_emulator: {}\n' });
    const { code, out } = await doctor();
    assert.equal(code, 0, out);
    assert.match(out, /ok {7}the embedded one in .*data does not run; it starts with "npm start"/);
    assert.match(out, /ok {7}main: is emulated; nothing answers at .*, so it was not looked at\n.*npm start/);
    assert.ok(!existsSync(join(host.dir, 'data')));
  });

  it('looks at the emulator of a program that runs, which says that no profile is configured', async () => {
    const port = await freePort();
    host.write(realProfile('emulator'), { plugins: '  whatsapp_emulator: {}\n' });
    const written = readFileSync(host.config, 'utf8').replace('level: silent', 'level: warn');
    writeFileSync(host.config, written.replace(/ {2}meta_whatsapp:\n(?: {4}.*\n)+/, '  meta_whatsapp: {}\n'));
    const running = await HostProcess.start(host.config, '--port', String(port));
    try {
      assert.match(running.out, /no WhatsApp profile is configured .* the built-in profile .* of the emulator is used/);
      await fetch(`${running.url}/api/profiles/main/pause`, { method: 'POST' });
      const { code, out } = await doctor('--port', String(port));
      assert.equal(code, 0, out);
      assert.match(out, /warning {2}meta_whatsapp: the profile "main" has been paused since .*: Paused by hand/);
      assert.match(out, /POST \/api\/channels\/meta_whatsapp\/profiles\/main\/resume/);
      assert.match(out, /main: is emulated, and the emulator answers/);
      assert.match(out, /"general_interaction_request" \(en\) is approved/);
    } finally {
      await running.end('SIGTERM');
    }
  });

  it('shows what is wrong with the files, as a start does, and a Redis that does not answer', async () => {
    host.write(realProfile(account.url, ['commands: { enabled: true, list: { /run: Run } }']));
    const wrong = await doctor();
    assert.equal(wrong.code, 1);
    assert.match(wrong.out, /stubwire\.yaml:\d+:\d+ plugin_config_invalid .*without its slash/);
    host.write(realProfile(account.url), { redisUrl: 'redis://127.0.0.1:9' });
    const away = await doctor();
    assert.equal(away.code, 1);
    assert.match(away.out, /problem {2}the one of redis\.url does not answer/);
  });
});

describe('the version of the Graph API', () => {
  const said = (version: string, date: string) =>
    versionFindings(version, Date.parse(date)).map(({ level, message }) => `${level} ${message}`);

  it('is warned of 90 days before Meta ends it, and from then on, with the date', () => {
    assert.deepEqual(said('v25.0', '2026-11-27'), []);
    assert.deepEqual(said('v25.0', '2028-05-01'), ['warning graph_version v25.0 ends on 2028-07-29']);
    assert.match(said('v25.0', '2028-07-29')[0]!, /^warning graph_version v25\.0 has ended on 2028-07-29: /);
    assert.match(said('v20.0', '2026-11-27')[0]!, /has ended on 2026-09-24/);
    assert.match(said('v3.1', '2020-01-01')[0]!, /has ended/);
    assert.deepEqual(said('v26.0', '2030-01-01'), [], 'its end is not known');
  });
});

describe('the WhatsApp templates that the product needs', () => {
  const { profiles } = WhatsAppConfigSchema.parse({});
  const levels = (...listed: object[]) =>
    templateFindings(profiles['main']!, [...listed] as never).map(({ level }) => level);
  const positional = { parameter_format: 'POSITIONAL' };

  it('are approved and of the right shape', () => {
    const good = { ...REQUEST, ...positional };
    const update = { ...UPDATE, ...positional };
    assert.deepEqual(levels(good, update), ['ok', 'ok']);
    assert.deepEqual(levels(), ['problem', 'warning']);
    assert.deepEqual(levels({ ...good, language: 'en_GB' }, update), ['ok', 'ok'], 'as near as it is sent');
    assert.deepEqual(levels({ ...good, language: 'de' }, update), ['problem', 'ok']);
    for (const status of ['PENDING', 'REJECTED', 'PAUSED', 'DISABLED'])
      assert.deepEqual(levels({ ...good, status }, update), ['problem', 'ok']);
    assert.deepEqual(levels({ ...good, components: [REQUEST.components[0]] }, update), ['problem', 'ok']);
    assert.deepEqual(levels({ ...good, parameter_format: 'NAMED' }, update), ['problem', 'ok']);
    assert.deepEqual(levels(good, { ...update, components: [{ type: 'BODY', text: '{{1}}' }] }), ['ok', 'problem']);
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

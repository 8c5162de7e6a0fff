import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from '../support/engine-process.js';
import { HostProcess } from '../support/host-process.js';
import { PrivateRedis } from '../support/private-redis.js';
import { until } from '../support/until.js';

/** Words that the log must not contain, in full or in the forms that libraries write. */
const MARKS = {
  number: '27825559911',
  name: 'Nomvula Marked',
  words: 'my daughter is ill',
  redisPassword: 'password-of-the-redis',
  bearer: 'bearer-token-of-the-desk',
  accessToken: 'access-token-of-the-profile',
  appSecret: 'app-secret-of-the-profile',
  verifyToken: 'verify-token-of-the-profile',
  callSecret: 'secret-of-another-system',
};
const PROFILE = { phone_number_id: '100000000000001', waba_id: '200000000000001' };
const PLAYED = { graph_url: 'emulator', unknown_outcome_wait_ms: 1_000 };

const TEMPLATE = `
template: case
initial_state: open
states: { open: { actions: [tell, _update_from_whatsapp] } }
actions:
  tell:
    notifications:
      to_client:
        send_to: { client: { type: contact_list, value: _created_by } }
        platforms:
          meta_whatsapp:
            message_type: text
            params: { text: { body: "{{stubpost.message}}" } }
            stubsession: { set_new_with_timeout_hours: 24 }
  _update_from_whatsapp: {}
`;

function configOf(redisUrl: string): string {
  const { accessToken, appSecret, verifyToken, callSecret, bearer } = MARKS;
  const secrets = { access_token: accessToken, app_secrets: [appSecret], verify_token: verifyToken };
  return JSON.stringify({
    org: { orguuid: 'demo', name: 'Demo', default_country: 'ZA' },
    redis: { url: redisUrl },
    files: { dir: 'files' },
    auth: { tokens: [{ name: 'desk', token: bearer, role: 'admin' }] },
    log: { level: 'trace' },
    apicall: { allow_hosts: ['example.org'], secrets: { other: { value: callSecret } } },
    plugins: {
      meta_whatsapp: {
        profiles: { main: { ...PROFILE, ...secrets, display_phone_number: '15550000001', ...PLAYED } },
      },
      update_from_whatsapp: {},
      whatsapp_emulator: {},
    },
  });
}

describe('trouble with Redis', () => {
  const redis = new PrivateRedis();
  let port = 0;
  let password = '';
  let host: HostProcess | undefined;

  before(async () => {
    port = await freePort();
    await redis.start();
    mkdirSync(join(redis.dir, 'templates'));
    writeFileSync(join(redis.dir, 'templates/case.yaml'), TEMPLATE);
    await open();
  });
  after(async () => {
    if (host && !host.hasEnded) await host.end('SIGKILL');
    await redis.stop();
  });

  /** A restart loses the settings of port and password. */
  async function open(): Promise<void> {
    password = '';
    await configure('proc-title-template', '{title} {unixsocket}'); // so that the test can find and stop the process by its socket
    await configure('port', String(port));
    await lock(MARKS.redisPassword);
  }
  async function lock(next: string): Promise<void> {
    await configure('requirepass', next);
    password = next;
  }
  const configure = (name: string, value: string): Promise<unknown> => asked('CONFIG', 'SET', name, value);
  async function asked(...command: [string, ...string[]]): Promise<unknown> {
    const client = new Redis({ ...redis.options, ...(password && { password }) });
    try {
      return await client.call(...command);
    } finally {
      client.disconnect();
    }
  }

  function configFile(given: string): string {
    const file = join(redis.dir, 'stubwire.yaml');
    writeFileSync(file, configOf(`redis://:${given}@127.0.0.1:${port}`));
    return file;
  }
  async function ask(method: string, path: string, body?: object) {
    const answer = await fetch(`${host!.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${MARKS.bearer}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: answers are asserted, not typed
    return { status: answer.status, body: JSON.parse((await answer.text()) || 'null') as any };
  }
  let messages = 0;
  /** Posts a client's message as Meta does; returns the status of the answer. */
  async function webhook(content: object): Promise<number> {
    messages += 1;
    const id = `wamid.${btoa(`${MARKS.number}${messages}`)}`;
    const message = { id, from: MARKS.number, timestamp: String(Math.floor(Date.now() / 1_000)), ...content };
    const value = {
      messaging_product: 'whatsapp',
      metadata: { display_phone_number: '15550000001', phone_number_id: PROFILE.phone_number_id },
      contacts: [{ wa_id: MARKS.number, profile: { name: MARKS.name } }],
      messages: [message],
    };
    const body = JSON.stringify({
      object: 'whatsapp_business_account',
      entry: [{ id: PROFILE.waba_id, changes: [{ field: 'messages', value }] }],
    });
    const signature = createHmac('sha256', MARKS.appSecret).update(body).digest('hex');
    const headers = { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` };
    return (await fetch(`${host!.url}/webhooks/meta_whatsapp`, { method: 'POST', body, headers })).status;
  }
  const says = (body: string = MARKS.words): Promise<number> => webhook({ type: 'text', text: { body } });

  const refused = async (code: string, word: RegExp): Promise<void> => {
    await until(`${word} at /readyz`, async () => word.test((await ask('GET', '/readyz')).body.error?.message));
    assert.equal((await ask('GET', '/readyz')).status, 503);
    const contact = await ask('POST', '/api/contacts', { name: MARKS.name });
    assert.deepEqual([contact.status, contact.body.error.code], [503, code]);
    assert.match(contact.body.error.message, word);
    assert.equal(await says(), 503);
  };
  const recovers = (): Promise<true> =>
    until('Redis to work again', async () => (await ask('GET', '/readyz')).status === 200);

  function nothingMarked(text: string): void {
    const { number, words } = MARKS;
    const forms = [...Object.values(MARKS), btoa(number).slice(0, 12), encodeURIComponent(words), '82 555 9911'];
    for (const form of forms) {
      const line = text.split('\n').find((each) => each.includes(form));
      assert.equal(line, undefined, `"${form}" stands in the log`);
    }
  }

  it('ends the start with a code, and without the password', async () => {
    for (const [given, word] of [
      ['a-wrong-password', 'WRONGPASS'],
      ['', 'NOAUTH'],
    ] as const) {
      const started = new HostProcess(['start', '--config', configFile(given), '--port', '0']);
      assert.equal(await started.end(), 1);
      assert.match(
        started.out,
        new RegExp(`^redis_refused Redis refuses to work \\(${word}\\): .*127\\.0\\.0\\.1:${port}\\.$`, 'm'),
      );
      assert.doesNotMatch(started.out, /a-wrong-password/);
    }
  });

  it('answers store_away with the cause while Redis is full, read-only or locks the program out, and recovers', async () => {
    host = await HostProcess.start(configFile(MARKS.redisPassword));
    const { body } = await ask('POST', '/api/stubs', {
      template: 'case',
      contact_lists: { _created_by: [{ mobile: `+${MARKS.number}`, name: MARKS.name }] },
    });
    assert.equal(await says(), 200);
    await ask('POST', `/api/stubs/${body.stubref}/actions/tell?wait=10000`, { message: MARKS.words });
    assert.equal(await says(), 200);

    await configure('maxmemory', '1mb');
    await refused('store_away', /OOM.*memory is full/);
    await configure('maxmemory', '0');
    await recovers();

    await asked('REPLICAOF', '127.0.0.1', '1');
    await refused('store_away', /READONLY.*replica/);
    await asked('REPLICAOF', 'NO', 'ONE');
    await recovers();

    await lock('another-password');
    await asked('CLIENT', 'KILL', 'TYPE', 'normal');
    await refused('store_away', /WRONGPASS.*password/);
    await lock(MARKS.redisPassword);
    await recovers();
  });

  it('writes no number, name, words or secret to the log at level trace, whatever fails', async () => {
    const trace = `{stubwire:p0}:routing-trace:main:${MARKS.number}`;
    await asked('DEL', trace);
    await asked('SET', trace, 'of another type');
    assert.equal(await says(), 200);
    await until('a commit to be refused', () => /"err":.*WRONGTYPE/.test(host!.out));
    await asked('DEL', trace);

    const client = MARKS.number;
    for (const fault of [
      { kind: 'http_500' },
      { kind: 'bad_answer', body: 'cut_json' },
      { kind: 'error_code', code: 131026 },
    ])
      assert.equal((await ask('POST', '/emulator/faults', { ...fault, client, times: 1 })).status, 201);
    const [stub] = (await ask('GET', '/api/stubs')).body.items;
    for (let run = 0; run < 3; run += 1)
      await ask('POST', `/api/stubs/${stub.stubref}/actions/tell?wait=10000`, { message: MARKS.words });
    const image = { id: `media-${MARKS.number}`, mime_type: 'image/png', sha256: 'none', caption: MARKS.words };
    assert.equal(await webhook({ type: 'image', image }), 200);
    await until(
      'a delivery to fail',
      async () => (await ask('GET', '/api/deliveries?status=failed')).body.items.length > 0,
    );
    for (const path of [
      `/api/contacts/${MARKS.number}`,
      `/api/conversations/main/${MARKS.number}9`,
      `/no/${MARKS.words}`,
    ])
      assert.equal((await ask('POST', path, { text: MARKS.words })).status, 404);
    assert.match(host!.out, /"msg":"request"/);
    for (const set of (await asked('KEYS', '*:delayed')) as string[]) {
      const jobs = (await asked('ZRANGE', set, '0', '-1')) as string[];
      assert.ok(!jobs.some((id) => id.includes(MARKS.number)), `a job id of ${set} has the number`);
    }
    nothingMarked(host!.out);
  });

  it('logs once that Redis went away and once that it is back, and stops in time meanwhile', async () => {
    const count = (what: string): number => host!.out.split(`Redis ${what}: `).length;
    const [away, back] = [count('does not answer'), count('is back')];
    await redis.kill9();
    await until('the line', () => count('does not answer') > away);
    await until('the answer', async () => /did not answer/.test((await ask('GET', '/readyz')).body.error?.message));
    await redis.start();
    await open();
    await until('the other line', () => count('is back') > back);
    await recovers();
    await redis.kill9();
    await until('the line', () => count('does not answer') > away + 1);
    assert.deepEqual([count('does not answer') - away, count('is back') - back], [2, 1]);
    const stoppedAt = performance.now();
    assert.equal(await host!.end('SIGTERM'), 0);
    assert.ok(performance.now() - stoppedAt < 15_000); // 8 s on a machine that is idle
    nothingMarked(host!.out);
  });
});

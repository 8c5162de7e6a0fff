import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { AccountHost, ask, realProfile } from '../support/account-host.js';
import { FakeAccount } from '../support/fake-account.js';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

const CLIENTS = Array.from({ length: 12 }, (_, at) => `278255505${String(at).padStart(2, '0')}`);
const textOf = (body: string) => ({ meta_whatsapp: { message_type: 'text', params: { text: { body } } } });

describe('Requests that race with what they are about', () => {
  let host: StoryHost;

  before(async () => {
    host = await StoryHost.start({});
  });
  after(() => host.stop());

  const send = async (body: object, key?: string) => {
    const response = await fetch(`${host.url}/api/send`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key !== undefined && { 'idempotency-key': key }) },
      body: JSON.stringify(body),
    });
    // biome-ignore lint/suspicious/noExplicitAny: read as its reader would
    return { status: response.status, body: (await response.json()) as any };
  };
  const delivery = (id: string) => host.ask('GET', `/api/deliveries/${id}`);
  const untilEnded = (id: string) =>
    until('its end', async () => {
      const found = await delivery(id);
      return ['delivered', 'failed'].includes(found.status) && found;
    });

  it('a message that is taken back is cancelled and never arrives, or arrives and says so', async () => {
    await host.fault({ kind: 'latency', ms: 15 });
    const ends = await Promise.all(
      CLIENTS.map(async (to, at) => {
        await host.clientSays(to, { text: 'hello' });
        const ids: string[] = [];
        for (const body of ['1', '2', '3'])
          ids.push((await send({ to, platforms: textOf(body) })).body.deliveries[0].id);
        await until(
          'a moment of its own',
          async () => at % 3 === 0 || (await delivery(ids[at % 3]!)).status !== 'queued',
        );
        for (const id of ids) await fetch(`${host.url}/api/deliveries/${id}/cancel`, { method: 'POST' }); // 202, or 409 where it is too late
        const found = await Promise.all(ids.map(untilEnded));
        const sent = found.flatMap(({ status }, place) => (status === 'delivered' ? [String(place + 1)] : []));
        for (const { status, problem } of found) if (status === 'failed') assert.equal(problem.code, 'cancelled');
        return { to, sent };
      }),
    );
    await host.ask('DELETE', '/emulator/faults');
    for (const { to, sent } of ends) assert.deepEqual(await host.arrived(to), sent);
    assert.ok(
      ends.some(({ sent }) => sent.length < 3),
      'some were taken back',
    );
  });

  it('one Idempotency-Key sends once, however many ask with it at a time', async () => {
    const to = '27825550601';
    await host.clientSays(to, { text: 'hello' });
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => send({ to, platforms: textOf('once') }, 'many at a time')),
    );
    assert.ok(answers.every(({ status }) => status === 202 || status === 409));
    const ids = answers.flatMap(({ body }) => body.deliveries?.map(({ id }: { id: string }) => id) ?? []);
    assert.equal(new Set(ids).size, 1);
    await untilEnded(ids[0]);
    assert.deepEqual(await host.arrived(to), ['once']);
  });

  it('files uploaded under one key at a time are one, and an empty one is refused by name', async () => {
    const upload = async (content: string, type: string, key = '') => {
      const form = new FormData();
      form.append('file', new Blob([content], { type }), 'photo.jpg');
      const headers: Record<string, string> = key === '' ? {} : { 'idempotency-key': key };
      const response = await fetch(`${host.url}/api/files`, { method: 'POST', body: form, headers });
      // biome-ignore lint/suspicious/noExplicitAny: read as its reader would
      return { status: response.status, body: (await response.json()) as any };
    };
    const many = await Promise.all(Array.from({ length: 6 }, () => upload('the same', 'image/jpeg', 'one file')));
    assert.ok(many.every(({ status }) => status === 201 || status === 409));
    const ids = new Set(
      many.flatMap(({ body }) => body.items?.map((file: { fileuuid: string }) => file.fileuuid) ?? []),
    );
    assert.equal(ids.size, 1);

    const to = '27825550602';
    await host.clientSays(to, { text: 'hello' });
    const media = (fileuuid: string) => ({
      meta_whatsapp: { message_type: 'media', params: { media: { files: [fileuuid] } } },
    });
    const empty = (await upload('', 'image/jpeg')).body.items[0].fileuuid;
    const refused = await send({ to, platforms: media(empty) });
    assert.equal(refused.status, 422);
    assert.match(refused.body.error.message, /is empty; WhatsApp takes no file of 0 bytes/);
    assert.deepEqual(await host.arrived(to), []);
  });

  it('an upload whose headers never end harms nothing', async () => {
    const huge = `--x\r\ncontent-disposition: form-data; name="file"; filename="${'a'.repeat(200_000)}"\r\n\r\nhello\r\n--x--\r\n`;
    const many = `--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n${'x-more: 1\r\n'.repeat(20_000)}\r\nhello\r\n--x--\r\n`;
    for (const body of [huge, many]) {
      const headers = { 'content-type': 'multipart/form-data; boundary=x' };
      const response = await fetch(`${host.url}/api/files`, { method: 'POST', body, headers });
      assert.ok(response.status < 500, String(response.status));
      // biome-ignore lint/suspicious/noExplicitAny: read as its reader would
      const { items = [] } = (await response.json()) as any;
      for (const { originalname, filename } of items) assert.ok(`${originalname}${filename}`.length < 400);
    }
    assert.match(await host.upload(new Uint8Array([1]), 'a.bin', 'application/octet-stream'), /^[0-9a-f-]{36}$/);
  });
});

describe('A message whose profile is taken out of the configuration', () => {
  it('fails by name when it is sent again, and the rest goes on', async () => {
    const account = await new FakeAccount().on('POST /100000000000001/messages', () => REFUSED).start();
    const host = new AccountHost().write(realProfile(account.url));
    try {
      const platforms = {
        meta_whatsapp: { message_type: 'template', params: { template: { whatsapp_template_name: 'hello' } } },
      };
      const first = await host.start();
      const { body } = await ask(first, 'POST', '/api/send', { to: '27825550101', platforms });
      const path = `/api/deliveries/${body.deliveries[0].id}`;
      const failed = (program: typeof first, code: string) =>
        until(code, async () => (await ask(program, 'GET', path)).body.problem?.code === code);
      await failed(first, 'provider_refused');
      await host.stopAll();
      const yaml = readFileSync(host.config, 'utf8').replace(
        'profiles:\n      main:',
        'default_profile: other\n    profiles:\n      other:',
      );
      writeFileSync(host.config, yaml);
      const second = await host.start();
      assert.equal((await ask(second, 'POST', `${path}/retry`)).status, 202);
      await failed(second, 'profile_unknown');
      assert.equal((await ask(second, 'GET', path)).body.round, 2);
      assert.equal((await ask(second, 'GET', '/api/dead-letters')).body.items.length, 0);
    } finally {
      await host.end();
      await account.stop();
    }
  });
});

const REFUSED = { status: 400, body: { error: { code: 131026, message: 'Message undeliverable' } } };

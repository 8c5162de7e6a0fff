import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { folderDump, storeDump } from '../support/store-dump.js';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

const CASE = `
template: desk
initial_state: open
states: { open: { actions: [tell, ask_in] } }
heimdall:
  out_of_the_blue:
    path: stubber.systems.notifications.whatsapp.incoming.main.from.#
    mechanism: cbh
    create_stub: { subject: "WhatsApp from {{heimdall.from_name}}", stubsession_hours: 24, run: _update_from_whatsapp }
actions:
  tell:
    notifications:
      news:
        send_to: { client: { type: contact_list, value: _created_by } }
        platforms:
          meta_whatsapp:
            message_type: text
            params: { text: { body: "{{stubpost.message}}" } }
            stubsession: { set_new_with_timeout_hours: 24 }
  ask_in:
    fields: { note: {} }
    tasks:
      tomorrow: { tasktype: set_timer, params: { action_name: tell, after_days: 1, message: "{{stubpost.data.note}}" } }
  _update_from_whatsapp:
    tasks:
      keep: { tasktype: savedata, params: { data: { last: "~~stubpost.message" } } }
      told: { tasktype: heimdall_emit, params: { path: "told.{{stub.stubref}}", data: { words: "~~stubpost.message" } } }
      lost: { tasktype: heimdall_emit, params: { path: "lost.here", data: { words: "~~stubpost.message" } } }
      wait:
        tasktype: heimdall_register
        params:
          events: { it: { path: "answers.{{stub.stubref}}" } }
          trigger_stubaction: { action_name: tell, message: "{{stubpost.message}}", data: { words: "~~stubpost.message" } }
`;

const NUMBER = '27829998877';
const NEXT_NUMBER = '27829998866';
const NAME = 'Xoliswa Anne-Marie Mbeki';
const MAIL = 'anne-marie@example.org';
const CONTACT = { name: NAME, mobile: NUMBER, contactpoints: [{ type: 'email', contact: MAIL }] };
/** All their texts, and all spellings of their numbers. Meta's message ids contain the number as base64. */
const THEIRS =
  /27829998877|27829998866|829998877|829998866|82[ -]999[ -]8877|Xoliswa|Mbeki|anne-marie|Zmark|MjC4Mjk5OTg4|Mjc4Mjk5OTg4/;

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

describe('What is left of a person who was erased', () => {
  const dir = mkdtempSync(join(tmpdir(), 'stubwire-erased-'));
  let host: StoryHost;
  let redis: Redis;
  let stubref = '';
  let contactuuid = '';
  let others = '';

  before(async () => {
    host = await StoryHost.start({ desk: CASE }, { redis: { url: '', data_dir: join(dir, 'redis') } });
    redis = new Redis({ path: join(dir, 'redis', 'redis.sock') });
    await redis.config('SET', 'rdbcompression', 'no'); // so that the file can be searched
  });
  after(async () => {
    redis?.disconnect();
    await host?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const withKey = async (path: string, key: string, body: object) => {
    const headers = { 'content-type': 'application/json', 'idempotency-key': key };
    const response = await fetch(`${host.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: response.status, text: await response.text() };
  };
  const left = async () => (await storeDump(redis, 'stubwire')).filter((line) => THEIRS.test(line));
  const onDisk = () =>
    folderDump(dir)
      .filter((text) => THEIRS.test(text))
      .map((text) => text.split(' ')[0]);

  it('they have written, sent and been named in every way there is', async () => {
    const made = await withKey('/api/contacts', 'contact', CONTACT);
    assert.equal(made.status, 201);
    contactuuid = JSON.parse(made.text).contactuuid;

    // the webhook: a text, a file that is here, a message to a number where nobody waits, the number's change
    await host.clientSays(NUMBER, { text: 'Zmark-text my door code', name: NAME });
    stubref = await until('their case', async () => {
      const { items } = await host.ask('GET', '/api/stubs?template=desk');
      return items[0]?.data.last === 'Zmark-text my door code' && items[0].stubref;
    });
    const media = { kind: 'image', mime_type: 'image/png', file: PNG.toString('base64'), caption: 'Zmark-caption' };
    await host.clientSays(NUMBER, { media });
    await until('the picture', async () =>
      (await host.posts(stubref)).some(({ attachments }) => attachments.length === 1),
    );
    await host.clientSays(NUMBER, { text: 'Zmark-unrouted', profile: 'second' });
    await until('the inbox', async () => (await host.ask('GET', '/api/unrouted')).items.length > 0);

    // the API, with and without an Idempotency-Key
    const lists = { contact_lists: { _created_by: [contactuuid] } };
    const created = await withKey('/api/stubs', 'stub', { template: 'desk', subject: `Case of ${NAME}`, ...lists });
    assert.equal(created.status, 201);
    const by = { posted_by: { on_behalf_of: contactuuid } };
    const file = await host.upload(new TextEncoder().encode('Zmark-file'), 'page.txt', 'text/plain');
    const run = { ...by, message: 'Zmark-said', data: { note: 'Zmark-note' }, attachments: [file] };
    assert.equal((await withKey(`/api/stubs/${stubref}/actions/ask_in?wait=5000`, 'run', run)).status, 200);
    const text = { message_type: 'text', params: { text: { body: `Zmark-single to ${NAME}` } } };
    assert.equal((await withKey('/api/send', 'send', { to: NUMBER, platforms: { meta_whatsapp: text } })).status, 202);
    await host.run(stubref, 'tell', { message: `Our reply, ${NAME}` });

    // words of others about them
    const both = { _created_by: [{ mobile: '27825550188', name: 'Somebody Else' }], about: [contactuuid] };
    others = (await host.ask('POST', '/api/stubs', { template: 'desk', contact_lists: both }, 201)).stubref;
    await host.run(others, '_update', {
      message: `Ring +27 82 999 8877, 0829998877, (082) 999-8877 or\n0027 82-999-8877, or mail ${MAIL}`,
      data: { who: `${NAME}, tel. 082.999.8877`, order: 4711 },
    });

    // events
    const about = { data: { words: 'Zmark-event', who: { number: '082 999 8877' } } };
    await host.ask('POST', '/api/heimdall/emit', { path: `seen.from.${NUMBER}`, ...about }, 202);
    await host.ask('POST', '/api/heimdall/emit', { path: 'seen.by.somebody', ...about }, 202);
    // Redis keeps several entries of a stream together: one of somebody else must not keep theirs in the file.
    await host.ask('POST', '/api/heimdall/emit', { path: 'seen.by.somebody.else' }, 202);
    const registration = (path: string, trigger: object) => ({
      registration_name: path,
      events: { it: { path, mechanism: 'evt' } },
      trigger_stubaction: { stubref, action_name: '_update', ...trigger },
    });
    const register = (path: string, trigger: object) =>
      host.ask('POST', '/api/heimdall/registrations', registration(path, trigger), 201);
    await register('some.event', { message: `Zmark-trigger of ${NUMBER}`, data: {} });
    await register(`answers.of.${NUMBER}`, { message: '', data: {} });

    // statuses: what the emulator reports, and one that shows user id and number together
    await host.untilArrived(NUMBER, 2);
    const status = { id: 'wamid.of-another-app', status: 'read', timestamp: '1790000000', recipient_id: NUMBER };
    await host.webhook({ statuses: [{ ...status, recipient_user_id: 'ZA.Zmark1' }] });
    await host.webhook({
      contacts: [{ wa_id: NUMBER, profile: { name: NAME } }],
      strange: [{ text: 'Zmark-strange' }],
    });

    // a file that does not come, and words that wait behind it
    await host.fault({ kind: 'http_500', on: 'media' });
    await host.clientSays(NUMBER, { media: { ...media, caption: 'Zmark-stuck' } });
    await host.clientSays(NUMBER, { text: 'Zmark-behind' });
    await until('the words that wait', async () =>
      (await storeDump(redis, 'stubwire')).some(
        (line) => /:actor:conversation:main:/.test(line) && /Zmark-behind/.test(line),
      ),
    );
    const body = `${NAME} changed from ${NUMBER} to ${NEXT_NUMBER}`;
    const system = { body, wa_id: NEXT_NUMBER, type: 'user_changed_number' };
    const changed = { from: NUMBER, id: 'wamid.CHANGED', timestamp: '1790000000', type: 'system', system };
    await host.webhook({ contacts: [{ wa_id: NUMBER, profile: { name: NAME } }], messages: [changed] });
    await until('the new number', async () => (await left()).some((line) => line.includes(NEXT_NUMBER)));
  });

  it('no job is named after them, and the queue board shows neither their number nor a word of theirs', async () => {
    const boards = (await host.ask('GET', '/queues/api/queues')).queues.map(({ name }: { name: string }) => name);
    const shown = [];
    for (const name of boards) {
      const query = `activeQueue=${name}&status=delayed&page=1&jobsPerPage=100`;
      const { queues } = await host.ask('GET', `/queues/api/queues?${query}`);
      const jobs = queues.find((queue: { name: string }) => queue.name === name).jobs;
      for (const job of jobs) shown.push({ ...job, name });
    }
    const waiting = new Set(shown.map(({ name }) => name));
    for (const name of ['session-expiry', 'media-timeouts', 'stub-timers', 'media'])
      assert.ok(waiting.has(name), `${name} has a job that waits`);
    assert.deepEqual(
      shown.filter(({ opts: _, deduplicationId: __, ...job }) => THEIRS.test(JSON.stringify(job))),
      [],
    );
  });

  it('is nothing: in no key, no value, no file, and not in the append-only file', async () => {
    assert.ok((await left()).length > 20);
    assert.ok(onDisk().length > 0);

    const answer = await host.ask('DELETE', `/api/contacts/${contactuuid}?files=true`, undefined, 202);
    assert.deepEqual([answer.done, answer.warning], [false, undefined]);
    await until(
      'the wait for messages under way',
      async () => {
        await host.ask('POST', '/emulator/clock', { advance_ms: 1_000 });
        return (await host.ask('GET', `/api/contacts/${contactuuid}`, undefined, 410)).error.details.done;
      },
      30_000,
    );

    assert.deepEqual(await left(), []);
    assert.deepEqual(onDisk(), []);
    assert.deepEqual(
      folderDump(host.filesDir).filter((text) => THEIRS.test(text)),
      [],
    );
    const post = (await host.posts(others)).at(-1);
    assert.match(post.message, /^Ring \[erased\], \[erased\], \[erased\] or\n\[erased\], or mail \[erased\]$/);
    assert.deepEqual(post.data, { who: '[erased], tel. [erased]', order: 4711 });
  });

  it('is nothing when a request of theirs is repeated', async () => {
    const repeated = await withKey('/api/contacts', 'contact', CONTACT);
    assert.deepEqual(repeated, { status: 201, text: '{"erased":true}' });
    const { items } = await host.ask('GET', `/api/contacts?mobile=${NUMBER}`);
    assert.deepEqual(items, []);
  });

  for (const hours of [4, 9 * 24]) {
    it(`is nothing ${hours} hours later, when every timer has come`, async () => {
      await host.wait(hours);
      await until('all work to end', async () => (await redis.zcount('{stubwire:p0}:mail', '-inf', '+inf')) === 0);
      assert.deepEqual(await left(), []);
      assert.deepEqual(onDisk(), []);
    });
  }
});

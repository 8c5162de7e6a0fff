import assert from 'node:assert/strict';
import { UnroutedInbox } from '../../core/heimdall/unrouted-inbox.js';
import { contactSchema } from '../../core/http/contact-schema.js';
import type { HttpConfig } from '../../core/http/http-config.js';
import { postSchema, stubSchema } from '../../core/http/stub-schema.js';
import { RedisConnection } from '../../core/redis/connection.js';
import { ContactBook } from '../../core/stub/contact-book.js';
import { derivedUuid } from '../../core/stub/ids.js';
import { CASE_TEMPLATE, HttpRig } from './http-rig.js';

describe('the HTTP API', () => {
  let rig: HttpRig;

  beforeEach(async () => {
    rig = await new HttpRig({ templates: [CASE_TEMPLATE], workers: true }).start();
  });

  afterEach(() => rig.stop());

  const made = async (body: object = {}) =>
    (await rig.ask('POST', '/api/stubs', { template: 'case', ...body })).body.stubref as string;

  it('makes, reads, changes, finds and deletes a contact', async () => {
    const { status, body: contact } = await rig.ask('POST', '/api/contacts', {
      name: 'Thandi',
      mobile: '082 555 0101',
    });
    assert.equal(status, 201);
    contactSchema.strict().parse(contact);
    const path = `/api/contacts/${contact.contactuuid}`;
    assert.deepEqual((await rig.ask('GET', path)).body, contact);
    assert.deepEqual((await rig.ask('GET', '/api/contacts?mobile=%2B27825550101')).body, {
      items: [contact],
      next_cursor: null,
    });
    assert.equal((await rig.ask('PATCH', path, { name: 'Thandi M' })).body.name, 'Thandi M');
    const again = await rig.ask('POST', '/api/contacts', { name: 'B', mobile: '0825550101' });
    assert.deepEqual([again.status, again.body.error.details.contactuuid], [409, contact.contactuuid]);
    const none = await rig.ask('POST', '/api/contacts', { name: 'B', mobile: '0825' });
    assert.deepEqual([none.status, none.body.error.code], [422, 'number_invalid']);
    assert.deepEqual([(await rig.ask('DELETE', path)).status, (await rig.ask('GET', path)).status], [202, 410]);
  });

  it('makes a stub with its contacts, and lists it by template, state and contact', async () => {
    const lists = { client: [{ mobile: '0825550101', name: 'Thandi' }] };
    const { status, body } = await rig.ask('POST', '/api/stubs', {
      template: 'case',
      subject: 'Broken',
      contact_lists: lists,
    });
    assert.equal(status, 201);
    const { body: stub } = await rig.ask('GET', `/api/stubs/${body.stubref}`);
    stubSchema.strict().parse(stub);
    assert.deepEqual([stub.state, stub.subject, stub.template], ['open', 'Broken', 'case']);
    const [contact] = stub.contact_lists.client.contactuuids;
    for (const query of ['', '?template=case', '?template=case&state=open', `?contact=${contact}`]) {
      assert.deepEqual(
        (await rig.ask('GET', `/api/stubs${query}`)).body.items.map((one: { stubref: string }) => one.stubref),
        [body.stubref],
        query,
      );
    }
    assert.deepEqual((await rig.ask('GET', '/api/stubs?template=case&state=done')).body.items, []);
    const { body: posts } = await rig.ask('GET', `/api/stubs/${body.stubref}/posts`);
    assert.deepEqual(
      posts.items.map((post: { action_name: string }) => post.action_name),
      ['_create'],
    );
    postSchema.strict().parse(posts.items[0]);
  });

  it('runs an action: 202 at once, 200 with the stubpost for who waits', async () => {
    const stubref = await made();
    const actions = (await rig.ask('GET', `/api/stubs/${stubref}/actions`)).body;
    assert.deepEqual(
      actions.items.slice(0, 2).map(({ name }: { name: string }) => name),
      ['note', 'close'],
    );
    const { status, body, headers } = await rig.ask('POST', `/api/stubs/${stubref}/actions/note`, { message: 'hello' });
    assert.equal(status, 202);
    assert.equal(headers.get('location'), `/api/posts/${body.stubpostuuid}`);
    const waited = await rig.ask('POST', `/api/stubs/${stubref}/actions/close?wait=30000`);
    assert.equal(waited.status, 200);
    postSchema.strict().parse(waited.body);
    assert.deepEqual([waited.body.from_state, waited.body.to_state], ['open', 'done']);
    assert.equal((await rig.ask('GET', `/api/posts/${body.stubpostuuid}`)).body.message, 'hello');
    assert.equal((await rig.ask('GET', '/api/posts/none')).body.error.code, 'stubpost_unknown');
  });

  it('refuses what cannot run with the code that says why', async () => {
    const stubref = await made();
    const run = (path: string, body: object = {}) => rig.ask('POST', `/api/stubs/${path}`, body);
    assert.equal((await rig.ask('POST', '/api/stubs', { template: 'nowhere' })).body.error.code, 'template_unknown');
    assert.equal((await run('2026-01-01-AAAA-AAAA/actions/note')).body.error.code, 'stub_unknown');
    assert.equal((await run(`${stubref}/actions/dance`)).body.error.code, 'action_unknown');
    assert.equal((await run(`${stubref}/actions/dance?dry_run=true`)).body.error.code, 'action_unknown');
    assert.equal((await run(`${stubref}/actions/note?wait=30001`)).status, 422);
    await run(`${stubref}/actions/close?wait=30000`);
    const late = await run(`${stubref}/actions/note`);
    assert.deepEqual([late.status, late.body.error.code], [409, 'action_not_in_state']);
    assert.equal((await rig.ask('GET', '/api/stubs/none/posts')).status, 404);
    assert.equal((await rig.ask('GET', '/api/stubs/none/actions')).status, 404);
  });

  it('makes one stub for one Idempotency-Key, and runs an action once', async () => {
    const key = { 'idempotency-key': 'order-1' };
    const first = await rig.ask('POST', '/api/stubs', { template: 'case' }, key);
    const second = await rig.ask('POST', '/api/stubs', { template: 'case' }, key);
    assert.deepEqual(second.body, first.body);
    const path = `/api/stubs/${first.body.stubref}/actions/note?wait=30000`;
    const [one, two] = [
      await rig.ask('POST', path, { message: 'x' }, key),
      await rig.ask('POST', path, { message: 'x' }, key),
    ];
    assert.deepEqual(two.body, one.body);
    assert.equal((await rig.ask('GET', `/api/stubs/${first.body.stubref}/posts`)).body.items.length, 2);
  });

  it('pages every list with a cursor', async () => {
    for (let index = 0; index < 5; index++) await made();
    const first = (await rig.ask('GET', '/api/stubs?limit=3')).body;
    const second = (await rig.ask('GET', `/api/stubs?limit=3&cursor=${encodeURIComponent(first.next_cursor)}`)).body;
    assert.equal(new Set([...first.items, ...second.items].map(({ stubref }: { stubref: string }) => stubref)).size, 5);
    assert.equal(second.next_cursor, null);
    for (const path of ['/api/unrouted', '/api/dead-letters', '/api/heimdall/registrations']) {
      assert.deepEqual((await rig.ask('GET', path)).body, { items: [], next_cursor: null });
    }
    assert.equal((await rig.ask('GET', '/api/templates')).body.items[0].initial_state, 'open');
    for (const path of [
      '/api/unrouted/none/dismiss',
      '/api/dead-letters/stub%7Ca%7Cb/retry',
      '/api/dead-letters/none/drop',
    ]) {
      assert.equal((await rig.ask('POST', path)).body.error.code, 'item_unknown', path);
    }
    assert.match(
      (await rig.ask('POST', '/api/unrouted/none/route', {})).body.error.message,
      /one of stubref and template/,
    );
  });

  describe('with tokens', () => {
    const [person, client] = ['0825550121', '0825550122'].map((key) => derivedUuid('contact', key)) as [string, string];
    let run: (token: string, posted_by?: object) => ReturnType<HttpRig['ask']>;

    beforeEach(async () => {
      await rig.stop();
      const tokens: HttpConfig['tokens'] = [
        { name: 'ci', token: 'machine', role: 'operator' },
        { name: 'desk', token: 'own', role: 'admin', contactuuid: person },
      ];
      rig = await new HttpRig({ templates: [CASE_TEMPLATE], workers: true, http: { tokens } }).start();
      const post = (path: string, body: object, token: string) =>
        rig.ask('POST', path, body, { authorization: `Bearer ${token}` });
      const people = ['0825550121', '0825550122'].map((mobile) => ({ mobile, name: mobile }));
      for (const contact of people) await rig.container.get(ContactBook).create(contact, contact.mobile);
      const { stubref } = (await post('/api/stubs', { template: 'case', contact_lists: { people } }, 'machine')).body;
      run = (token, posted_by) => post(`/api/stubs/${stubref}/actions/note?wait=30000`, posted_by ? { posted_by } : {}, token); // biome-ignore format: one line reads best
    });

    const by = async (token: string, posted_by?: object) => (await run(token, posted_by)).body.posted_by;

    it('names the token on each stubpost, and lets it post in the name of contacts that exist', async () => {
      assert.deepEqual(await by('machine'), { token: 'ci' });
      const forHim = { on_behalf_of: client };
      assert.deepEqual(await by('machine', { ...forHim, token: 'other' }), { ...forHim, token: 'ci' });
      assert.deepEqual(await by('machine', { contactuuid: person }), { contactuuid: person, token: 'ci' });
      for (const key of ['contactuuid', 'on_behalf_of']) {
        const { status, body } = await run('machine', { [key]: 'nobody-at-all' });
        assert.deepEqual([status, body.error.code], [404, 'contact_unknown']);
        assert.match(body.error.message, new RegExp(`^body\\.posted_by\\.${key} names a contact that does not exist`));
      }
    });

    it('tells a stub that somebody made of a message from what its client says on it', async () => {
      const contact = { type: 'mobile', contact: '27825550122', name: 'Client' } as const;
      const feedback = { action: 'note', feedback: { incoming: { message: 'Hi' } }, client: contact };
      const item = { id: 'm1', atMs: 1, reason: 'nobody took it', path: 'in', data: {}, feedback };
      const { client: redis } = rig.container.get(RedisConnection);
      for (const [command, ...args] of rig.container.get(UnroutedInbox).writes(item))
        await redis.call(command, ...args);
      const auth = { authorization: 'Bearer machine' };
      const { body } = await rig.ask('POST', '/api/unrouted/m1/route', { template: 'case' }, auth);
      const { items } = (await rig.ask('GET', `/api/stubs/${body.stubref}/posts`, undefined, auth)).body;
      assert.deepEqual(
        items.map(({ action_name, posted_by }: { action_name: string; posted_by: object }) => [action_name, posted_by]),
        [
          ['note', { on_behalf_of: client }],
          ['_create', { on_behalf_of: client, token: 'ci' }],
        ],
      );
    });

    it('posts as the contact of the token, whatever the request names', async () => {
      const mine = { contactuuid: person, token: 'desk' };
      assert.deepEqual(await by('own'), mine);
      assert.deepEqual(await by('own', { contactuuid: person }), mine);
      assert.deepEqual(await by('own', { on_behalf_of: client }), { ...mine, on_behalf_of: client });
      const { status, body } = await run('own', { contactuuid: client });
      assert.deepEqual([status, body.error.code], [403, 'posted_by_refused']);
    });
  });
});

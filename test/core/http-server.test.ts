import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { ActorRuntime } from '../../core/actor/actor-runtime.js';
import { RedisClock } from '../../core/actor/redis-clock.js';
import type { HttpRoutes } from '../../core/contract/http-routes.js';
import { type ErrorCode, StubwireError } from '../../core/errors.js';
import type { HttpConfig } from '../../core/http/http-config.js';
import { Readiness } from '../../core/http/readiness.js';
import { HttpServer } from '../../core/http/server.js';
import { PrivateRedis } from '../support/private-redis.js';
import { until } from '../support/until.js';
import { bearer, CASE_TEMPLATE, HttpRig, TOKENS } from './http-rig.js';

describe('the HTTP server', () => {
  let rig: HttpRig | undefined;

  afterEach(async () => {
    await rig?.stop();
    rig = undefined;
  });

  const started = async (...options: ConstructorParameters<typeof HttpRig>) => {
    rig = await new HttpRig(...options).start();
    return rig;
  };

  it('says that it is up, and that it is ready once workers run and Redis answers', async () => {
    const { ask, container } = bound(await started());
    assert.deepEqual((await ask('GET', '/healthz')).body, { status: 'up' });
    assert.deepEqual((await ask('GET', '/readyz')).body, { status: 'ready' });
    const starting = new HttpRig();
    const { url } = await starting.container.get(HttpServer).start();
    const answer = await fetch(`${url}/readyz`);
    assert.equal(answer.status, 503);
    assert.equal(((await answer.json()) as { error: { code: string } }).error.code, 'starting');
    await starting.stop();
    container.get(Readiness).stopping();
    assert.equal((await ask('GET', '/readyz')).body.error.code, 'stopping');
  });

  it('is not ready where letters wait and no process works', async () => {
    const { ask, container } = bound(await started({ templates: [CASE_TEMPLATE] }));
    await ask('POST', '/api/stubs', { template: 'case' });
    assert.equal((await ask('GET', '/readyz')).status, 200);
    await container.get(RedisClock).advance(20_000);
    const { status, body } = await ask('GET', '/readyz');
    assert.deepEqual([status, body.error.code], [503, 'not_running']);
    assert.match(body.error.message, /^No worker is running: 1 stub, .* older than 10 s\. They are kept\. Start/);
    await container.get(ActorRuntime).start();
    await until('a process that works', async () => (await ask('GET', '/readyz')).status === 200);
    await container.get(ActorRuntime).stop();
  });

  it('answers 503 with Retry-After while Redis is away, and works again when it is back', async () => {
    const redis = await new PrivateRedis().start();
    try {
      const { ask } = bound(await started({ redis }));
      assert.equal((await ask('GET', '/readyz')).status, 200);
      await redis.kill9();
      const ready = await ask('GET', '/readyz');
      assert.deepEqual([ready.status, ready.body.error.code], [503, 'store_away']);
      const contacts = await ask('GET', '/api/contacts');
      assert.deepEqual([contacts.status, contacts.headers.get('retry-after')], [503, '1']);
      await redis.start();
      await until('Redis to be back', async () => (await ask('GET', '/readyz')).status === 200);
      assert.equal((await ask('GET', '/api/contacts')).status, 200);
    } finally {
      await rig?.stop();
      rig = undefined;
      await redis.stop();
    }
  });

  it('answers errors as a code of the table and a message', async () => {
    const { ask } = bound(await started());
    const json = { 'content-type': 'application/json' };
    const cases = [
      [await ask('GET', '/nowhere?mobile=27825550101'), 404, 'not_found'],
      [await ask('PUT', '/api/stubs', {}), 404, 'not_found'],
      [await ask('POST', '/api/contacts', '{"name": ', json), 400, 'body_invalid'],
      [
        await ask('POST', '/api/contacts', 'name=A', { 'content-type': 'application/x-www-form-urlencoded' }),
        400,
        'body_invalid',
      ],
      [await ask('POST', '/api/contacts', '{"__proto__": {"x": 1}}', json), 400, 'body_invalid'],
      [await ask('POST', '/api/contacts', { name: 'x'.repeat(1_100_000) }), 413, 'body_too_large'],
      [await ask('GET', '/api/contacts/none'), 404, 'contact_unknown'],
      [await ask('POST', '/api/contacts/none/merge', { contactuuid: 'other' }), 404, 'contact_unknown'],
      [await ask('GET', '/api/contacts?cursor=x'), 422, 'validation_failed'],
    ] as const;
    for (const [answer, status, code] of cases) {
      assert.deepEqual([answer.status, answer.body.error.code], [status, code]);
      assert.ok(answer.body.error.message.length > 20);
      assert.match(answer.headers.get('content-type') ?? '', /application\/json/);
      assert.doesNotMatch(answer.body.error.message, /27825550101/);
    }
  });

  it('refuses what the schema does not know, with the path, what exists and what may be meant', async () => {
    const { ask } = bound(await started());
    const { status, body } = await ask('POST', '/api/contacts', {
      nane: 'A',
      contactpoints: [{ type: 'fax', contact: '1' }],
    });
    assert.deepEqual([status, body.error.code], [422, 'validation_failed']);
    const byPath = Object.fromEntries(
      body.error.details.map(({ path, problem }: { path: string; problem: string }) => [path, problem]),
    );
    assert.match(byPath['body.nane'], /no such key. Did you mean "name"\? There are: name, mobile, contactpoints/);
    assert.match(byPath['body.name'], /is missing/);
    assert.match(byPath['body.contactpoints.0.type'], /mobile/);
    assert.match((await ask('GET', '/api/contacts?limit=201')).body.error.message, /query.limit/);
    assert.match((await ask('GET', '/api/contacts?mobil=1')).body.error.message, /Did you mean "mobile"/);
    assert.match((await ask('POST', '/api/contacts')).body.error.message, /body.name: is missing/);
    const list = await ask('POST', '/api/stubs', { template: 'x', contact_lists: { client: [{ mobile: '1' }] } });
    assert.match(
      list.body.error.message,
      /body.contact_lists.client.0: is not a contactuuid, a contact or \{mobile, name\}/,
    );
  });

  it('answers a bug with an id that the log has too, and shows the error to neither', async () => {
    const buggy: HttpRoutes = {
      name: 'buggy',
      access: 'token',
      register: (scope: FastifyInstance) => {
        scope.get('/api/bug/:number', () => {
          throw new TypeError('the message said: secret words of 27825550101');
        });
      },
    };
    const { ask, log } = bound(await started({ routes: [buggy] }));
    const { status, body } = await ask('GET', '/api/bug/27825550101');
    assert.deepEqual([status, body.error.code], [500, 'internal']);
    assert.doesNotMatch(body.error.message, /secret/);
    await until('the log', () => log.some((line) => line.includes('"request"')));
    const lines = log.join('');
    assert.ok(lines.includes(body.error.details.id));
    assert.match(lines, /TypeError.*http-server\.test/);
    assert.doesNotMatch(lines, /secret|27825550101/);
  });

  it('asks for a token where tokens are configured, and for a role', async () => {
    const { ask } = bound(await started({ http: { tokens: TOKENS } }));
    assert.equal((await ask('GET', '/healthz')).status, 200);
    assert.equal(
      (await ask('GET', '/links/stubs/x')).status,
      403,
      'a signed link needs no token, and this one is not signed',
    );
    assert.equal((await ask('GET', '/readyz')).status, 200);
    for (const path of [
      '/api/stubs',
      '/metrics',
      '/queues',
      '/api/openapi.json',
      '/api/heimdall/events?path=*',
      '/api/files/x',
    ]) {
      const { status, headers, body } = await ask('GET', path);
      assert.deepEqual(
        [path, status, body.error.code, headers.get('www-authenticate')],
        [path, 401, 'token_missing', 'Bearer'],
      );
    }
    assert.equal((await ask('GET', '/api/stubs', undefined, bearer('wrong'))).status, 401);
    assert.equal((await ask('GET', '/api/stubs', undefined, { authorization: 'token-of-a-viewer' })).status, 401);
    assert.equal((await ask('GET', '/api/stubs', undefined, bearer('token-of-a-viewer'))).status, 200);
    const refused = await ask('POST', '/api/contacts', { name: 'A' }, bearer('token-of-a-viewer'));
    assert.deepEqual([refused.status, refused.body.error.code], [403, 'role_insufficient']);
    assert.equal((await ask('POST', '/api/contacts', { name: 'A' }, bearer('token-of-an-operator'))).status, 201);
  });

  it('does not start on an address that others reach without tokens, nor on a port in use', async () => {
    const refuses = async (http: Partial<HttpConfig>, wanted: ErrorCode) => {
      const refused = new HttpRig({ http });
      await assert.rejects(refused.start(), (error) => error instanceof StubwireError && error.code === wanted);
      await refused.stop();
    };
    await refuses({ host: '0.0.0.0' }, 'http_host_open');
    await refuses({ host: '::' }, 'http_host_open');
    const open = await new HttpRig({ http: { host: '0.0.0.0', tokens: TOKENS } }).start();
    await open.stop();
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    await refuses({ port }, 'port_in_use');
    other.close();
    await refuses({ host: '203.0.113.9', tokens: TOKENS }, 'http_host_unusable');
  });

  it('gives the schema of stub templates to editors, which send no token, and once to each', async () => {
    const { ask } = bound(await started({ http: { tokens: TOKENS } }));
    const { status, headers, body } = await ask('GET', '/api/schema/stub-template.json');
    assert.equal(status, 200);
    assert.match(headers.get('content-type')!, /^application\/schema\+json/);
    assert.equal(headers.get('cache-control'), 'no-cache');
    assert.equal(body.$schema, 'http://json-schema.org/draft-07/schema#');
    const etag = headers.get('etag')!;
    const again = await ask('GET', '/api/schema/stub-template.json', undefined, { 'if-none-match': `W/${etag}` });
    assert.equal(again.status, 304);
    const other = await ask('GET', '/api/schema/stub-template.json', undefined, { 'if-none-match': '"other"' });
    assert.equal(other.status, 200);
  });

  it('makes the API document from the routes, with every error code', async () => {
    const { ask } = bound(await started());
    const { status, body } = await ask('GET', '/api/openapi.json');
    assert.equal(status, 200);
    assert.equal(body.openapi, '3.1.0');
    const run = body.paths['/api/stubs/{stubref}/actions/{action}'].post;
    assert.deepEqual(Object.keys(run.responses), ['200', '202', 'default']);
    assert.ok(run.parameters.some(({ name }: { name: string }) => name === 'wait'));
    assert.ok(run.requestBody.content['application/json'].schema.properties.posted_by);
    assert.ok(
      run.responses.default.content['application/json'].schema.properties.error.properties.code.enum.includes(
        'starting',
      ),
    );
    assert.ok(!Object.keys(body.paths).some((path) => !path.startsWith('/api/')));
  });

  it('shows the queues, lets nobody change them there, and has the page ask no other host', async () => {
    const { ask, container } = bound(await started());
    assert.equal((await ask('GET', '/')).headers.get('location'), '/queues');
    const page = await ask('GET', '/queues');
    assert.match(page.body, /<title>Stubwire queues/);
    assert.match(
      page.headers.get('content-security-policy') ?? '',
      /^default-src 'self'; style-src 'self' 'unsafe-inline';/,
    );
    const { Queues } = await import('../../core/queue/queues.js');
    container.get(Queues).get('stub-actions');
    const { body } = await ask('GET', '/queues/api/queues');
    assert.deepEqual(
      body.queues.map(({ name, readOnlyMode }: { name: string; readOnlyMode: boolean }) => [name, readOnlyMode]),
      [['stub-actions', true]],
    );
    assert.equal((await ask('PUT', '/queues/api/queues/stub-actions/pause')).status, 404);
    assert.match((await ask('GET', '/metrics')).body, /stubwire_queue_jobs\{queue="stub-actions",state="waiting"\} 0/);
    assert.match((await ask('GET', '/metrics')).body, /process_cpu_seconds_total/);
  });

  it('leads to the page of a plugin where one has any', async () => {
    const page: HttpRoutes = {
      name: 'page',
      access: 'token',
      pages: [{ path: '/emulator', title: 'Emulator' }],
      register: () => undefined,
    };
    const { ask, container } = bound(await started({ routes: [page] }));
    assert.equal((await ask('GET', '/')).headers.get('location'), '/emulator');
    assert.deepEqual(
      container
        .get(HttpServer)
        .pages()
        .map(({ path }) => path),
      ['/emulator', '/queues'],
    );
  });

  it('stops at once with idle and watching clients, and refuses what comes meanwhile', async () => {
    const own = await started();
    const watching = await own.watch('/api/heimdall/events?path=*');
    const startedAt = performance.now();
    await own.stop();
    rig = undefined;
    assert.ok(performance.now() - startedAt < 30_000); // an idle connection is kept for 72 s
    assert.deepEqual(
      (await watching.read(2)).map(({ event, data }) => [event, data]),
      [['end', { reason: 'stopping' }]],
    );
    await assert.rejects(own.ask('GET', '/healthz'));
  });
});

const bound = (rig: HttpRig) => ({ ask: rig.ask.bind(rig), log: rig.log, container: rig.container });

import assert from 'node:assert/strict';
import type { FastifyInstance } from 'fastify';
import type { HttpRoutes } from '../../core/contract/http-routes.js';
import { StubwireError } from '../../core/errors.js';
import { RedisConnection } from '../../core/redis/connection.js';
import { Keys } from '../../core/redis/keys.js';
import { until } from '../support/until.js';
import { HttpRig } from './http-rig.js';

/** A route that counts its runs and answers with the count; the body says how it behaves. */
class CountingRoutes implements HttpRoutes {
  readonly name = 'counting';
  readonly access = 'token';
  runs = 0;
  readonly derivedKeys: (string | undefined)[] = [];
  release: () => void = () => undefined;

  register(scope: FastifyInstance): void {
    for (const path of ['/api/count', '/api/other']) {
      scope.post<{ Body: { wait?: boolean; fail?: 'store_away' | 'contact_exists' } }>(path, async (request, reply) => {
        this.runs++;
        this.derivedKeys.push(request.derivedKey);
        if (request.body.fail) throw new StubwireError(request.body.fail, `run ${this.runs}`);
        if (request.body.wait) {
          await new Promise<void>((resolve) => {
            this.release = resolve;
          });
        }
        return reply.code(201).send({ run: this.runs });
      });
    }
  }
}

describe('an Idempotency-Key', () => {
  let rig: HttpRig;
  let routes: CountingRoutes;

  beforeEach(async () => {
    routes = new CountingRoutes();
    rig = await new HttpRig({ routes: [routes] }).start();
  });

  afterEach(() => rig.stop());

  const post = (key: string | undefined, body: object, path = '/api/count') =>
    rig.ask('POST', path, body, key === undefined ? {} : { 'idempotency-key': key });

  it('gives the same answer to the same request, status and body, and runs it once', async () => {
    const first = await post('k', { a: 1 });
    const second = await post('k', { a: 1 });
    assert.deepEqual([first.status, first.body], [201, { run: 1 }]);
    assert.deepEqual([second.status, second.body], [201, { run: 1 }]);
    assert.equal(second.headers.get('idempotency-replayed'), 'true');
    assert.equal(routes.runs, 1);
  });

  it('is of one route and one key: others run', async () => {
    await post('k', {});
    await post('k', {}, '/api/other');
    await post('k2', {});
    await post(undefined, {});
    await post(undefined, {});
    assert.equal(routes.runs, 5);
    assert.equal(new Set(routes.derivedKeys.slice(0, 3)).size, 3);
    assert.deepEqual(routes.derivedKeys.slice(3), [undefined, undefined]);
  });

  it('with another body is refused with 422', async () => {
    await post('k', { a: 1 });
    const second = await post('k', { a: 2 });
    assert.deepEqual([second.status, second.body.error.code], [422, 'idempotency_key_reused']);
    assert.equal(routes.runs, 1);
  });

  it('of a request that is still handled is refused with 409', async () => {
    const first = post('k', { wait: true });
    await until('the first to run', () => routes.runs === 1);
    const second = await post('k', { wait: true });
    assert.deepEqual([second.status, second.body.error.code], [409, 'request_in_flight']);
    routes.release();
    assert.equal((await first).status, 201);
    assert.equal((await post('k', { wait: true })).body.run, 1);
  });

  it('lets one of many through at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => post('k', {})));
    assert.equal(routes.runs, 1);
    assert.ok(answers.every(({ status }) => status === 201 || status === 409));
  });

  it('keeps a refusal that stays, and lets one that passes be tried again', async () => {
    assert.equal((await post('stays', { fail: 'contact_exists' })).status, 409);
    assert.equal((await post('stays', { fail: 'contact_exists' })).body.error.message, 'run 1');
    assert.equal((await post('passes', { fail: 'store_away' })).status, 503);
    assert.equal((await post('passes', { fail: 'store_away' })).body.error.message, 'run 3');
    assert.equal((await post('passes', { fail: 'contact_exists' })).body.error.code, 'idempotency_key_reused');
  });

  it('of a process that died on the way is free after 30 s, for the same body, with the same derived key', async () => {
    const { client } = rig.container.get(RedisConnection);
    const first = post('k', { wait: true });
    await until('the first to run', () => routes.runs === 1);
    const [record] = await client.keys(`${rig.container.get(Keys).queuePrefix}:idempotency:*`);
    const leftMs = Number(await client.hget(record!, 'until')) - Date.now();
    assert.ok(leftMs > 25_000 && leftMs <= 30_000);
    await client.hset(record!, 'until', Date.now() - 1); // 30 s later
    const again = post('k', { wait: true });
    const releaseFirst = routes.release;
    await until('the repeat to run', () => routes.runs === 2);
    assert.equal(routes.derivedKeys[0], routes.derivedKeys[1]);
    assert.equal((await post('k', { other: true })).status, 422);
    releaseFirst();
    routes.release();
    await Promise.all([first, again]);
    assert.ok((await client.pttl(record!)) > 86_000_000);
  });

  it('counts for 24 h of the product’s clock, and is free after that', async () => {
    const { client } = rig.container.get(RedisConnection);
    const advance = (hours: number) => client.incrby(rig.container.get(Keys).clockOffset(), hours * 3_600_000);
    await post('k', { a: 1 });
    await advance(23);
    assert.deepEqual((await post('k', { a: 1 })).body, { run: 1 });
    assert.equal((await post('k', { a: 2 })).status, 422);
    await advance(2);
    assert.deepEqual((await post('k', { a: 2 })).body, { run: 2 });
    assert.notEqual(routes.derivedKeys[0], routes.derivedKeys[1]);
  });

  it('that is empty or too long is refused', async () => {
    assert.equal((await post('x'.repeat(201), {})).status, 422);
    assert.equal((await post('', {})).status, 422);
  });
});

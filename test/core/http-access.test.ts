import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { AttemptLimit } from '../../core/http/attempt-limit.js';
import { bearer, HttpRig, TOKENS } from './http-rig.js';

describe('access over HTTP', () => {
  let rig: HttpRig | undefined;

  afterEach(async () => {
    await rig?.stop();
    rig = undefined;
  });

  const started = async (...options: ConstructorParameters<typeof HttpRig>) => {
    rig = await new HttpRig(...options).start();
    return rig;
  };

  it('tells a browser in plain words why it cannot open the queues, and loads nothing of other hosts', async () => {
    const { ask } = bound(await started({ http: { tokens: TOKENS } }));
    const accept = 'text/html,application/xhtml+xml,*/*;q=0.8';
    const page = await ask('GET', '/queues', undefined, { accept });
    assert.equal(page.status, 401);
    assert.match(page.headers.get('content-type')!, /^text\/html/);
    assert.match(page.body, /The queues need a token/);
    assert.equal((await ask('GET', '/queues')).body.error.code, 'token_missing');
    const board = await ask('GET', '/queues', undefined, { accept, ...bearer('token-of-a-viewer') });
    assert.equal(board.status, 200);
    assert.match(board.body, /Stubwire queues/);
    assert.doesNotMatch(board.body, /(?:href|src)="(?:https?:)?\/\//);
  });

  it('refuses a token that an address has not used before once too many wrong ones came from there', async () => {
    const { ask, log } = bound(await started({ http: { tokens: TOKENS } }));
    const status = async (token: string) => (await ask('GET', '/api/contacts', undefined, bearer(token))).status;
    assert.equal(await status('token-of-a-viewer'), 200);
    const wrong = await Promise.all(Array.from({ length: 60 }, (_, n) => status(`guess-${n}`)));
    assert.deepEqual([...new Set(wrong)].sort(), [401, 429]);
    const late = await ask('GET', '/api/contacts', undefined, bearer('guess'));
    assert.deepEqual([late.status, late.body.error.code], [429, 'too_many_attempts']);
    assert.ok(Number(late.headers.get('retry-after')) >= 1);
    assert.equal(await status('token-of-an-operator'), 429, 'right, but a guess as far as anybody knows');
    assert.equal(await status('token-of-a-viewer'), 200, 'nobody is locked out by others behind the same address');
    const metrics = (await ask('GET', '/metrics', undefined, bearer('token-of-a-viewer'))).body;
    assert.match(metrics, /stubwire_refused_requests_total\{code="token_missing"\} 2\d/);
    assert.match(metrics, /stubwire_refused_requests_total\{code="too_many_attempts"\} \d\d/);
    assert.match(metrics, /stubwire_refused_requests_total\{code="signature_invalid"\} 0/);
    const lines = log.filter((line) => line.includes('requests refused')).map((line) => JSON.parse(line));
    assert.deepEqual(
      lines.map(({ code, address, refused }) => [code, address, refused]),
      [
        ['token_missing', '127.0.0.1', 1],
        ['too_many_attempts', '127.0.0.1', 1],
      ],
    );
  });

  it('forbids caching, framing and sniffing of its answers', async () => {
    const { ask } = bound(await started({ http: { public_url: 'https://stubwire.example.org' } }));
    for (const path of ['/api/contacts', '/api/openapi.json', '/metrics', '/queues', '/healthz', '/nowhere']) {
      const { headers } = await ask('GET', path);
      assert.equal(headers.get('x-content-type-options'), 'nosniff', path);
      assert.equal(headers.get('cross-origin-resource-policy'), 'same-origin', path);
      assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin', path);
      assert.match(headers.get('permissions-policy')!, /camera=\(\)/);
      assert.equal(headers.get('strict-transport-security'), 'max-age=31536000', path);
      if (/^\/(?:api|metrics)/.test(path)) assert.equal(headers.get('cache-control'), 'no-store', path);
    }
    await rig!.stop();
    const plain = bound(await started());
    assert.equal((await plain.ask('GET', '/api/contacts')).headers.get('strict-transport-security'), null);
  });

  it('without tokens serves this machine only: no foreign Host, no foreign Origin', async () => {
    const own = await started();
    const refuses = async (method: string, headers: Record<string, string>) => {
      const { status, body } = await own.ask(
        method,
        '/api/contacts',
        method === 'POST' ? { name: 'A' } : undefined,
        headers,
      );
      assert.deepEqual([headers, status, body.error?.code], [headers, 403, 'origin_refused']);
    };
    for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1.evil.example']) {
      await refuses('POST', { origin });
      await refuses('GET', { origin });
    }
    const { port } = new URL(own.address);
    await refuses('POST', { origin: 'http://localhost:5173' });
    await refuses('POST', { origin: `http://localhost:${port}` });
    for (const site of ['cross-site', 'same-site']) await refuses('POST', { 'sec-fetch-site': site });
    const page = { origin: own.address, 'sec-fetch-site': 'same-origin' };
    assert.equal((await own.ask('POST', '/api/contacts', { name: 'A' }, page)).status, 201);
    assert.equal((await own.ask('POST', '/api/contacts', { name: 'A' })).status, 201);
  });

  it('takes no form and no bare POST from a page of another port, and no Host that only looks local', async () => {
    const own = await started();
    const { port } = new URL(own.address);
    const form = new FormData();
    form.append('file', new Blob(['x']), 'x.txt');
    const from = { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' };
    for (const [path, body] of [
      ['/api/files', form],
      ['/api/dead-letters/x/retry', undefined],
    ] as const) {
      const { status, body: answer } = await own.ask('POST', path, body, from);
      assert.deepEqual([path, status, answer.error.code], [path, 403, 'origin_refused']);
    }
    assert.equal((await own.ask('POST', '/api/files', form)).status, 201);
    for (const [host, wanted] of [
      ['localhost:80@evil.com', 403],
      ['localhost@evil.com', 403],
      ['localhost:80/evil.com', 403],
      ['evil.com', 403],
      ['localhost.evil.com', 403],
      [`localhost:${port}`, 200],
      ['[::1]', 200],
    ] as const) {
      const asked = request({ port, path: '/api/contacts', headers: { host } }).end();
      const [answer] = (await once(asked, 'response')) as [IncomingMessage];
      answer.resume();
      assert.deepEqual([host, answer.statusCode], [host, wanted]);
    }
  });
});

describe('the limit of wrong tokens', () => {
  it('lets an address try again with time, and counts a network of IPv6 as one', () => {
    const limit = new AttemptLimit();
    const wrong = (address: string, atMs: number) => limit.isTooMany(address, atMs);
    const tries = Array.from({ length: 25 }, (_, n) => wrong(`2001:db8:1:2::${n}`, 0));
    assert.equal(tries.filter((isTooMany) => !isTooMany).length, 20);
    assert.equal(limit.waitS('2001:db8:1:2::99', 0), 3);
    assert.equal(wrong('2001:db8:1:3::1', 0), false);
    assert.equal(limit.admits('2001:db8:1:2::99', 'desk', 0), false);
    assert.equal(limit.admits('2001:db8:1:2::99', 'desk', 3_000), true);
    assert.equal(wrong('2001:db8:1:2::99', 3_000), false);
    assert.equal(wrong('2001:db8:1:2::99', 3_000), true);
    assert.equal(limit.admits('2001:db8:1:2::99', 'desk', 3_000), true);
  });
});

const bound = (rig: HttpRig) => ({ ask: rig.ask.bind(rig), log: rig.log });

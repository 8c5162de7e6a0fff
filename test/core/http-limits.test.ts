import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import Fastify from 'fastify';
import type { WebhookSource } from '../../core/contract/webhook-source.js';
import { StubwireError } from '../../core/errors.js';
import { limitBodyTime } from '../../core/http/body-limits.js';
import { isDeeperThan } from '../../core/http/json-levels.js';
import { until } from '../support/until.js';
import { HttpRig } from './http-rig.js';

const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

/** A source that records its calls, and accepts webhooks that claim to be signed. */
class NotingSource implements WebhookSource {
  readonly name = 'noting';
  bodies = 0;
  admit(headers: { readonly signed?: string | string[] }): void {
    if (headers.signed === undefined) throw new StubwireError('signature_invalid', 'It is not signed.');
  }
  challenge(query: { readonly [name: string]: string | undefined }): string {
    return query.word ?? '';
  }
  read() {
    this.bodies += 1;
    return { tells: [], unhandled: [] };
  }
}

describe('the limits of requests', () => {
  const source = new NotingSource();
  const sockets: Socket[] = [];
  let rig: HttpRig;

  before(async () => {
    rig = await new HttpRig({ sources: [source], http: { max_connections: 30 } }).start();
  });
  after(() => rig.stop());
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });

  /** A connection, with the data received over it. */
  async function opened(url: string, ...lines: string[]) {
    const { port } = new URL(url);
    const socket = connect(Number(port), '127.0.0.1');
    sockets.push(socket);
    const answer = { socket, text: '', isClosed: false };
    socket.on('data', (data) => {
      answer.text += data;
    });
    socket.on('error', () => undefined);
    socket.once('close', () => {
      answer.isClosed = true;
    });
    await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
    socket.write(`${[...lines, `host: 127.0.0.1:${port}`].join('\r\n')}\r\n\r\n`);
    return answer;
  }

  it('refuses a webhook without a signature before its body is sent', async () => {
    const { text } = await until('the refusal', async () => {
      const answer = await opened(rig.address, 'POST /webhooks/noting HTTP/1.1', 'content-length: 2999999');
      await until('an answer', () => answer.text.includes('\r\n\r\n'));
      return answer;
    });
    assert.match(text, /^HTTP\/1\.1 401 [\s\S]*signature_invalid/);
    assert.equal(source.bodies, 0);
    assert.equal((await rig.ask('POST', '/webhooks/noting', 'x', { signed: 'yes' })).status, 200);
    assert.equal(source.bodies, 1);
    const { body } = await rig.ask('GET', '/metrics');
    assert.match(body, /stubwire_refused_requests_total\{code="signature_invalid"\} 1/);
  });

  it('limits the bodies that arrive at the same time, and accepts more once they are done', async () => {
    const big = ['POST /webhooks/noting HTTP/1.1', 'signed: yes', 'content-length: 3000000'];
    const waiting = await Promise.all(Array.from({ length: 22 }, () => opened(rig.address, ...big)));
    await until('a refusal', () => waiting.some(({ text }) => text.includes('rate_limited')));
    assert.equal(waiting.filter(({ text }) => text.startsWith('HTTP/1.1 429')).length, 1);
    assert.equal((await rig.ask('POST', '/webhooks/noting', 'small', { signed: 'yes' })).status, 200);
    for (const { socket } of waiting) socket.destroy();
    await until(
      'room',
      async () => (await rig.ask('POST', '/webhooks/noting', 'x'.repeat(2_000_000), { signed: 'y' })).status === 200,
    );
  });

  it('closes connections beyond http.max_connections', async () => {
    const many = await Promise.all(Array.from({ length: 40 }, () => opened(rig.address, 'GET /healthz HTTP/1.1')));
    await until('the rest to be closed', () => many.filter(({ isClosed }) => isClosed).length >= 10);
    assert.ok(many.some(({ text }) => text.startsWith('HTTP/1.1 200')));
    assert.equal(rig.log.filter((line) => line.includes('http.max_connections')).length, 1);
  });

  it('closes the connection of a slow body, also after the request was refused', async () => {
    const app = Fastify();
    limitBodyTime(app, 100);
    app.post('/refuses', { onRequest: (_request, reply) => void reply.code(401).send('no') }, () => 'never');
    app.post('/takes', () => 'taken');
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    try {
      const head = ['content-type: text/plain', 'content-length: 10'];
      const slow = await opened(url, 'POST /takes HTTP/1.1', ...head);
      const refused = await opened(url, 'POST /refuses HTTP/1.1', ...head);
      const quick = await opened(url, 'POST /takes HTTP/1.1', ...head);
      quick.socket.write('0123456789');
      await until('both to be cut', () => slow.isClosed && refused.isClosed);
      assert.match(slow.text, /request_too_slow|did not arrive in time/);
      assert.match(refused.text, /^HTTP\/1\.1 401/);
      assert.match(quick.text, /taken/);
      assert.equal(quick.isClosed, false);
    } finally {
      await app.close();
    }
  });

  it('answers malformed requests with a code, never with internal', async () => {
    const json = { 'content-type': 'application/json' };
    const form = (boundary: string) => ({ 'content-type': `multipart/form-data; boundary=${boundary}` });
    const cases: readonly (readonly [string, string, string | undefined, Record<string, string>, number, string])[] = [
      ['GET', '/webhooks/noting?word=a&word=b', undefined, {}, 422, 'validation_failed'],
      ['POST', '/api/stubs', `{"template":"case","data":${nested(5_000)}}`, json, 400, 'body_invalid'],
      ['POST', '/api/stubs', '['.repeat(900_000), json, 400, 'body_invalid'],
      ['POST', '/api/files', 'x', form('x'.repeat(5_000)), 400, 'body_invalid'],
      ['POST', '/api/files', 'x', form(''), 400, 'body_invalid'],
      ['POST', '/api/files', 'x', { 'content-type': 'multipart/form-data' }, 400, 'body_invalid'],
    ];
    for (const [method, path, body, headers, status, code] of cases) {
      const answer = await rig.ask(method, path, body, headers);
      assert.deepEqual([path, answer.status, answer.body.error.code], [path, status, code]);
    }
    assert.equal((await rig.ask('GET', '/webhooks/noting?word=a')).body, 'a');
  });

  it('counts the levels of JSON outside its strings', () => {
    assert.equal(isDeeperThan(3, nested(3)), false);
    assert.equal(isDeeperThan(3, nested(4)), true);
    assert.equal(isDeeperThan(1, '{"a":"[[[[\\"[[[","b":1}'), false);
    assert.equal(isDeeperThan(2, '[{},{},{},[]]'), false);
  });
});

import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { ApicallParams } from '../../core/apicall/apicall-params.js';
import { HttpCaller } from '../../core/apicall/http-caller.js';
import { outgoingCall } from '../../core/apicall/outgoing-call.js';
import { CalleeServer, json } from '../support/callee-server.js';
import { freePort } from '../support/engine-process.js';

describe('a call over HTTP', () => {
  const callee = new CalleeServer().at('/', json({ ok: true })).at('/never', () => undefined);
  const callers: HttpCaller[] = [];
  before(() => callee.start());
  after(async () => {
    await Promise.all(callers.map((caller) => caller.close()));
    await callee.stop();
  });

  function attempt(
    url: string,
    allow_private_addresses: boolean,
    { timeoutMs = 2_000, signal = new AbortController().signal } = {},
  ) {
    const config = { allow_hosts: [new URL(url).host], allow_private_addresses, secrets: {} };
    const caller = new HttpCaller(config);
    callers.push(caller);
    const built = outgoingCall(ApicallParams.parse({ url }), config, 'key');
    assert.ok(built.ok);
    return caller.attempt(built.call, { timeoutMs, maxBytes: 1_000, signal });
  }

  it('goes nowhere where an allowed name leads to an address of this machine', async () => {
    const outcome = await attempt(`http://localhost:${callee.port}/`, false);
    assert.ok(outcome.kind === 'refused');
    assert.equal(outcome.problem.code, 'apicall_refused');
    assert.match(outcome.problem.message, /"localhost" is at an address of this machine .*allow_private_addresses/);
    assert.equal(callee.requests.length, 0);
  });

  it('goes there where that is configured', async () => {
    const outcome = await attempt(`http://localhost:${callee.port}/`, true);
    assert.ok(outcome.kind === 'answered');
    assert.equal(outcome.answer.status, 200);
  });

  it('says of silence whether the callee may have had the request', async () => {
    const refused = await attempt(`http://127.0.0.1:${await freePort()}/`, true);
    assert.deepEqual(refused, { kind: 'silent', sent: false, why: 'ECONNREFUSED' });
    const late = await attempt(`http://127.0.0.1:${callee.port}/never`, true, { timeoutMs: 50 });
    assert.deepEqual(late, { kind: 'silent', sent: true, why: 'no answer within 50 ms' });
    const unknown = await attempt('http://nothing.invalid/', true);
    assert.deepEqual([unknown.kind, unknown.kind === 'silent' && unknown.sent], ['silent', false]);
  });

  it('takes an answer that breaks off, or that never ends, for silence', async () => {
    const begun = (response: ServerResponse) => response.writeHead(200, { 'content-length': '100' }).write('begun');
    callee.at('/breaks', (_, response) => {
      begun(response);
      setImmediate(() => response.destroy());
    });
    callee.at('/drips', (_, response) => void begun(response));
    const broken = await attempt(`http://127.0.0.1:${callee.port}/breaks`, true);
    assert.deepEqual([broken.kind, broken.kind === 'silent' && broken.sent], ['silent', true]);
    const endless = await attempt(`http://127.0.0.1:${callee.port}/drips`, true, { timeoutMs: 60 });
    assert.deepEqual(endless, { kind: 'silent', sent: true, why: 'no answer within 60 ms' });
  });

  it('throws where it is cut from our side', async () => {
    const stop = new AbortController();
    const cut = attempt(`http://127.0.0.1:${callee.port}/never`, true, { signal: stop.signal });
    setImmediate(() => stop.abort());
    await assert.rejects(cut);
  });
});

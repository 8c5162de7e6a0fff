import assert from 'node:assert/strict';
import { HostAddress } from '../../core/http/host-address.js';
import { GraphClient } from '../../plugins/meta_whatsapp/graph-client.js';
import { FakeMediaGraph, json } from '../support/fake-media-graph.js';
import { configOf, TOKEN } from './media-rig.js';

describe('meta_whatsapp: a call of the Graph API', () => {
  let graph: FakeMediaGraph;
  let client: GraphClient;
  const call = (more: object = {}) => client.call('main', { method: 'GET', target: 'number', path: 'a/b', ...more });

  beforeEach(async () => {
    graph = await new FakeMediaGraph().start();
    client = new GraphClient(configOf(graph.url), new HostAddress('http://127.0.0.1:1'));
  });
  afterEach(async () => {
    await client.close();
    await graph.stop();
  });

  it('goes to the version’s path with query, token and JSON, and gives the object of the answer', async () => {
    graph.script = () => json(200, { success: true });
    const answer = await call({ method: 'POST', query: { fields: 'a,b' }, body: { name: 'é' } });
    assert.deepEqual(answer, { ok: true, status: 200, body: { success: true } });
    const [heard] = graph.heard;
    assert.equal(`${heard!.method} ${heard!.path}?${heard!.query}`, 'POST /v25.0/a/b?fields=a%2Cb');
    assert.equal(heard!.token, TOKEN);
    assert.equal(Buffer.from(heard!.text, 'latin1').toString(), '{"name":"é"}');
  });

  it('tells Meta’s refusal with its code, and whether it may pass later', async () => {
    const refused = async (status: number, error: object) => {
      graph.script = () => json(status, { error });
      const answer = await call();
      assert.ok(!answer.ok && answer.kind === 'refused');
      return answer;
    };
    const wrong = await refused(400, { code: 100, message: '(#100) Invalid parameter', error_data: { details: 'no' } });
    assert.deepEqual([wrong.status, wrong.code, wrong.transient], [400, 100, false]);
    assert.match(wrong.message, /100: no/);
    assert.equal((await refused(400, { code: 80007, message: 'slow down' })).transient, true);
    assert.equal((await refused(200, { code: 999_999, message: 'soon', is_transient: true })).transient, true);
  });

  it('tells what is no word of Meta’s: pages, nothing, a list; from 500 on it may pass', async () => {
    const told = async (status: number, body: string) => {
      graph.script = () => ({ status, body });
      const answer = await call();
      assert.ok(!answer.ok && answer.kind === 'refused');
      return [answer.status, answer.transient];
    };
    assert.deepEqual(await told(502, '<html>bad gateway</html>'), [502, true]);
    assert.deepEqual(await told(404, 'not here'), [404, false]);
    assert.deepEqual(await told(429, ''), [429, true]);
    assert.deepEqual(await told(200, ''), [200, true]);
    assert.deepEqual(await told(200, '[1]'), [200, true]);
  });

  it('follows no redirect: the token stays where it is', async () => {
    const other = await new FakeMediaGraph().start();
    graph.script = () => ({ status: 302, headers: { location: `${other.url}/a` } });
    const answer = await call();
    assert.ok(!answer.ok && answer.kind === 'refused' && !answer.transient);
    assert.equal(other.heard.length, 0);
    await other.stop();
  });

  it('reads no answer over two megabytes', async () => {
    graph.script = () => json(200, { long: 'x'.repeat(2_000_001) });
    const answer = await call();
    assert.ok(!answer.ok && answer.kind === 'refused');
    assert.match(answer.message, /2000000 bytes/);
  });

  it('ends at its time, at its caller’s signal, and where nobody listens', async () => {
    graph.script = () => ({ status: 200, body: endless() });
    const late = await call({ timeoutMs: 50 });
    assert.ok(!late.ok && late.kind === 'unreachable');
    const ended = await call({ signal: AbortSignal.timeout(50) });
    assert.ok(!ended.ok && ended.kind === 'unreachable');
    await graph.stop();
    const nobody = await call();
    assert.ok(!nobody.ok && nobody.kind === 'unreachable');
    await graph.start();
  });

  it('of a profile that is gone is refused by name', async () => {
    const answer = await client.call('gone', { method: 'GET', target: 'number', path: 'a' });
    assert.ok(!answer.ok && answer.kind === 'refused');
    assert.match(answer.message, /"gone".*main/);
  });
});

describe('meta_whatsapp: a send', () => {
  let graph: FakeMediaGraph;
  let client: GraphClient;
  const send = async (using = client, timeoutMs = 5_000) => {
    const outcome = await using.send('main', { text: { body: 'Your pin is 4711' } }, AbortSignal.timeout(timeoutMs));
    return { ...outcome, message: 'problem' in outcome ? outcome.problem.message : '' };
  };

  beforeEach(async () => {
    graph = await new FakeMediaGraph().start();
    client = new GraphClient(configOf(graph.url), new HostAddress('http://127.0.0.1:1'));
  });
  afterEach(async () => {
    await client.close();
    await graph.stop();
  });

  it('that a token is refused for names the token by its fingerprint only', async () => {
    graph.script = () => json(401, { error: { code: 190, message: 'Cannot parse secret-token for Your pin is 4711' } });
    const { result, message, ...rest } = await send();
    assert.equal(result, 'halt');
    assert.match(message, /Cannot parse \(the access token\) for \(a text of the message\)/);
    assert.match((rest as { credential?: string }).credential ?? '', /^[0-9a-f]{16}$/);
    graph.script = () => json(400, { error: { code: 131031, message: 'locked' } });
    assert.ok(!('credential' in (await send())), 'an account that is locked is so with any token');
  });

  it('whose refusal breaks off is sent again, and whose success does is not', async () => {
    for (const [status, result] of [
      [400, 'retry'],
      [200, 'unknown'],
      [502, 'unknown'],
    ] as const) {
      graph.script = () => ({ status, body: endless() });
      assert.equal((await send(client, 150)).result, result, String(status));
    }
  });

  it('that could not be written or connected was not sent', async () => {
    const broken = configOf(graph.url);
    broken.profiles['main']!.access_token = 'token\nwith a break';
    const unwritten = new GraphClient(broken, new HostAddress('http://127.0.0.1:1'));
    const { result, message } = await send(unwritten);
    assert.equal(result, 'halt');
    assert.match(message, /line breaks in access_token/);
    const plain = new GraphClient(
      configOf(graph.url.replace('http:', 'https:')),
      new HostAddress('http://127.0.0.1:1'),
    );
    assert.equal((await send(plain)).result, 'retry', 'no TLS there');
    await Promise.all([unwritten.close(), plain.close()]);
  });
});

async function* endless(): AsyncGenerator<Buffer> {
  yield Buffer.from('{');
  await new Promise(() => {});
}

import assert from 'node:assert/strict';
import { HostAddress } from '../../core/http/host-address.js';
import { GraphClient } from '../../plugins/meta_whatsapp/graph-client.js';
import { mayHaveToken } from '../../plugins/meta_whatsapp/media/media-hosts.js';
import { FakeMediaGraph, json } from '../support/fake-media-graph.js';
import { configOf, TOKEN } from './media-rig.js';

const GRAPH = 'https://graph.facebook.com';

describe('meta_whatsapp: who may see the access token', () => {
  for (const url of [
    'https://graph.facebook.com/v25.0/1',
    'https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1',
    'https://mmg.whatsapp.net/d/f/1.enc',
    'https://scontent-ams2-1.xx.fbcdn.net/v/1',
  ])
    it(`may: ${url}`, () => assert.equal(mayHaveToken(new URL(url), GRAPH), true));

  for (const url of [
    'http://lookaside.fbsbx.com/1',
    'https://lookaside.fbsbx.com:8443/1',
    'https://lookaside.fbsbx.com.evil.example/1',
    'https://evilfbcdn.net/1',
    'https://fbcdn.net.evil.example/1',
    'https://lookaside.fbsbx.com@evil.example/1',
    'https://user:word@lookaside.fbsbx.com/1',
    'http://graph.facebook.com/1',
    'http://127.0.0.1:4000/1',
  ])
    it(`may not: ${url}`, () => assert.equal(mayHaveToken(new URL(url), GRAPH), false));
});

describe('meta_whatsapp: a download', () => {
  let graph: FakeMediaGraph;
  let stranger: FakeMediaGraph;
  let client: GraphClient;
  const download = (url: string, maxBytes = 1_000) =>
    client.download('main', url, { signal: AbortSignal.timeout(5_000), maxBytes });

  beforeEach(async () => {
    graph = await new FakeMediaGraph().start();
    stranger = await new FakeMediaGraph().start();
    client = new GraphClient(configOf(graph.url), new HostAddress('http://127.0.0.1:1'));
  });
  afterEach(async () => {
    await client.close();
    await graph.stop();
    await stranger.stop();
  });

  it('comes with the token from the host of the Graph calls, over redirects there', async () => {
    graph.script = ({ path }) =>
      path === '/first' ? { status: 302, headers: { location: '/second' } } : { status: 200, body: 'content' };
    const answer = await download(`${graph.url}/first`);
    assert.ok(answer.ok);
    assert.equal((await answer.content.toArray()).join(''), 'content');
    assert.deepEqual(
      graph.heard.map(({ path, token }) => [path, token]),
      [
        ['/first', TOKEN],
        ['/second', TOKEN],
      ],
    );
  });

  it('is refused at another host, which is not even asked', async () => {
    const answer = await download(`${stranger.url}/file`);
    assert.ok(!answer.ok && answer.kind === 'refused');
    assert.match(answer.message, /not known as Meta/);
    assert.equal(stranger.heard.length, 0);
  });

  it('is refused where a redirect leads elsewhere', async () => {
    graph.script = () => ({ status: 302, headers: { location: `${stranger.url}/file` } });
    const answer = await download(`${graph.url}/first`);
    assert.ok(!answer.ok && answer.kind === 'refused');
    assert.equal(stranger.heard.length, 0);
  });

  it('ends after three redirects', async () => {
    graph.script = () => ({ status: 302, headers: { location: '/again' } });
    const answer = await download(`${graph.url}/first`);
    assert.ok(!answer.ok && answer.kind === 'refused');
    assert.equal(graph.heard.length, 4);
  });

  it('is not read where it is announced as too big', async () => {
    graph.script = () => ({ status: 200, headers: { 'content-length': '1001' }, body: 'x'.repeat(1_001) });
    const answer = await download(`${graph.url}/big`);
    assert.ok(!answer.ok && answer.kind === 'refused' && answer.status === 413);
  });

  it('of no address, and what Meta says in place of a file, are refusals', async () => {
    assert.ok(!(await download('no address')).ok);
    graph.script = () => json(404, { error: { code: 100, message: 'expired' } });
    const answer = await download(`${graph.url}/old`);
    assert.ok(!answer.ok && answer.kind === 'refused' && answer.status === 404);
  });
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { v5 } from 'uuid';
import { NAMESPACE } from '../../core/template/helpers/deterministic-uuid.js';
import { StoryHost } from '../support/story-host.js';

const SAMPLE = readFileSync('config/templates/parcel.yaml', 'utf8');
const CLIENT = '27825550170';
const PAGE = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
const JSON_ONLY = { accept: 'application/json' };

describe('Signed links: what a message links to opens without a token, for a while', () => {
  let host: StoryHost;
  let stubref: string;
  let links: readonly string[];
  before(async () => {
    host = await StoryHost.start({ parcel: SAMPLE });
    stubref = await host.newStub('parcel', `+${CLIENT}`, 'Thandi', { subject: '<b>Parcel</b> & "more"' });
    const file = await host.upload(
      new TextEncoder().encode('<script>alert(1)</script>'),
      'pa"pers\r\n.html',
      'text/html',
    );
    await host.run(stubref, '_attach', { attachments: [{ fileuuid: file }] });
    await host.clientSays(CLIENT, { text: 'Hi' });
    const { contact_lists } = await host.ask('GET', `/api/stubs/${stubref}`);
    const [contactuuid] = contact_lists._created_by.contactuuids;
    await host.run(stubref, 'send_link', { posted_by: { contactuuid } });
    const [text] = await host.untilArrived(CLIENT, 1);
    assert.match(text!, /^Good day Thandi, follow your parcel: /);
    links = text!.match(/http\S+/g)!;
  });
  after(() => host.stop());

  const open = (link: string, headers: Record<string, string> = {}) => fetch(link, { headers });
  const refusal = async (link: string) => {
    const response = await open(link, JSON_ONLY);
    return [response.status, ((await response.json()) as { error: { code: string } }).error.code];
  };

  it('the stub is a page that shows where it stands, and nothing that is not meant', async () => {
    const response = await open(links[0]!, PAGE);
    const page = await response.text();
    assert.equal(response.status, 200);
    assert.match(page, /<h1><bdi>&lt;b&gt;Parcel&lt;\/b&gt; &amp; &quot;more&quot;<\/bdi><\/h1>/);
    assert.match(page, /open/);
    for (const secret of [CLIENT, 'Thandi', stubref, 'tracking_id']) assert.ok(!page.includes(secret), secret);
    assert.match(response.headers.get('content-security-policy')!, /^default-src 'none'/);
    assert.equal(response.headers.get('referrer-policy'), 'no-referrer');
    assert.equal(response.headers.get('cache-control'), 'no-store');
  });

  it('or JSON, for those who ask for it', async () => {
    const glance = (await (await open(links[0]!, JSON_ONLY)).json()) as Record<string, unknown>;
    const { updated_at, ...rest } = glance;
    assert.deepEqual(rest, { subject: '<b>Parcel</b> & "more"', state: 'open', is_done: false });
    assert.ok(Date.parse(updated_at as string) > 0);
  });

  it('carries the LID of the delivery, which is no part of what is signed', async () => {
    const link = new URL(links[0]!);
    const lid = link.searchParams.get('lid')!;
    const { data } = await host.ask('GET', `/api/lids/${lid}`);
    assert.equal(data.stubref, stubref);
    link.searchParams.delete('lid');
    link.searchParams.set('fbclid', 'x');
    assert.equal((await open(link.href)).status, 200);
  });

  it('the file is a download, whatever it holds and is called', async () => {
    const response = await open(links[1]!);
    assert.equal(await response.text(), '<script>alert(1)</script>');
    assert.match(response.headers.get('content-disposition')!, /^attachment; filename="pa_[^"\r\n]*\.html"/);
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
    assert.match(response.headers.get('content-security-policy')!, /sandbox/);
  });

  it('link checkers may ask for the head alone', async () => {
    for (const link of links) {
      const [head, whole] = await Promise.all([fetch(link, { method: 'HEAD', headers: PAGE }), open(link, PAGE)]);
      assert.equal(head.status, 200);
      for (const name of ['content-type', 'content-length', 'content-security-policy'])
        assert.equal(head.headers.get(name), whole.headers.get(name), name);
      assert.equal(await head.text(), '');
      await whole.arrayBuffer();
    }
    const tampered = await fetch(links[0]!.replace('until=', 'until=9'), { method: 'HEAD' });
    assert.equal(tampered.status, 403);
  });

  it('a link that was changed in any part opens nothing', async () => {
    const changed = (index: number, change: (link: URL) => void): string => {
      const link = new URL(links[index]!);
      change(link);
      return link.href;
    };
    const other = await host.newStub('parcel', `+${CLIENT}`);
    for (const link of [
      changed(0, ({ searchParams }) => searchParams.set('until', String(Number(searchParams.get('until')) + 1))),
      changed(0, ({ searchParams }) => searchParams.delete('signature')),
      changed(0, ({ searchParams }) => searchParams.set('signature', `${searchParams.get('signature')}=`)),
      changed(0, ({ searchParams }) => searchParams.set('signature', 'A'.repeat(43))),
      changed(0, ({ searchParams }) => searchParams.append('until', '9999999999')),
      changed(0, (link) => {
        link.pathname = `/links/stubs/${other}`;
      }),
      changed(0, (link) => {
        link.pathname = link.pathname.replace('stubs', 'files');
      }),
      changed(1, (link) => {
        link.pathname = link.pathname.replace('files', 'stubs');
      }),
      `${host.url}/links/stubs/${stubref}`,
      `${host.url}/links/files/..%2f..%2fetc%2fpasswd?until=1&signature=x`,
    ]) {
      assert.deepEqual(await refusal(link), [403, 'link_invalid'], link);
    }
  });

  it('says on a page what can be done, where a browser asks', async () => {
    const response = await open(links[0]!.replace('signature=', 'signature=x'), PAGE);
    assert.equal(response.status, 403);
    assert.match(await response.text(), /<h1>.*cannot be opened.*ask for a new one/s);
  });

  it('an id that is always the same was kept by the task', async () => {
    const { data } = await host.ask('GET', `/api/stubs/${stubref}`);
    assert.equal(data.tracking_id, v5(stubref, NAMESPACE));
  });

  it('ends with its time, by the host’s clock; a longer one goes on', async () => {
    await host.wait(49);
    assert.deepEqual(await refusal(links[0]!), [410, 'link_expired']);
    assert.equal((await open(links[1]!)).status, 200);
    await host.wait(120);
    assert.deepEqual(await refusal(links[1]!), [410, 'link_expired']);
    await host.clientSays(CLIENT, { text: 'Once more, please' });
    await host.run(stubref, 'send_link');
    const [again] = (await host.untilArrived(CLIENT, 2))[1]!.match(/http\S+/g)!;
    assert.equal((await open(again!)).status, 200);
  });
});

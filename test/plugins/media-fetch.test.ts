import assert from 'node:assert/strict';
import type { FetchOutcome } from '../../plugins/meta_whatsapp/media/media-fetcher.js';
import { FakeMediaGraph } from '../support/fake-media-graph.js';
import { chunksOf, MediaRig, PHONE_NUMBER_ID, sha256Of, someBytes, TOKEN } from './media-rig.js';

describe('meta_whatsapp: fetching a client’s file', () => {
  let rig: MediaRig;
  const content = someBytes(200_000);
  const picture = { id: '1234567890', mimeType: 'image/jpeg', sha256: sha256Of(content, 'base64') };
  const held = { content, mimeType: 'image/jpeg' };

  beforeEach(async () => {
    rig = await MediaRig.open();
    rig.graph.media.set(picture.id, held);
  });
  afterEach(() => rig.close());

  const fails = (outcome: FetchOutcome, code: string, isAgain: boolean) => {
    assert.ok(!outcome.ok);
    assert.deepEqual([outcome.problem.code, 'again' in outcome], [code, isAgain]);
    assert.deepEqual(rig.contents(), []);
    return outcome.problem.message;
  };

  it('puts it into the file store with its name and type', async () => {
    const voice = { id: '77', mimeType: 'audio/ogg; codecs=opus', filename: 'note.ogg' };
    rig.graph.media.set('77', { content, mimeType: 'audio/ogg' });
    const outcome = await rig.fetcher.fetch('main', voice);
    assert.ok(outcome.ok);
    const { fileuuid, contentType, originalname, size } = outcome.file;
    assert.deepEqual([contentType, originalname, size], ['audio/ogg; codecs=opus', 'note.ogg', content.length]);
    assert.deepEqual(await rig.contentOf(fileuuid), content);
    const [metadata, download] = rig.graph.heard;
    assert.equal(metadata!.query.get('phone_number_id'), PHONE_NUMBER_ID);
    assert.deepEqual([metadata!.token, download!.token], [TOKEN, TOKEN]);
  });

  it('limits the files of one client in a day, but not those of others or of the next day', async () => {
    const files = ['1', '2', '3', '4'].map((id) => ({ id, mimeType: 'image/jpeg', conversation: 'main:2782' }));
    const contents = [400_000, 400_000, 400_000, 100_000].map(someBytes);
    for (const [at, { id }] of files.entries())
      rig.graph.media.set(id, { content: contents[at]!, mimeType: 'image/jpeg' });
    const codes = [];
    for (const file of [files[0]!, files[0]!, ...files.slice(1)]) {
      const outcome = await rig.fetcher.fetch('main', file);
      codes.push(outcome.ok ? 'stored' : outcome.problem.code);
    }
    assert.deepEqual(codes, ['stored', 'stored', 'stored', 'media_quota', 'stored'], '1 MB a day');
    assert.ok((await rig.fetcher.fetch('main', { ...files[2]!, conversation: 'main:2783' })).ok);
    assert.ok((await rig.fetcher.fetch('main', { ...files[2]!, id: '2' })).ok, 'it is there already');
    rig.graph.media.set('5', { content: contents[0]!, mimeType: 'image/jpeg' });
    assert.ok(!(await rig.fetcher.fetch('main', { ...files[0]!, id: '5' })).ok);
    await rig.base.clock.advance(86_400_001);
    assert.ok((await rig.fetcher.fetch('main', { ...files[0]!, id: '5' })).ok);
  });

  it('gives one file however often, and at once, it is asked', async () => {
    const outcomes = await Promise.all([1, 2, 3].map(() => rig.fetcher.fetch('main', picture)));
    outcomes.push(await rig.fetcher.fetch('main', picture));
    const ids = new Set(outcomes.map((outcome) => outcome.ok && outcome.file.fileuuid));
    assert.equal(ids.size, 1);
    assert.equal(rig.contents().length, 1);
    assert.equal(rig.graph.count('GET', /^\/download/), 3, 'the last one was there already');
  });

  it('asks for the address again when its five minutes are over', async () => {
    rig.graph.addressesOver = 1;
    assert.ok((await rig.fetcher.fetch('main', picture)).ok);
    assert.equal(rig.graph.count('GET', /^\/download/), 2);
    rig.graph.addressesOver = 99;
    rig.graph.media.set('55', held);
    const outcome = await rig.fetcher.fetch('main', { ...picture, id: '55' });
    assert.ok(!outcome.ok && 'again' in outcome);
    assert.equal(rig.graph.count('GET', /^\/download\/55/), 2);
  });

  it('takes both spellings of the hash, and nothing whose hash is another', async () => {
    assert.ok((await rig.fetcher.fetch('main', { ...picture, sha256: sha256Of(content, 'hex') })).ok);
    await rig.files.remove(
      ((await rig.fetcher.fetch('main', picture)) as { file: { fileuuid: string } }).file.fileuuid,
    );
    const other = sha256Of(someBytes(50), 'base64');
    fails(await rig.fetcher.fetch('main', { ...picture, sha256: other }), 'media_mismatch', true);
    rig.graph.media.set(picture.id, { ...held, metadata: { sha256: other } });
    fails(await rig.fetcher.fetch('main', picture), 'media_mismatch', true);
  });

  it('takes nothing that was cut short or is of another type', async () => {
    const { sha256: _, ...unhashed } = picture;
    rig.graph.media.set(picture.id, { ...held, metadata: { file_size: content.length + 1, sha256: undefined } });
    fails(await rig.fetcher.fetch('main', unhashed), 'media_mismatch', true);
    rig.graph.media.set(picture.id, { ...held, mimeType: 'text/html' });
    assert.match(fails(await rig.fetcher.fetch('main', picture), 'media_mismatch', false), /image\/jpeg.*text\/html/);
  });

  it('stops at the limit of files: announced by Meta, by the host, or found while it streams', async () => {
    rig.graph.media.set(picture.id, { ...held, metadata: { file_size: '1000001' } });
    fails(await rig.fetcher.fetch('main', picture), 'media_too_large', false);
    assert.equal(rig.graph.count('GET', /^\/download/), 0);
    const big = someBytes(1_200_000);
    rig.graph.media.set(picture.id, { ...held, content: big, metadata: { file_size: undefined } });
    fails(await rig.fetcher.fetch('main', picture), 'media_too_large', false);
    rig.graph.script = ({ path }) => (path.startsWith('/download') ? { status: 200, body: chunksOf(big) } : undefined);
    fails(await rig.fetcher.fetch('main', picture), 'media_too_large', false);
  });

  it('sends the token to no other host than Meta’s, whatever address Meta’s answer names', async () => {
    const stranger = await new FakeMediaGraph().start();
    rig.graph.media.set(picture.id, { ...held, metadata: { url: `${stranger.url}/download/x` } });
    fails(await rig.fetcher.fetch('main', picture), 'media_unavailable', false);
    assert.equal(stranger.heard.length, 0);
    await stranger.stop();
  });

  it('is tried again after what passes, and not after what stays', async () => {
    const scripts: readonly [number, string, boolean][] = [
      [500, '', true],
      [400, '{"error":{"code":131000,"message":"went wrong"}}', true],
      [401, '{"error":{"code":190,"message":"token"}}', true],
      [400, '{"error":{"code":100,"message":"unknown"}}', false],
      [404, 'nothing here', false],
    ];
    for (const [status, body, isAgain] of scripts) {
      rig.graph.script = () => ({ status, body });
      fails(await rig.fetcher.fetch('main', picture), 'media_unavailable', isAgain);
    }
    rig.graph.script = ({ path }) => (path.startsWith('/download') ? { status: 200, body: broken() } : undefined);
    fails(await rig.fetcher.fetch('main', picture), 'media_unavailable', true);
    fails(await rig.fetcher.fetch('gone', picture), 'media_unavailable', false);
  });
});

async function* broken(): AsyncGenerator<Buffer> {
  yield Buffer.alloc(1_000);
  throw new Error('the line breaks');
}

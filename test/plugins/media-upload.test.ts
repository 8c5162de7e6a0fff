import assert from 'node:assert/strict';
import { json } from '../support/fake-media-graph.js';
import { MediaRig, PHONE_NUMBER_ID, someBytes } from './media-rig.js';

const DAY_MS = 86_400_000;

describe('meta_whatsapp: uploading a file', () => {
  let rig: MediaRig;
  beforeEach(async () => {
    rig = await MediaRig.open();
  });
  afterEach(() => rig.close());

  const uploads = () => rig.graph.heard.filter(({ path }) => path.endsWith('/media'));
  const image = (fileuuid: string) => ({ type: 'image', image: { fileuuid, caption: 'Your parcel' } });
  /** The outcome of an upload that Meta answers so. */
  const told = async (fileuuid: string, status: number, error: object) => {
    rig.graph.script = () => json(status, { error });
    return rig.uploads.upload('main', fileuuid);
  };

  it('sends it as a form with its type, streamed from the store, and puts the id in its place', async () => {
    const content = someBytes(700_000);
    const fileuuid = await rig.stored(content, 'image/jpeg');
    assert.deepEqual(await rig.uploads.resolve('main', image(fileuuid)), { result: 'not_uploaded', fileuuid });
    assert.equal(await rig.uploads.upload('main', fileuuid), undefined);
    const resolved = await rig.uploads.resolve('main', image(fileuuid));
    const message = { type: 'image', image: { id: 'upload.1', caption: 'Your parcel' } };
    assert.deepEqual(resolved, { result: 'ready', message, fileuuids: [fileuuid] });
    const [upload] = uploads();
    assert.equal(upload!.path, `/v25.0/${PHONE_NUMBER_ID}/media`);
    assert.ok(upload!.bytes > content.length && upload!.bytes < content.length + 1_000);
    assert.match(upload!.text, /name="messaging_product"\r\n\r\nwhatsapp\r\n/);
    assert.match(upload!.text, /name="type"\r\n\r\nimage\/jpeg\r\n/);
    assert.match(upload!.text, /name="file"; filename="[^"]+\.jpg"\r\ncontent-type: image\/jpeg\r\n\r\n/);
  });

  it('is done once: the same content again, under another id, is there already', async () => {
    const content = someBytes(1_000);
    const first = await rig.stored(content, 'image/jpeg');
    const second = await rig.stored(content, 'image/jpeg');
    const other = await rig.stored(content, 'image/png');
    for (const fileuuid of [first, first, second]) await rig.uploads.upload('main', fileuuid);
    assert.equal(uploads().length, 1);
    await rig.uploads.upload('main', other);
    assert.equal(uploads().length, 2, 'another type is another file to Meta');
  });

  it('is reused for 29 days, one less than Meta keeps it', async () => {
    const fileuuid = await rig.stored(someBytes(1_000), 'image/jpeg');
    await rig.uploads.upload('main', fileuuid);
    await rig.host.clock.advance(29 * DAY_MS - 60_000);
    assert.equal((await rig.uploads.resolve('main', image(fileuuid))).result, 'ready');
    await rig.host.clock.advance(120_000);
    assert.equal((await rig.uploads.resolve('main', image(fileuuid))).result, 'not_uploaded');
  });

  it('fills in every file of a message, however deep', async () => {
    const files = [await rig.stored(someBytes(10), 'image/jpeg'), await rig.stored(someBytes(11), 'image/jpeg')];
    const cards = files.map((fileuuid, index) => ({
      card_index: index,
      header: { type: 'image', image: { fileuuid } },
    }));
    const message = { type: 'interactive', interactive: { type: 'carousel', action: { cards } } };
    for (const fileuuid of files) {
      assert.deepEqual(await rig.uploads.resolve('main', message), { result: 'not_uploaded', fileuuid });
      await rig.uploads.upload('main', fileuuid);
    }
    const resolved = await rig.uploads.resolve('main', message);
    assert.ok(resolved.result === 'ready');
    assert.deepEqual(JSON.stringify(resolved.message).match(/"id":"[^"]+"/g), ['"id":"upload.1"', '"id":"upload.2"']);
  });

  it('leaves alone what the author of a flow calls fileuuid', async () => {
    const fileuuid = await rig.stored(someBytes(10), 'image/jpeg');
    await rig.uploads.upload('main', fileuuid);
    const data = { photo: { fileuuid: 'of the author' }, image: { fileuuid } };
    const message = {
      type: 'interactive',
      interactive: {
        type: 'flow',
        header: { type: 'image', image: { fileuuid } },
        action: { name: 'flow', parameters: { flow_action_payload: { screen: 'A', data } } },
      },
    };
    const resolved = await rig.uploads.resolve('main', message);
    assert.ok(resolved.result === 'ready');
    const { header, action } = resolved.message['interactive'] as typeof message.interactive;
    assert.deepEqual(header, { type: 'image', image: { id: 'upload.1' } });
    assert.deepEqual(action, message.interactive.action);
    assert.deepEqual(message.interactive.header.image, { fileuuid }, 'the stored message stays as it is');
  });

  it('that Meta refuses is final, with its code; what passes is tried again; what concerns the number halts it', async () => {
    const fileuuid = await rig.stored(someBytes(1_000), 'image/jpeg');
    const final = await told(fileuuid, 400, { code: 100, message: 'Param file must be a file with a supported type' });
    assert.ok(final?.result === 'rejected');
    assert.deepEqual([final.problem.code, final.problem.provider_code], ['media_refused', 100]);
    assert.match(final.problem.message, /parcel\.jpg.*image\/jpeg, 1000 bytes.*supported type/);
    assert.equal((await told(fileuuid, 400, { code: 80007, message: 'slow' }))?.result, 'retry');
    assert.equal((await told(fileuuid, 500, { code: 131000, message: 'went wrong' }))?.result, 'retry');
    assert.equal((await told(fileuuid, 401, { code: 190, message: 'token' }))?.result, 'halt');
    rig.graph.script = () => ({ status: 413, body: '<html>too large' });
    assert.equal((await rig.uploads.upload('main', fileuuid))?.result, 'rejected');
    rig.graph.script = () => json(200, {});
    assert.equal((await rig.uploads.upload('main', fileuuid))?.result, 'retry');
    await rig.graph.stop();
    const unreachable = await rig.uploads.upload('main', fileuuid);
    assert.ok(unreachable?.result === 'retry' && unreachable.problem.code === 'provider_unreachable');
    await rig.graph.start();
  });

  it('of a file that was removed is final', async () => {
    const fileuuid = await rig.stored(someBytes(1_000), 'image/jpeg');
    await rig.files.remove(fileuuid);
    assert.deepEqual(await rig.uploads.resolve('main', image(fileuuid)), { result: 'no_file', fileuuid });
    const outcome = await rig.uploads.upload('main', fileuuid);
    assert.ok(outcome?.result === 'rejected' && outcome.problem.code === 'file_unknown');
  });

  it('may be forgotten by Meta: an old id is let go, a new one is not', async () => {
    const fileuuid = await rig.stored(someBytes(1_000), 'image/jpeg');
    await rig.uploads.upload('main', fileuuid);
    assert.deepEqual(await rig.uploads.forgetOld('main', [fileuuid]), []);
    await rig.host.clock.advance(DAY_MS);
    assert.deepEqual(await rig.uploads.forgetOld('main', [fileuuid]), [fileuuid]);
    assert.equal((await rig.uploads.resolve('main', image(fileuuid))).result, 'not_uploaded');
    await rig.uploads.upload('main', fileuuid);
    const [write] = await rig.uploads.forgetting('main', image(fileuuid));
    assert.ok(write?.[0] === 'DEL' && (await rig.host.redis.client.exists(write[1])) === 1);
  });

  it('ends with the program, and is tried again by the next one', async () => {
    const fileuuid = await rig.stored(someBytes(1_000), 'image/jpeg');
    rig.graph.script = () => ({ status: 200, body: endless() });
    const upload = rig.uploads.upload('main', fileuuid);
    await rig.client.close();
    assert.equal((await upload)?.result, 'retry');
  });
});

async function* endless(): AsyncGenerator<Buffer> {
  yield Buffer.from('{');
  await new Promise(() => {});
}

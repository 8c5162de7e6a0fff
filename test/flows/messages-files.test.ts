import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

const SAMPLE = readFileSync('config/templates/messages.yaml', 'utf8');
const CLIENT = '27825550100';
/** One pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const bytes = (length: number) => new Uint8Array(randomBytes(length));

describe('Files both ways', () => {
  let host: StoryHost;
  let stubref: string;
  before(async () => {
    host = await StoryHost.start({ messages: SAMPLE });
    stubref = await host.newStub('messages', `+${CLIENT}`);
    await host.clientSays(CLIENT, { text: 'Hello', name: 'Thandi' });
    await host.run(stubref, 'send_text');
    await host.untilArrived(CLIENT, 1);
  });
  after(() => host.stop());

  const send = (fileuuid: string, action = 'send_file', message = '') =>
    host.run(stubref, action, { message, data: { files: [fileuuid] } });

  /** Sends a stored file; the message that then arrives. */
  async function shown(fileuuid: string, action?: string, message?: string) {
    const before = (await host.arrived(CLIENT)).length;
    await send(fileuuid, action, message);
    return host.untilNewest(CLIENT, before + 1);
  }

  /** What the client sees when opening the file. */
  const opened = async (id: string) =>
    Buffer.from(await (await fetch(`${host.url}/emulator/media/${id}`)).arrayBuffer());

  /** The client sends a file; the entry in the stub's log. */
  async function received(media: object) {
    const known = (await host.posts(stubref)).length;
    await host.clientSays(CLIENT, { media });
    return (await host.untilPosts(stubref, known + 1)).at(-1);
  }

  it('a picture arrives with its caption, and a second one of the same file is not uploaded again', async () => {
    const fileuuid = await host.upload(new Uint8Array(PNG), 'box.png', 'image/png');
    const first = await shown(fileuuid, 'send_file', 'Your parcel');
    const { id, ...rest } = first.payload.image;
    assert.deepEqual([first.type, first.text, rest], ['image', 'Your parcel', { caption: 'Your parcel' }]);
    assert.deepEqual(await opened(id), PNG);
    const second = await shown(fileuuid, 'send_file', 'The same again');
    assert.equal(second.payload.image.id, id);
    assert.equal((await host.calls('/media')).length, 1);
  });

  it('a document arrives under its name, a recording as a voice note, a webp as a sticker', async () => {
    const content = bytes(40_000);
    const letter = await shown(
      await host.upload(content, 'Lieferschein Ä.pdf', 'application/pdf'),
      'send_file',
      'Sign it',
    );
    assert.equal(letter.payload.document.filename, 'Lieferschein Ä.pdf');
    assert.equal(letter.text, 'Sign it');
    assert.deepEqual(await opened(letter.payload.document.id), Buffer.from(content));
    const spoken = await shown(await host.upload(bytes(900), 'note.ogg', 'audio/ogg'));
    assert.equal(spoken.payload.audio.voice, true);
    const sticker = await shown(await host.upload(bytes(900), 'hi.webp', 'image/webp'), 'send_sticker');
    assert.equal(sticker.type, 'sticker');
    assert.deepEqual(Object.keys(sticker.payload.sticker), ['id']);
  });

  it('what WhatsApp would not take as that kind of media is refused with the reason, and nothing is sent', async () => {
    const before = (await host.arrived(CLIENT)).length;
    const { stubpostuuid } = await send(await host.upload(bytes(900), 'hi.png', 'image/png'), 'send_sticker');
    const delivery = await host.untilDelivery(stubpostuuid, 'failed');
    const { error } = delivery.history.at(-1);
    assert.equal(error.code, 'media_unfit');
    assert.match(error.message, /is image\/png; WhatsApp takes image\/webp as sticker/);
    const unknown = await host.ask(
      'POST',
      `/api/stubs/${stubref}/actions/send_file?wait=30000`,
      { data: { files: ['8a3f6f0e-0000-4000-8000-000000000000'] } },
      404,
    );
    assert.match(unknown.error.message, /8a3f6f0e-0000-4000-8000-000000000000/);
    assert.equal((await host.arrived(CLIENT)).length, before);
  });

  const kinds = [
    { name: 'a photo', message: 'the gate', does: { kind: 'image', caption: 'the gate' }, type: 'image/jpeg' },
    { name: 'a voice note', message: '[voice message]', does: { kind: 'audio', voice: true }, type: 'audio/ogg' },
    { name: 'a document', message: '[document] Über.pdf', does: { kind: 'document', filename: 'Über.pdf' }, type: 'application/pdf' },
    { name: 'a film', message: '[video]', does: { kind: 'video' }, type: 'video/mp4' },
    { name: 'a sticker', message: '[sticker]', does: { kind: 'sticker' }, type: 'image/webp' },
  ]; // biome-ignore format: a table reads best
  for (const { name, message, does, type } of kinds) {
    it(`${name} of the client’s is attached to the stubpost, and can be had again byte by byte`, async () => {
      const content = Buffer.from(bytes(30_000));
      const post = await received({ ...does, file: content.toString('base64') });
      assert.equal(post.message, message);
      const [file, ...more] = post.attachments;
      assert.deepEqual(more, []);
      assert.ok(file.contentType.startsWith(type), file.contentType);
      assert.equal(file.size, content.length);
      if ('filename' in does) assert.equal(file.originalname, does.filename);
      assert.deepEqual(await host.download(file.fileuuid), content);
    });
  }

  it('pictures with words between them stand in the log as the client wrote them', async () => {
    const known = (await host.posts(stubref)).length;
    const file = Buffer.from(bytes(200_000)).toString('base64');
    const said = ['first', 'one', 'second', 'two', 'third'];
    for (const [at, words] of said.entries())
      await host.clientSays(
        CLIENT,
        at % 2 === 0 ? { media: { kind: 'image', caption: words, file } } : { text: words },
      );
    const posts = (await host.untilPosts(stubref, known + said.length)).slice(known);
    assert.deepEqual(
      posts.map(({ message, attachments }) => [message, attachments.length]),
      said.map((words, at) => [words, at % 2 === 0 ? 1 : 0]),
    );
  });

  it('a picture that takes long to come answers the question that it was sent for, and the words behind it go on', async () => {
    const other = await host.newStub('messages', `+${CLIENT}`);
    await host.run(other, 'ask_location');
    await until('the nextreply', async () => (await host.conversation(CLIENT)).nextreply?.stubref === other);
    const known = (await host.posts(stubref)).length;
    await host.fault({ kind: 'latency', ms: 700, on: 'media', times: 1 });
    const file = Buffer.from(bytes(5_000)).toString('base64');
    await host.clientSays(CLIENT, { media: { kind: 'image', caption: 'here', file } });
    await host.clientSays(CLIENT, { text: 'do you see it?' });
    const answer = (await host.untilPosts(other, 3)).at(-1);
    assert.deepEqual([answer.message, answer.attachments.length], ['here', 1]);
    assert.equal((await host.untilPosts(stubref, known + 1)).at(-1).message, 'do you see it?');
  });

  it('what the client has sent can be sent on', async () => {
    const content = Buffer.from(bytes(5_000));
    const post = await received({ kind: 'document', filename: 'map.pdf', file: content.toString('base64') });
    const { document } = (await shown(post.attachments[0].fileuuid)).payload;
    assert.equal(document.filename, 'map.pdf');
    assert.deepEqual(await opened(document.id), content);
  });

  it('a file is uploaded for each number that sends it', async () => {
    await host.clientSays(CLIENT, { text: 'Hello', profile: 'second' });
    await until(
      'the other window',
      async () => (await host.conversation(CLIENT, 'second').catch(() => undefined))?.window.open,
    );
    const fileuuid = await host.upload(new Uint8Array([37, 80, 68, 70]), 'terms.pdf', 'application/pdf');
    const platforms = { meta_whatsapp: { message_type: 'media', params: { media: { files: fileuuid } } } };
    const ids = [];
    for (const profile of ['main', 'second', 'main']) {
      const before = (await host.arrived(CLIENT)).length;
      await host.ask('POST', '/api/send', { to: CLIENT, profile, platforms }, 202);
      ids.push((await host.untilNewest(CLIENT, before + 1)).payload.document.id);
    }
    assert.equal(ids[0], ids[2]);
    assert.notEqual(ids[0], ids[1]);
  });

  it('after 30 days Meta has thrown the upload away: the file is uploaded anew', async () => {
    const fileuuid = await host.upload(bytes(900), 'route.pdf', 'application/pdf');
    const { id } = (await shown(fileuuid)).payload.document;
    await host.wait(31 * 24);
    await host.clientSays(CLIENT, { text: 'Hello again' });
    await until('the window', async () => (await host.conversation(CLIENT)).window.open);
    const again = (await shown(fileuuid)).payload.document;
    assert.notEqual(again.id, id);
    assert.equal((await opened(again.id)).length, 900);
  });
});

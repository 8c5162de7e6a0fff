import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { EmulatorRig, type Json, NUMBER_ID, Receiver } from './whatsapp-emulator-rig.js';

const CLIENT = '27825550101';
const TO = `+${CLIENT}`;
const TOKEN = 'token-of-main';
const MIB = 1_048_576;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

interface Upload {
  readonly type?: string;
  readonly bytes?: Uint8Array;
  readonly fields?: { readonly [name: string]: string };
  readonly file?: boolean;
}

/** A WebP file of so many bytes, in the extended format. */
function webp(bytes: number, animated: boolean): Uint8Array {
  const file = new Uint8Array(bytes);
  file.set(Buffer.from('RIFF....WEBPVP8X........', 'latin1'));
  file[20] = animated ? 0x02 : 0;
  return file;
}

describe('whatsapp_emulator: media', () => {
  const receiver = new Receiver();
  let rig: EmulatorRig;

  before(async () => {
    rig = await EmulatorRig.start(await receiver.start(), { config: { media_kept_mb: 40 } });
    await rig.as(CLIENT, { text: 'Hello' });
  });
  afterEach(() => rig.call('DELETE', '/emulator/faults'));
  after(async () => {
    await rig.stop();
    await receiver.stop();
  });

  async function upload({ type = 'image/png', bytes = new Uint8Array([1, 2, 3]), fields, file = true }: Upload = {}) {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields ?? { messaging_product: 'whatsapp', type }))
      form.set(name, value);
    if (file) form.set('file', new Blob([new Uint8Array(bytes)], { type }), 'a file');
    const answer = await fetch(`${rig.url}/emulator/graph/v25.0/${NUMBER_ID}/media`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}` },
      body: form,
    });
    // biome-ignore lint/suspicious/noExplicitAny: answers are asserted, not typed
    return { status: answer.status, body: (await answer.json()) as any };
  }
  const uploaded = async (what: Upload = {}): Promise<string> => {
    const { status, body } = await upload(what);
    assert.equal(status, 200, JSON.stringify(body));
    return body.id;
  };
  const refused = async (code: number, what: Upload, message?: RegExp) => {
    const { body } = await upload(what);
    assert.equal(body.error?.code, code, JSON.stringify(body));
    if (message) assert.match(JSON.stringify(body.error), message);
  };
  const look = (id: string) => rig.graph('GET', `/${id}?phone_number_id=${NUMBER_ID}`);
  const download = (url: string, token: string | undefined = TOKEN) =>
    fetch(url, { redirect: 'manual', ...(token && { headers: { authorization: `Bearer ${token}` } }) });
  const advance = (advance_ms: number) => rig.call('POST', '/emulator/clock', { advance_ms });

  it('gives an upload back byte for byte, by a link that lasts 5 minutes', async () => {
    const bytes = new Uint8Array(300_000).map((_, at) => at % 251);
    const id = await uploaded({ type: 'image/jpeg', bytes });
    assert.match(id, /^\d{15}$/);
    const { body } = await look(id);
    const { url, ...rest } = body;
    assert.deepEqual(rest, {
      messaging_product: 'whatsapp',
      mime_type: 'image/jpeg',
      sha256: createHash('sha256').update(bytes).digest('hex'),
      file_size: bytes.length,
      id,
    });
    const answer = await download(url);
    assert.equal(answer.headers.get('content-type'), 'image/jpeg');
    assert.deepEqual(new Uint8Array(await answer.arrayBuffer()), bytes);
    assert.equal((await download(url, '')).status, 401);
    assert.equal((await download(url, 'wrong')).status, 401);
    assert.equal((await download(url.replace(/hash=.../, 'hash=abc'))).status, 404);
    await advance(5 * MINUTE_MS);
    assert.equal((await download(url)).status, 404);
    assert.equal((await download((await look(id)).body.url)).status, 200);
  });

  it('refuses a form that breaks off or has no usable boundary, and still plays', async () => {
    const file =
      '--b\r\ncontent-disposition: form-data; name="file"; filename="a"\r\ncontent-type: image/png\r\n\r\nabc';
    for (const [boundary, body] of [
      ['x'.repeat(5_000), 'x'],
      ['', 'x'],
      ['b', 'x'],
      ['b', file],
    ] as const) {
      const answer = await fetch(`${rig.url}/emulator/graph/v25.0/${NUMBER_ID}/media`, {
        method: 'POST',
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': `multipart/form-data; boundary=${boundary}` },
        body,
      });
      const { error } = JSON.parse(await answer.text());
      assert.deepEqual([answer.status, error.code], [400, 100], `${boundary.slice(0, 5)} ${body}`);
    }
    await uploaded();
  });

  it('asks for product, file, and a type that is the file’s', async () => {
    await refused(100, { fields: {} }, /messaging_product is required/);
    await refused(100, { fields: { messaging_product: 'facebook' } });
    await refused(100, { file: false }, /file is required/);
    await refused(100, { fields: { messaging_product: 'whatsapp', type: 'video/mp4' } }, /type is video/);
    await refused(100, { bytes: new Uint8Array() }, /empty/);
    await refused(100, { type: 'application/zip' }, /one of the following types.*application\/pdf/);
    const json = await rig.graph('POST', `/${NUMBER_ID}/media`, { messaging_product: 'whatsapp' });
    assert.equal(json.body.error.code, 100);
    await uploaded({ fields: { messaging_product: 'whatsapp' } });
  });

  for (const [type, most] of [
    ['image/png', 5 * MIB],
    ['video/mp4', 16 * MIB],
    ['audio/ogg', 16 * MIB],
    ['image/webp', 500 * 1024],
  ] as const)
    it(`takes ${most} bytes of ${type}, and not one more`, async () => {
      await uploaded({ type, bytes: new Uint8Array(most) });
      await refused(131053, { type, bytes: new Uint8Array(most + 1) }, /at most/);
    });

  it('sends what was uploaded, until it is deleted', async () => {
    const id = await uploaded();
    const sent = await rig.send(TO, { image: { id, caption: 'The box' } });
    assert.equal(sent.status, 200);
    assert.equal((await rig.chat(CLIENT)).at(-1)!.status, 'delivered');
    assert.deepEqual((await rig.graph('DELETE', `/${id}`)).body, { success: true });
    assert.equal((await rig.send(TO, { image: { id } })).body.error.code, 131009);
    assert.equal((await look(id)).body.error.error_subcode, 33);
    assert.equal((await rig.graph('GET', `/${await uploaded()}?phone_number_id=1`)).body.error.error_subcode, 33);
  });

  it('fails later what cannot be shown as what it was sent as', async () => {
    const later = async (content: Json) => {
      assert.equal((await rig.send(TO, content)).status, 200);
      return (await rig.chat(CLIENT)).at(-1)!.status;
    };
    const png = await uploaded();
    const mp3 = await uploaded({ type: 'audio/mpeg' });
    const ogg = await uploaded({ type: 'audio/ogg' });
    assert.equal(await later({ video: { id: png } }), 'failed');
    assert.equal(await later({ document: { id: png, filename: 'a.png' } }), 'delivered');
    assert.equal(await later({ audio: { id: mp3 } }), 'delivered');
    assert.equal(await later({ audio: { id: mp3, voice: true } }), 'failed');
    assert.equal(await later({ audio: { id: ogg, voice: true } }), 'delivered');
    const sticker = async (bytes: number, animated: boolean) =>
      later({ sticker: { id: await uploaded({ type: 'image/webp', bytes: webp(bytes, animated) }) } });
    assert.equal(await sticker(100 * 1024, false), 'delivered');
    assert.equal(await sticker(100 * 1024 + 1, false), 'failed');
    assert.equal(await sticker(500 * 1024, true), 'delivered');
  });

  it('forgets an upload after 30 days, and the oldest when there is too much', async () => {
    const first = await uploaded();
    await advance(29 * DAY_MS);
    assert.equal((await look(first)).status, 200);
    const second = await uploaded();
    await advance(DAY_MS);
    assert.equal((await look(first)).body.error.error_subcode, 33);
    assert.equal((await look(second)).status, 200);
    for (let count = 0; count < 3; count++) await uploaded({ type: 'video/mp4', bytes: new Uint8Array(16 * MIB) });
    assert.equal((await look(second)).body.error.error_subcode, 33);
  });

  it('strikes uploads and downloads with faults that ask for media only', async () => {
    const id = await uploaded();
    const { url } = (await look(id)).body;
    const fault = (body: Json) => rig.call('POST', '/emulator/faults', { times: 1, ...body });
    await fault({ kind: 'error_code', code: 131016, on: 'media' });
    await rig.as(CLIENT, { text: 'Here again' });
    assert.equal((await rig.text(TO, 'Struck by nothing')).status, 200);
    await refused(131016, {});
    await fault({ kind: 'http_error', status: 502, body: 'html', on: 'media' });
    assert.equal((await download(url)).status, 502);
    await fault({ kind: 'drop_answer', on: 'media' });
    await assert.rejects(download(url));
    await fault({ kind: 'media_redirect', to: 'http://127.0.0.1:9/elsewhere' });
    const redirect = await download(url);
    assert.deepEqual([redirect.status, redirect.headers.get('location')], [302, 'http://127.0.0.1:9/elsewhere']);
    assert.equal((await download(url)).status, 200);
  });
});

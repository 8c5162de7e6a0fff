import assert from 'node:assert/strict';
import { built } from './message-rig.js';

const FILE = '11111111-1111-4111-8111-111111111111';
const KB = 1_024;
const MB = 1_024 * KB;

const send = (contentType: string, params: object = {}, size = 100) =>
  built('media', { files: [FILE], ...params }, { files: [{ fileuuid: FILE, contentType, size }] });

async function payloadOf(contentType: string, params: object = {}, size = 100) {
  const message = await send(contentType, params, size);
  assert.ok(message.ok, JSON.stringify(message));
  return { payload: message.payload, warnings: message.warnings ?? [] };
}

async function refusalOf(contentType: string, params: object = {}, size = 100): Promise<string> {
  const message = await send(contentType, params, size);
  assert.ok(!message.ok);
  assert.equal(message.problem.code, 'media_unfit');
  return message.problem.message;
}

describe('message type media: the kind', () => {
  const kinds: readonly (readonly [contentType: string, kind: string])[] = [
    ['image/jpeg', 'image'],
    ['image/png', 'image'],
    ['IMAGE/PNG; q=1', 'image'],
    ['image/gif', 'document'],
    ['image/svg+xml', 'document'],
    ['image/webp', 'sticker'],
    ['video/mp4', 'video'],
    ['video/3gpp', 'video'],
    ['video/quicktime', 'document'],
    ['audio/aac', 'audio'],
    ['audio/amr', 'audio'],
    ['audio/mpeg', 'audio'],
    ['audio/mp4', 'audio'],
    ['audio/ogg', 'audio'],
    ['audio/ogg; codecs=opus', 'audio'],
    ['audio/ogg; codecs="opus"', 'audio'],
    ['audio/ogg; codecs=vorbis', 'document'],
    ['audio/wav', 'document'],
    ['application/pdf', 'document'],
    ['text/plain', 'document'],
  ];
  for (const [contentType, kind] of kinds)
    it(`${contentType} goes out as ${kind}`, async () =>
      assert.equal((await payloadOf(contentType)).payload['type'], kind));

  it('only ogg with opus is a voice note', async () => {
    assert.deepEqual((await payloadOf('audio/ogg; codecs=opus')).payload['audio'], { fileuuid: FILE, voice: true });
    assert.deepEqual((await payloadOf('audio/mpeg')).payload['audio'], { fileuuid: FILE });
  });

  it('can be another one that takes the file', async () => {
    const { payload } = await payloadOf('image/jpeg', { kind: 'document' });
    assert.deepEqual(payload, { type: 'document', document: { fileuuid: FILE } });
  });

  it('that does not take the file is refused with what it takes and what to do', async () => {
    const said = await refusalOf('image/gif', { kind: 'image' });
    assert.match(said, /^image: the file 1111.* is image\/gif; WhatsApp takes image\/jpeg, image\/png as image\./);
    assert.match(said, /write kind: document/);
  });
});

describe('message type media: captions and names', () => {
  for (const contentType of ['audio/mpeg', 'image/webp']) {
    it(`a caption under ${contentType} is left out with a note`, async () => {
      const { payload, warnings } = await payloadOf(contentType, { caption: 'words' });
      assert.ok(!JSON.stringify(payload).includes('words'));
      assert.match(warnings.join(), /^The caption was left out: WhatsApp shows none under (audio|sticker)\.$/);
    });
  }

  it('an empty caption is none', async () => {
    assert.deepEqual((await payloadOf('image/png', { caption: '' })).payload['image'], { fileuuid: FILE });
    assert.deepEqual((await payloadOf('audio/mpeg', { caption: '' })).warnings, []);
  });
});

describe('message type media: sizes', () => {
  const sizes: readonly (readonly [contentType: string, kind: string, maxBytes: number])[] = [
    ['image/png', 'image', 5 * MB],
    ['video/mp4', 'video', 16 * MB],
    ['audio/mpeg', 'audio', 16 * MB],
    ['application/pdf', 'document', 100 * MB],
    ['image/webp', 'sticker', 500 * KB],
  ];
  for (const [contentType, kind, maxBytes] of sizes) {
    it(`${kind} takes ${maxBytes} bytes and not one more`, async () => {
      await payloadOf(contentType, {}, maxBytes);
      const said = await refusalOf(contentType, {}, maxBytes + 1);
      assert.ok(said.includes(`has ${maxBytes + 1} bytes; WhatsApp takes up to ${maxBytes} bytes as ${kind}`), said);
      assert.equal(said.includes('kind: document'), kind !== 'document');
    });
  }

  it('a sticker over 100 KB is noted: it has to be animated', async () => {
    assert.deepEqual((await payloadOf('image/webp', {}, 100 * KB)).warnings, []);
    assert.match((await payloadOf('image/webp', {}, 100 * KB + 1)).warnings.join(), /takes animated ones only/);
  });

  it('an empty file is refused', async () => assert.match(await refusalOf('text/plain', {}, 0), /is empty/));
});

describe('message types with media of ours in them', () => {
  const world = {
    files: [
      { fileuuid: FILE, contentType: 'image/jpeg', size: 10, originalname: 'gate.jpg' },
      { fileuuid: 'paper', contentType: 'application/pdf', size: 10, originalname: 'bill.pdf' },
    ],
  };
  const withHeader = (header: object) =>
    built('cta_url', { body: 'x', display_text: 'x', url: 'https://a.b', header }, world);

  it('a file that is not there is refused where it is named', async () => {
    const media = await built('media', { files: ['gone'] });
    assert.ok(!media.ok);
    assert.equal(media.problem.code, 'file_unknown');
    assert.match(media.problem.message, /^params\.media\.files: there is no file gone/);
    const header = await withHeader({ type: 'image', image: { fileuuid: 'gone' } });
    assert.ok(!header.ok && header.problem.code === 'file_unknown');
    assert.match(header.problem.message, /^interactive\.header\.image:/);
  });

  it('a header’s file is held against its kind, and a document gets its name', async () => {
    const wrong = await withHeader({ type: 'video', video: FILE });
    assert.ok(!wrong.ok && wrong.problem.code === 'media_unfit');
    assert.match(
      wrong.problem.message,
      /^interactive\.header\.video: .*image\/jpeg; WhatsApp takes video\/mp4, video\/3gpp/,
    );
    const right = await withHeader({ type: 'document', document: { fileuuid: 'paper', size: 10 } });
    assert.ok(right.ok);
    const { header } = right.payload['interactive'] as { header: unknown };
    assert.deepEqual(header, { type: 'document', document: { fileuuid: 'paper', filename: 'bill.pdf' } });
  });

  it('raw takes files of ours, checked like any other', async () => {
    const right = await built('raw', { type: 'image', image: { fileuuid: FILE, caption: 'x' } }, world);
    assert.ok(right.ok);
    const wrong = await built('raw', { type: 'video', video: { fileuuid: FILE } }, world);
    assert.ok(!wrong.ok && wrong.problem.code === 'media_unfit');
  });

  it('data of a flow is the author’s own, whatever its keys', async () => {
    const data = { image: { fileuuid: 'gone' } };
    const params = { body: 'x', flow_id: '1', flow_cta: 'x', flow_action_payload: { screen: 'A', data } };
    assert.ok((await built('flow', params, world)).ok);
  });
});

describe('message type media: links and names', () => {
  const LINK = 'https://example.org/a.pdf';
  const payload = async (type: string, params: object) => {
    const message = await built(type, params, {
      files: [{ fileuuid: FILE, contentType: 'application/pdf', size: 100, originalname: 'stored.pdf' }],
    });
    assert.ok(message.ok, JSON.stringify(message));
    return message.payload;
  };

  it('a link goes out as the kind that is asked for, with its caption', async () => {
    assert.deepEqual(await payload('media', { files: { link: LINK }, kind: 'image', caption: 'Look' }), {
      type: 'image',
      image: { link: LINK, caption: 'Look' },
    });
    assert.deepEqual(await payload('media', { files: LINK, kind: 'video' }), { type: 'video', video: { link: LINK } });
    assert.deepEqual(await payload('media', { files: [{ id: '4711' }], kind: 'audio', caption: 'x' }), {
      type: 'audio',
      audio: { id: '4711' },
    });
  });

  it('a document has the name that is given, else that of its file', async () => {
    assert.deepEqual(await payload('media', { files: { link: LINK, filename: 'Invoice.pdf' }, kind: 'document' }), {
      type: 'document',
      document: { link: LINK, filename: 'Invoice.pdf' },
    });
    assert.deepEqual(await payload('media', { files: { fileuuid: FILE, filename: 'Invoice.pdf' } }), {
      type: 'document',
      document: { fileuuid: FILE, filename: 'Invoice.pdf' },
    });
    const object = { fileuuid: FILE, filename: 'on-disk', originalname: 'stored.pdf', contentType: 'application/pdf' };
    assert.deepEqual(await payload('media', { files: object }), {
      type: 'document',
      document: { fileuuid: FILE, filename: 'stored.pdf' },
    });
  });

  it('a document in a header has the name that is given, in each message that takes one', async () => {
    const header = { type: 'document', document: { link: LINK, filename: 'Invoice.pdf' } };
    const rest = { body: 'x' };
    for (const [type, params] of [
      ['buttons', { buttons: [{ id: 'a', title: 'A' }] }],
      ['cta_url', { display_text: 'x', url: LINK }],
      ['flow', { flow_id: '1', flow_cta: 'x' }],
    ] as const) {
      const { interactive } = (await payload(type, { ...rest, ...params, header })) as {
        readonly interactive: { readonly header: object };
      };
      assert.deepEqual(interactive.header, header, type);
    }
    const stored = { type: 'document', document: { fileuuid: FILE } };
    const { interactive } = (await payload('buttons', {
      ...rest,
      buttons: [{ id: 'a', title: 'A' }],
      header: stored,
    })) as { readonly interactive: { readonly header: object } };
    assert.deepEqual(interactive.header, {
      type: 'document',
      document: { fileuuid: FILE, filename: 'stored.pdf' },
    });
  });
});

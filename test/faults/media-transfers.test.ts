import assert from 'node:assert/strict';
import type { ActorKind, Decision, Letter, Turn } from '../../core/contract/actor-kind.js';
import type { Delivery } from '../../core/contract/channel.js';
import { deliveryWrites, readDelivery, type StoredDelivery } from '../../core/notification/delivery.js';
import { LanePauses } from '../../core/notification/lane-pauses.js';
import { SendLaneActor } from '../../core/notification/send-lane-actor.js';
import { QueuePace } from '../../core/queue/queue-pace.js';
import type { FetchLetter, MediaDoneLetter, MediaOutcome } from '../../plugins/meta_whatsapp/media/incoming-media.js';
import { IncomingMediaActor } from '../../plugins/meta_whatsapp/media/incoming-media-actor.js';
import { MediaUploadActor } from '../../plugins/meta_whatsapp/media/media-upload-actor.js';
import { log, MediaRig, someBytes } from '../plugins/media-rig.js';
import { json } from '../support/fake-media-graph.js';
import { until } from '../support/until.js';

const LANE = 'whatsapp-send-main';
const UPLOAD = 'whatsapp-media-upload';

/** The channel's lanes and its uploads, as the program has them. */
function sendingKinds(rig: MediaRig) {
  const { redis, keys, clock, queues } = rig.base;
  const channel = rig.channel();
  const pace = new QueuePace(queues, redis, keys);
  const pauses = new LanePauses(queues, pace, redis, keys, clock, log);
  const services = { redis, keys, clock, pauses, pace, log };
  return [
    ...channel.lanes.map((group) => new SendLaneActor(channel, group, services)),
    new MediaUploadActor(rig.uploads),
  ];
}

describe('Files on their way to clients', () => {
  let rig: MediaRig;
  let made: number;
  beforeEach(async () => {
    made = 0;
    rig = await MediaRig.open(sendingKinds);
  });
  afterEach(() => rig.close());

  const image = (fileuuid: string) => ({ type: 'image', image: { fileuuid } });
  const text = (body: string) => ({ type: 'text', text: { body } });
  const stored = async (id: string): Promise<StoredDelivery> =>
    readDelivery(await rig.base.redis.client.hgetall(rig.base.keys.delivery(id)))!;
  const untilStatus = (id: string, status: string) =>
    until(`${id} is ${status}`, async () => (await stored(id)).status === status);
  const sent = () =>
    rig.graph.heard.filter(({ path }) => path.endsWith('/messages')).map((one) => JSON.parse(one.text));
  const uploads = () => rig.graph.count('POST', /\/media$/);

  async function give(to: string, message: Delivery['message']): Promise<string> {
    made += 1;
    const id = `d${made}`;
    const delivery: Delivery = {
      v: 1,
      id,
      channel: 'meta_whatsapp',
      profile: 'main',
      to,
      message,
      options: {},
      show_all_statuses: false,
      created_at: new Date().toISOString(),
    };
    const { redis, keys } = rig.base;
    for (const [command, ...args] of deliveryWrites(keys, delivery, { status: 'queued', at: delivery.created_at }))
      await redis.client.call(command, ...args.map(String));
    await rig.host.mail.tell([
      { to: { kind: LANE, id: to }, id: `deliver:${id}`, body: { type: 'deliver', delivery: id } },
    ]);
    return id;
  }

  it('a slow upload holds back its own client’s messages only, and is one for all who get the file', async () => {
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    rig.graph.script = ({ path }) =>
      path.endsWith('/media') ? { status: 200, body: after(gate, '{"id":"upload.slow"}') } : undefined;
    const fileuuid = await rig.stored(someBytes(900_000), 'image/jpeg');
    await rig.host.start();
    const first = [await give('27820000001', image(fileuuid)), await give('27820000001', text('after it'))];
    const second = await give('27820000002', image(fileuuid));
    await until('the upload', () => uploads() === 1);
    await untilStatus(await give('27820000003', text('meanwhile')), 'accepted');
    await until('rest, in which it can be cancelled', async () => (await stored(first[0]!)).resting);
    open();
    for (const id of [...first, second]) await untilStatus(id, 'accepted');
    assert.equal(uploads(), 1);
    const toFirst = sent().filter(({ to }) => to === '+27820000001');
    assert.deepEqual(
      toFirst.map(({ type, image }) => [type, image?.id]),
      [
        ['image', 'upload.slow'],
        ['text', undefined],
      ],
    );
  });

  it('an upload that fails is tried again by its lane; one that Meta refuses fails the delivery with Meta’s code', async () => {
    const fileuuid = await rig.stored(someBytes(1_000), 'image/jpeg');
    rig.graph.script = ({ path }) =>
      path.endsWith('/media') && uploads() === 1 ? { status: 503, body: '' } : undefined;
    await rig.host.start();
    const retried = await give('27820000001', image(fileuuid));
    await untilStatus(retried, 'accepted');
    assert.equal(uploads(), 2);
    rig.graph.script = ({ path }) =>
      path.endsWith('/media') ? json(400, { error: { code: 100, message: 'unsupported type' } }) : undefined;
    const refused = await give('27820000001', image(await rig.stored(someBytes(1_000), 'image/jpeg')));
    await untilStatus(refused, 'failed');
    const { code, provider_code } = (await stored(refused)).failure!.error!;
    assert.deepEqual([code, provider_code], ['media_refused', 100]);
    const gone = await give('27820000001', image('f0000000-0000-4000-8000-00000000dead'));
    await untilStatus(gone, 'failed');
    assert.equal((await stored(gone)).failure!.error!.code, 'file_unknown');
    assert.equal(sent().length, 1);
  });

  it('a file that Meta has forgotten is uploaded anew and its message sent once', async () => {
    const fileuuid = await rig.stored(someBytes(1_000), 'image/jpeg');
    await rig.uploads.upload('main', fileuuid);
    await rig.base.clock.advance(20 * 86_400_000);
    const details = "Param image['id'] is not a valid whatsapp business account media attachment ID";
    rig.graph.script = ({ text: body }) =>
      body.includes('"upload.1"')
        ? json(400, { error: { code: 100, message: '(#100) Invalid parameter', error_data: { details } } })
        : undefined;
    await rig.host.start();
    await untilStatus(await give('27820000001', image(fileuuid)), 'accepted');
    assert.deepEqual(
      sent().map(({ image: { id } }) => id),
      ['upload.1', 'upload.2'],
    );
  });

  it('a process that dies in an upload has sent nothing: another one uploads, and the message goes out once', async () => {
    const fileuuid = await rig.stored(someBytes(1_000), 'image/jpeg');
    const id = await give('27820000001', image(fileuuid));
    // The process that died: it had committed the upload as under way, and nothing of how it ended.
    const ref = { kind: UPLOAD, id: `main:${fileuuid}` };
    const lane = { kind: LANE, id: '27820000001' };
    const letter = { id: 'x:prepare', to: ref, body: { type: 'prepare', attempt: 'x', lane } };
    await rig.host.mail.tell([letter]);
    const opened = await rig.host.store.open(ref, 10);
    const record = { v: 1, waiters: [{ attempt: 'x', lane }], isUnderWay: true };
    const call = { id: 'upload:x', task: {} };
    const step = { letterIds: ['x:prepare'], outboxDone: 0, outbox: [{ call }], tells: [], writes: [] };
    await rig.host.store.commit(ref, { ...step, wakeAtMs: undefined, version: opened.version, state: { record } });
    await rig.host.start();
    await untilStatus(id, 'accepted');
    assert.deepEqual([uploads(), sent().length], [1, 1]);
    const { history } = await stored(id);
    assert.ok(history.every(({ error }) => error?.code !== 'unknown_outcome'));
  });
});

/** Stands for a conversation: keeps what it is told. */
class FakeConversation implements ActorKind<{ readonly told: readonly MediaDoneLetter[] }, MediaDoneLetter> {
  readonly kind = 'conversation';
  readonly queue = 'whatsapp-conversations';
  readonly stateVersion = 1;
  initial = () => ({ told: [] });
  decide(
    { state }: Turn<{ readonly told: readonly MediaDoneLetter[] }>,
    { body }: Letter<MediaDoneLetter>,
  ): Decision<{ readonly told: readonly MediaDoneLetter[] }> {
    return { state: { told: [...state.told, body] } };
  }
}

describe('Files on their way from clients', () => {
  const MEDIA = { kind: 'whatsapp-media', id: 'main:4711' };
  const CLIENT = 'main:27825550101';
  const media = { id: '4711', mimeType: 'image/jpeg' };
  const fetchOf = (letter: string): FetchLetter => ({
    type: 'fetch',
    media,
    replyTo: { kind: 'conversation', id: CLIENT },
    letter,
  });
  let rig: MediaRig;

  beforeEach(async () => {
    rig = await MediaRig.open((made) => [new IncomingMediaActor(made.fetcher), new FakeConversation()]);
    rig.graph.media.set('4711', { content: someBytes(5_000), mimeType: 'image/jpeg' });
  });
  afterEach(() => rig.close());

  const ask = (...letters: string[]) =>
    rig.host.mail.tell(letters.map((letter) => ({ to: MEDIA, id: `${CLIENT}:${letter}`, body: fetchOf(letter) })));
  const told = async () => (await rig.host.state<{ told: MediaDoneLetter[] }>('conversation', CLIENT))?.told ?? [];
  const untilTold = (count: number) =>
    until(`${count} answers`, async () => {
      const letters = await told();
      return letters.length >= count && letters;
    });
  const outcomeOf = (letters: readonly MediaDoneLetter[]): MediaOutcome => letters[0]!.outcome;

  it('who asks is told once, the same webhook twice is one question, and the actor is gone afterwards', async () => {
    await rig.host.start();
    await ask('in:1');
    await ask('in:1');
    const letters = await untilTold(1);
    assert.ok(outcomeOf(letters).ok);
    await ask('in:1');
    await ask('in:2'); // an edit that shows the same picture
    const [first, second] = await untilTold(2);
    assert.deepEqual([first!.letter, second!.letter], ['in:1', 'in:2']);
    assert.deepEqual(second!.outcome, first!.outcome);
    assert.equal(rig.contents().length, 1);
    assert.equal(rig.graph.count('GET', /^\/download/), 1);
    assert.equal(await rig.host.state(MEDIA.kind, MEDIA.id), undefined);
  });

  it('a process that dies while it fetches leaves one file and one answer', async () => {
    await ask('in:1');
    const opened = await rig.host.store.open(MEDIA, 10);
    const waiters = [{ replyTo: { kind: 'conversation', id: CLIENT }, letter: 'in:1' }];
    const record = { v: 1, media, waiters, attempts: 1, firstAtMs: opened.nowMs, phase: 'fetching', untilMs: 0 };
    const call = { id: `${MEDIA.id}:${CLIENT}:in:1:1`, task: media };
    const step = { letterIds: [`${CLIENT}:in:1`], outboxDone: 0, outbox: [{ call }], tells: [], writes: [] };
    await rig.host.store.commit(MEDIA, { ...step, wakeAtMs: undefined, version: opened.version, state: { record } });
    await rig.fetcher.fetch('main', media); // it had got as far as the file
    await rig.host.start();
    assert.ok(outcomeOf(await untilTold(1)).ok);
    await until(
      'an empty outbox',
      async () => (await rig.base.redis.client.exists(rig.base.keys.outbox(MEDIA.kind, MEDIA.id))) === 0,
    );
    assert.deepEqual([(await told()).length, rig.contents().length], [1, 1]);
  });

  it('what passes is tried again with back-off; after eight attempts the failure is told', async () => {
    rig.graph.script = () => ({ status: 503, body: '' });
    await rig.host.start();
    await ask('in:1');
    for (let attempt = 1; attempt < 8; attempt += 1) {
      await until(`attempt ${attempt} to rest`, async () => {
        const state = await rig.host.state<{ attempts: number; phase: string }>(MEDIA.kind, MEDIA.id);
        const isDue = state?.attempts === attempt && state.phase === 'due';
        return isDue && (await rig.base.queues.get('media').getDelayedCount()) === 1;
      });
      assert.deepEqual(await told(), []);
      await rig.base.clock.advance(Math.min(240, 2 ** (attempt + 1)) * 1_000);
    }
    const outcome = outcomeOf(await untilTold(1));
    assert.ok(!outcome.ok);
    assert.equal(outcome.problem.code, 'media_unavailable');
    assert.match(outcome.problem.message, /503.*8 times/);
    assert.equal(rig.graph.heard.length, 8);
  });

  it('what stays is told at once', async () => {
    rig.graph.media.clear();
    await rig.host.start();
    await ask('in:1');
    assert.ok(!outcomeOf(await untilTold(1)).ok);
    assert.equal(rig.graph.heard.length, 1);
  });
});

async function* after(gate: Promise<void>, body: string): AsyncGenerator<Buffer> {
  await gate;
  yield Buffer.from(body);
}

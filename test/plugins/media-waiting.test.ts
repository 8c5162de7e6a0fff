import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { JsonObject, Letter } from '../../core/index.js';
import {
  arrived,
  mediaDone,
  mediaErrorData,
  type ReadyMessage,
  type WaitingMessage,
} from '../../plugins/meta_whatsapp/conversation/waiting-messages.js';
import { type MediaOutcome, mediaOf } from '../../plugins/meta_whatsapp/media/incoming-media.js';
import type { IncomingLetter } from '../../plugins/meta_whatsapp/webhook-letters.js';

const ref = { kind: 'conversation', id: 'main:27825550101' };
const NOW_MS = 1_700_000_000_000;
const fileuuid = 'f0000000-0000-4000-8000-000000000001';
const here: MediaOutcome = { ok: true, file: { fileuuid } };
const lost: MediaOutcome = { ok: false, problem: { code: 'media_unavailable', message: 'It cannot be had.' } };
const text = (body: string): JsonObject => ({ type: 'text', text: { body } });
const image = (id: string): JsonObject => ({ type: 'image', image: { id, mime_type: 'image/jpeg', caption: 'look' } });

const letterOf = (id: string, message: JsonObject): Letter<IncomingLetter> => ({
  id,
  atMs: NOW_MS,
  body: {
    type: 'incoming',
    message,
    name: 'Thandi',
    from: '27825550101',
    phoneNumberId: '1',
    to: '2',
  } as IncomingLetter,
});

/** A conversation's queue of messages, and what left it. */
class Walk {
  waiting: readonly WaitingMessage[] = [];
  readonly ready: ReadyMessage[] = [];
  readonly fetches: string[] = [];
  readonly timers: number[] = [];

  comes(id: string, message: JsonObject): this {
    const arrival = arrived(this.waiting, letterOf(id, message), { ref, profile: 'main', nowMs: NOW_MS });
    this.waiting = arrival.waiting;
    this.ready.push(...arrival.ready);
    this.fetches.push(...arrival.tells.map(({ to }) => `${to.kind} ${to.id}`));
    this.timers.push(...arrival.timers.map(({ atMs }) => atMs));
    return this;
  }
  done(letter: string, outcome: MediaOutcome): this {
    const { waiting, ready } = mediaDone(this.waiting, { type: 'media_done', letter, outcome });
    this.waiting = waiting;
    this.ready.push(...ready);
    return this;
  }
  get order(): string[] {
    return this.ready.map(({ letter }) => letter.id);
  }
}

describe('meta_whatsapp: messages that wait for a file', () => {
  it('a text goes on at once and asks for nothing', () => {
    const walk = new Walk().comes('1', text('hi'));
    assert.deepEqual([walk.order, walk.fetches, walk.timers], [['1'], [], []]);
  });

  it('a picture waits for its file, and what comes after it waits behind it', () => {
    const walk = new Walk().comes('1', image('m1')).comes('2', text('and?'));
    assert.deepEqual([walk.order, walk.fetches, walk.timers], [[], ['whatsapp-media main:m1'], [NOW_MS + 3_600_000]]);
    walk.done('1', here);
    assert.deepEqual(walk.order, ['1', '2']);
    assert.deepEqual(walk.ready[0]!.attachments, [{ fileuuid }]);
    assert.deepEqual([walk.ready[1]!.attachments, walk.waiting], [[], []]);
  });

  it('a file that cannot be had lets its message go on, and says why', () => {
    const walk = new Walk().comes('1', image('m1')).done('1', lost);
    const [ready] = walk.ready;
    assert.deepEqual(ready!.attachments, []);
    assert.deepEqual(mediaErrorData(ready!), {
      media_error: { code: 'media_unavailable', message: 'It cannot be had.' },
    });
    walk.done('1', here);
    assert.equal(walk.ready.length, 1, 'a late answer is none');
  });

  it('a file that Meta itself does not give is told at once', () => {
    const errors = [{ code: 131052, title: 'Media download error', error_data: { details: 'over 100 MB' } }];
    const walk = new Walk().comes('1', { type: 'unsupported', errors });
    assert.match(walk.ready[0]!.mediaError!.message, /over 100 MB/);
    assert.deepEqual(walk.fetches, []);
  });

  it('an edit brings the file of its new form', () => {
    const edit = { type: 'edit', edit: { original_message_id: 'wamid.1', message: image('m9') } };
    assert.equal(mediaOf(edit)?.id, 'm9');
    assert.equal(mediaOf({ type: 'revoke', revoke: { original_message_id: 'wamid.1' } }), undefined);
    assert.equal(mediaOf({ type: 'image', image: { id: '../../secret' } }), undefined);
    assert.equal(mediaOf({ type: 'image' }), undefined);
  });

  it('the oldest waits no longer when 200 stand behind it', () => {
    const walk = new Walk().comes('0', image('m0'));
    for (let count = 1; count < 200; count += 1) walk.comes(String(count), text('x'));
    assert.equal(walk.ready.length, 0);
    walk.comes('200', text('x'));
    assert.equal(walk.ready.length, 201);
    assert.equal(walk.ready[0]!.mediaError?.code, 'media_unavailable');
  });

  it('whatever comes and is fetched in whatever order: each leaves once, in the order it came (property)', () => {
    const kind = fc.constantFrom('text', 'image');
    fc.assert(
      fc.property(fc.array(kind, { maxLength: 12 }), fc.infiniteStream(fc.nat()), (kinds, numbers) => {
        const walk = new Walk();
        const open: string[] = [];
        const finish = () => {
          const [id] = open.splice(numbers.next().value! % open.length, 1);
          walk.done(id!, numbers.next().value! % 2 ? here : lost);
          walk.done(id!, here);
        };
        kinds.forEach((one, index) => {
          const id = String(index);
          walk.comes(id, one === 'text' ? text('x') : image(`m${id}`));
          if (one === 'image') open.push(id);
          if (open.length > 0 && numbers.next().value! % 3 === 0) finish();
        });
        while (open.length > 0) finish();
        assert.deepEqual(
          walk.order,
          kinds.map((_, index) => String(index)),
        );
      }),
    );
  });
});

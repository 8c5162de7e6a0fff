import assert from 'node:assert/strict';
import fc from 'fast-check';
import { addressInUse } from '../../plugins/meta_whatsapp/conversation/contact-address.js';
import {
  type Conversation,
  type Hold,
  NEW_CONVERSATION,
  nextSeq,
} from '../../plugins/meta_whatsapp/conversation/conversation.js';
import { allowed, optedIn, optedOut, refusalOf, wordOf } from '../../plugins/meta_whatsapp/conversation/opt-out.js';
import { acceptOutgoing } from '../../plugins/meta_whatsapp/conversation/outgoing.js';
import { migrated } from '../../plugins/meta_whatsapp/conversation/stored-conversation.js';
import { mergeConversations } from '../../plugins/meta_whatsapp/identity/merge-conversations.js';

const held = (stubref: string): Hold => ({ stubref, untilMs: 9e12, feedbackAction: 'a' });
const of = (more: Partial<Conversation>): Conversation => ({ ...NEW_CONVERSATION, ...more });
const HOUR_MS = 3_600_000;

describe('meta_whatsapp: two conversations that prove to be one', () => {
  it('keep the session and the nextreply that were set last; an end counts as set', () => {
    const early = of({ session: held('A'), sessionSetAtMs: 1, nextreply: held('A'), nextreplySetAtMs: 5 });
    const late = of({ session: held('B'), sessionSetAtMs: 2, nextreply: held('B'), nextreplySetAtMs: 4 });
    const merged = mergeConversations(early, late);
    assert.deepEqual([merged.session?.stubref, merged.nextreply?.stubref], ['B', 'A']);
    assert.equal(mergeConversations(early, of({ sessionSetAtMs: 3 })).session, undefined);
  });

  it('keep what the client answered last', () => {
    const rejected = of({ rejectedAtMs: 5, answeredAtMs: 5 });
    assert.equal(mergeConversations(rejected, of({ answeredAtMs: 4 })).rejectedAtMs, 5);
    assert.equal(mergeConversations(rejected, of({ answeredAtMs: 6 })).rejectedAtMs, undefined);
  });

  it('keep the later end of the window, and every pending request', () => {
    const request = (delivery: string, untilMs: number) => ({ delivery, askedAtMs: 1, untilMs });
    const merged = mergeConversations(
      of({ windowUntilMs: 7, requests: [request('r1', 20)] }),
      of({ windowUntilMs: 9, requests: [request('r2', 10)] }),
    );
    assert.equal(merged.windowUntilMs, 9);
    assert.deepEqual(
      merged.requests.map(({ delivery }) => delivery),
      ['r2', 'r1'],
    );
  });

  it('join their stashes by the time of acceptance, and what is accepted next stands behind them (property)', () => {
    const stash = fc
      .uniqueArray(fc.nat(1_000), { maxLength: 8 })
      .map((seqs) => [...seqs].sort((a, b) => a - b).map((seq) => ({ delivery: `d${seq}`, seq, round: 1 })));
    fc.assert(
      fc.property(stash, stash, fc.boolean(), fc.boolean(), (a, b, one, two) => {
        const side = (list: typeof a, releasing: boolean) => of({ stash: list, seq: list.at(-1)?.seq ?? 0, releasing });
        const merged = mergeConversations(side(a, one), side(b, two));
        const seqs = merged.stash.map(({ seq }) => seq);
        assert.deepEqual(
          seqs,
          [...seqs].sort((x, y) => x - y),
        );
        assert.equal(seqs.length, a.length + b.length);
        assert.ok(seqs.every((seq) => seq < nextSeq(merged, 0)));
        assert.equal(merged.releasing, one || two, 'a release under way takes all of it along');
      }),
    );
  });

  it('stop where either was stopped, unless the client resumed since', () => {
    const stopped = of({ optedOut: { scope: 'all', by: 'word', atMs: 5 } });
    const marketing = of({ optedOut: { scope: 'marketing', by: 'meta', atMs: 7 } });
    assert.equal(mergeConversations(marketing, stopped).optedOut?.scope, 'all');
    assert.equal(mergeConversations(stopped, of({ optedInAtMs: 6 })).optedOut, undefined);
  });

  it('remember under which names the person was known', () => {
    const merged = mergeConversations(
      of({ number: '1', userId: 'ZA.2', aliases: ['ZA.1'] }),
      of({ userId: 'ZA.0', aliases: ['ZA.1'] }),
    );
    assert.deepEqual(merged.aliases, ['ZA.1', 'ZA.0']);
  });

  it('were stored by an older program: read, with the user id to be learnt anew', () => {
    const { requests: _, ...rest } = NEW_CONVERSATION;
    const request = { delivery: 'r', askedAtMs: 1, untilMs: 2 };
    const state = migrated({ ...rest, request, userId: 'ZA.1', seq: 3 }, 1) as Conversation;
    assert.deepEqual([state.requests, state.userId, state.seq], [[request], undefined, 3]);
    assert.throws(() => migrated({}, 3), /version 3/);
  });
});

describe('meta_whatsapp: a contact with several addresses is written to', () => {
  const NOW = 1_000;
  const session = (stubref: string, untilMs = 9_000): Hold => ({ stubref, untilMs, feedbackAction: 'a' });
  const chosen = (stubref: string | undefined, ...talks: (Partial<Conversation> | undefined)[]) =>
    addressInUse(
      talks.map((more, at) => ({ address: `a${at}`, conversation: more && of(more) })),
      stubref,
      NOW,
    );

  it('where a nextreply or a session of the sending stub is open', () => {
    assert.equal(chosen('S', { windowUntilMs: 9_000 }, { session: session('S') }), 'a1');
    assert.equal(chosen('S', {}, { nextreply: session('S') }), 'a1');
    assert.equal(chosen('S', { session: session('T') }, { session: session('S') }), 'a1');
  });

  it('else where the window is open longest, else at the first', () => {
    assert.equal(chosen('S', {}, { session: session('S', NOW) }, { windowUntilMs: 2_000 }), 'a2', 'it has run out');
    assert.equal(chosen(undefined, { windowUntilMs: 2_000 }, { windowUntilMs: 3_000, session: session('S') }), 'a1');
    assert.equal(chosen('S', { windowUntilMs: NOW }, { session: session('T') }), 'a0');
    assert.equal(chosen('S', undefined, undefined), 'a0');
    assert.equal(chosen('S'), undefined);
  });
});

describe('meta_whatsapp: a client who wants no more', () => {
  const words = { stop_words: ['STOP', 'Stop it'], start_words: ['Start'] };
  const limits = { messages: 100, keepMs: HOUR_MS, askAgainMs: HOUR_MS };
  const send = (conversation: Conversation, templateCategory?: string) =>
    acceptOutgoing(
      conversation,
      { delivery: 'd', needsNoWindow: true, round: 1, to: '1', ...(templateCategory && { templateCategory }) },
      limits,
      10,
    ).to;

  it('says so with the whole message, in any case, and nothing else', () => {
    for (const text of ['stop', ' STOP\n', 'stop IT']) assert.equal(wordOf(text, words), 'stop');
    for (const text of ['stop please', 'STOPP', '', 'don’t stop']) assert.equal(wordOf(text, words), undefined);
    assert.equal(wordOf('START', words), 'start');
    assert.equal(wordOf('stop', { stop_words: [], start_words: [] }), undefined);
  });

  it('gets nothing, or nothing of the category marketing', () => {
    const all = optedOut(NEW_CONVERSATION, { scope: 'all', by: 'word', atMs: 5 });
    const marketing = optedOut(NEW_CONVERSATION, { scope: 'marketing', by: 'meta', atMs: 5 });
    assert.deepEqual([send(all), send(all, 'UTILITY')], ['nobody', 'nobody']);
    assert.deepEqual(
      [send(marketing), send(marketing, 'UTILITY'), send(marketing, 'marketing')],
      ['lane', 'lane', 'nobody'],
    );
    assert.equal(refusalOf(all, undefined)?.code, 'client_opted_out');
  });

  it('takes a stop word back by a tap on Allow, and nothing that was set in WhatsApp itself', () => {
    const all = optedOut(NEW_CONVERSATION, { scope: 'all', by: 'word', atMs: 5 });
    const marketing = optedOut(NEW_CONVERSATION, { scope: 'marketing', by: 'meta', atMs: 5 });
    assert.deepEqual([send(allowed(all, 6)), send(allowed(marketing, 6), 'MARKETING')], ['lane', 'nobody']);
    assert.equal(send(allowed(all, 4)), 'nobody', 'an older tap that comes late');
  });

  it('has the last word, in whatever order the words arrive (property)', () => {
    const said = fc.record({ stop: fc.boolean(), atMs: fc.nat(20) });
    fc.assert(
      fc.property(fc.uniqueArray(said, { selector: ({ atMs }) => atMs, minLength: 1 }), (list) => {
        const after = list.reduce(
          (state, { stop, atMs }) =>
            stop ? optedOut(state, { scope: 'all', by: 'word', atMs }) : optedIn(state, atMs),
          NEW_CONVERSATION,
        );
        const last = [...list].sort((a, b) => a.atMs - b.atMs).at(-1)!;
        assert.equal(after.optedOut !== undefined, last.stop);
      }),
    );
  });
});

import assert from 'node:assert/strict';
import { type Conversation, NEW_CONVERSATION } from '../../plugins/meta_whatsapp/conversation/conversation.js';
import { acceptOutgoing, takeBack } from '../../plugins/meta_whatsapp/conversation/outgoing.js';

const HOUR_MS = 3_600_000;
const NOW_MS = 1_000_000_000_000;
const limits = { messages: 2, keepMs: HOUR_MS, askAgainMs: 2 * HOUR_MS };
const send = (conversation: Conversation, delivery: string, nowMs = NOW_MS) =>
  acceptOutgoing(conversation, { delivery, needsNoWindow: false, round: 1, to: '2782' }, limits, nowMs);
const pending = (conversation: Conversation): Conversation => ({
  ...conversation,
  requests: [{ delivery: 'r', askedAtMs: NOW_MS, untilMs: NOW_MS + HOUR_MS }],
});

describe('meta_whatsapp: the stash', () => {
  it('takes messages while the window is closed, asks once, and refuses the one over the limit', () => {
    const first = send(NEW_CONVERSATION, 'a');
    assert.ok(first.to === 'stash' && first.ask);
    const second = send(pending(first.conversation), 'b');
    assert.ok(second.to === 'stash' && !second.ask);
    const third = send(second.conversation, 'c');
    assert.equal(third.to === 'nobody' && third.problem.code, 'stash_full');
    assert.deepEqual(
      third.conversation.stash.map(({ delivery }) => delivery),
      ['a', 'b'],
    );
  });

  it('takes what comes while it is released, so that the order stays', () => {
    const open: Conversation = { ...NEW_CONVERSATION, windowUntilMs: NOW_MS + HOUR_MS };
    assert.equal(send(open, 'a').to, 'lane');
    const releasing = send({ ...open, releasing: true }, 'b');
    assert.ok(releasing.to === 'stash' && !releasing.ask);
  });

  it('takes a message back to its place in the order of acceptance', () => {
    const first = send({ ...NEW_CONVERSATION, windowUntilMs: NOW_MS + 1 }, 'a');
    assert.ok(first.to === 'lane');
    const second = send(first.conversation, 'b', NOW_MS + 2);
    const back = takeBack(pending(second.conversation), first.message, limits, NOW_MS + 3);
    assert.ok(back.to === 'stash' && !back.ask);
    assert.deepEqual(
      back.conversation.stash.map(({ delivery, round }) => [delivery, round]),
      [
        ['a', 2],
        ['b', 1],
      ],
    );
  });

  it('is closed by a rejection, until it is time to ask again', () => {
    const rejected: Conversation = {
      ...NEW_CONVERSATION,
      windowUntilMs: NOW_MS + 9 * HOUR_MS,
      rejectedAtMs: NOW_MS,
      answeredAtMs: NOW_MS,
    };
    const refused = send(rejected, 'a', NOW_MS + HOUR_MS);
    assert.equal(refused.to === 'nobody' && refused.problem.code, 'interaction_rejected');
    const asked = send(rejected, 'a', NOW_MS + 2 * HOUR_MS);
    assert.ok(asked.to === 'stash' && asked.ask, 'though the window that the tap opened is still open');
  });
});

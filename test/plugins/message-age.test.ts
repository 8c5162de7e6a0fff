import assert from 'node:assert/strict';
import { type Conversation, NEW_CONVERSATION } from '../../plugins/meta_whatsapp/conversation/conversation.js';
import { heardOf, isReplay, withHeard } from '../../plugins/meta_whatsapp/conversation/message-age.js';

const DAY = 86_400_000;
const NOW = 1_790_000_000_000;
const at = (ms: number) => ({ timestamp: String(Math.floor(ms / 1_000)) });
/** A conversation after messages, each given as its sent and stored time. */
const told = (...messages: (readonly [sentAtMs: number, storedAtMs: number])[]): Conversation =>
  messages.reduce((state, [sent, stored]) => withHeard(state, at(sent), stored), NEW_CONVERSATION);

describe('meta_whatsapp: the age of a message', () => {
  it('detects replays older than eight days, and no message that Meta still repeats', () => {
    const state = told([NOW, NOW], [NOW + 5 * DAY, NOW + 5 * DAY]);
    assert.equal(isReplay(state, at(NOW), NOW + 7.9 * DAY), false);
    assert.equal(isReplay(state, at(NOW), NOW + 8.1 * DAY), true);
    assert.equal(isReplay(state, at(NOW + 5 * DAY), NOW + 8.1 * DAY), false);
    assert.equal(isReplay(state, at(NOW + 5 * DAY), NOW + 13.1 * DAY), true);
  });

  it('does not matter for a new client, or for a message without a time', () => {
    assert.equal(isReplay(NEW_CONVERSATION, at(NOW - 900 * DAY), NOW), false);
    assert.equal(isReplay(told([NOW, NOW]), {}, NOW + 90 * DAY), false);
  });

  it('is measured by Meta’s clock, so a wrong clock of ours loses no message', () => {
    const year = 365 * DAY;
    assert.equal(isReplay(told([NOW, NOW + year]), at(NOW + 1_000), NOW + year), false, 'ours is ahead');
    assert.equal(isReplay(told([NOW, NOW - year]), at(NOW + DAY), NOW - year + DAY), false, 'ours is behind');
    const mended = told([NOW, NOW - year], [NOW + DAY, NOW + DAY]);
    assert.equal(isReplay(mended, at(NOW + DAY + 1_000), NOW + DAY + 1_000), false, 'ours was behind');
  });

  it('is merged when two conversations turn out to be one', () => {
    const [early, late] = [told([NOW, NOW]), told([NOW + 20 * DAY, NOW + 20 * DAY])];
    for (const [one, other] of [
      [early, late],
      [late, early],
    ] as const) {
      const merged = { ...one, heard: heardOf(one.heard, other.heard)! };
      assert.equal(isReplay(merged, at(NOW), NOW + 20 * DAY), true);
      assert.equal(isReplay(merged, at(NOW + 19 * DAY), NOW + 20 * DAY), false);
    }
  });
});

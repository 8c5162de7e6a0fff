import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isMoved, NEW_CONVERSATION } from '../../plugins/meta_whatsapp/conversation/conversation.js';
import { learn } from '../../plugins/meta_whatsapp/identity/identity.js';
import { repairedState } from '../../plugins/meta_whatsapp/identity/repaired-state.js';
import { AddressNetwork, type NetworkLetter } from '../support/address-network.js';

/** Any webhook content, true or not. There are few ids and times, so that they contradict each other. */
const number = fc.constantFrom('100', '200');
const userId = fc.constantFrom('ZA.a', 'ZA.b', 'ZA.c');
const time = fc.constantFrom(1_000, 2_000, 3_000);
const anything: fc.Arbitrary<{ readonly to: string; readonly letter: NetworkLetter }> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .record({
        from: fc.option(number, { nil: undefined }),
        userId: fc.option(userId, { nil: undefined }),
        atMs: time,
      })
      .filter(({ from, userId }) => from !== undefined || userId !== undefined)
      .map(({ from, userId, atMs }) => ({
        to: (from ?? userId)!,
        letter: {
          type: 'visit' as const,
          person: 'p',
          hops: 0,
          atMs,
          ...(from && { from }),
          ...(userId && { userId }),
        },
      })),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ previous: userId, current: userId, atMs: time })
      .map((ids) => ({ to: ids.previous, letter: { type: 'user_id_changed' as const, ...ids } })),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({ to: number, from: number, userIds: fc.array(userId, { maxLength: 2 }), atMs: time })
      .map(({ to, ...told }) => ({ to, letter: { type: 'number_taken' as const, ...told } })),
  },
);

describe('meta_whatsapp: who is who, where webhooks contradict each other', () => {
  it('contradictory webhooks make no letter circulate for ever, form no circle, and lose no message', () => {
    fc.assert(
      fc.property(
        fc.array(anything, { minLength: 2, maxLength: 12 }),
        fc.array(fc.nat(1_000), { minLength: 1, maxLength: 60 }),
        (told, choices) => {
          const network = new AddressNetwork();
          let at = 0;
          const choose = () => choices[at++ % choices.length]!;
          for (const { to, letter } of told) {
            network.tell(to, letter);
            network.run(choose, choose() % 4);
          }
          network.run(choose);
          for (let times = 0; times < 3; times++) {
            network.askAgain();
            network.run(choose);
          }
          const wrote = told.filter(({ letter }) => letter.type === 'visit').length;
          assert.equal(network.visits, wrote, 'every message is taken once');
          // The next message resolves a circle.
          const addresses = [...network.states.keys()];
          for (const address of addresses) {
            network.tell(address, { type: 'visit', person: 'p', atMs: 9_000, hops: 0 });
            network.run(choose);
          }
          assert.equal(network.visits, wrote + addresses.length);
          for (const [address, state] of network.states) {
            network.resolve(address);
            assert.ok(isMoved(state) || state.held.length === 0, `${address} holds letters for ever`);
          }
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it('an address that an older version moved to itself becomes usable again', () => {
    const me = 'ZA.a';
    const stuck = { ...NEW_CONVERSATION, seq: 3, number: me, userId: me };
    const state = repairedState(me, { movedTo: me, sinceMs: 1_000, ids: ['ZA.old'] });
    const { state: after, posts } = learn(
      me,
      state,
      { type: 'absorb', conversation: stuck, userIds: [me], from: me },
      0,
    );
    assert.ok(!isMoved(after));
    assert.deepEqual([after.seq, after.userId, after.number, after.aliases, posts], [3, me, undefined, ['ZA.old'], []]);
  });
});

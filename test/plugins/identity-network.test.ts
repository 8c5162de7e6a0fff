import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isMoved } from '../../plugins/meta_whatsapp/conversation/conversation.js';
import { AddressNetwork, type NetworkLetter, type Note, type Visit } from '../support/address-network.js';

/** What can happen to a person: they write, with their number shown or not; they get another number, with or without another user id. */
type Happening =
  | { readonly what: 'write'; readonly who: number; readonly hidden: boolean }
  | {
      readonly what: 'change';
      readonly who: number;
      /** Absent: only the user id is another one. */
      readonly number: number | undefined;
      readonly announced: 'first' | 'late' | 'both';
    };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({ what: fc.constant('write' as const), who: fc.nat(2), hidden: fc.boolean() }),
  fc.record({
    what: fc.constant('change' as const),
    who: fc.nat(2),
    number: fc.option(fc.nat(3), { nil: undefined }),
    announced: fc.constantFrom('first' as const, 'late' as const, 'both' as const),
  }),
);

const NUMBERS = ['100', '200', '300', '400'];

/** The letters that Meta's webhooks make of it, in the order of time, each with the address it is told to; late ones at the end. */
function lettersOf(happenings: readonly Happening[], aSecond = 1) {
  const people = [0, 1, 2].map((who) => ({ ids: [`ZA.p${who}x0`], number: NUMBERS[who]! as string | undefined }));
  const now: { to: string; letter: NetworkLetter }[] = [];
  const late: typeof now = [];
  happenings.forEach((event, at) => {
    const person = people[event.who]!;
    const atMs = (Math.floor(at / aSecond) + 1) * 1_000;
    const userId = person.ids.at(-1)!;
    if (event.what === 'write') {
      const shown = person.number !== undefined && !event.hidden && { from: person.number };
      const visit: Visit = { type: 'visit', person: `p${event.who}`, userId, ...shown, atMs, hops: 0 };
      now.push({ to: shown ? shown.from : userId, letter: visit });
      return;
    }
    const before = person.number;
    const number = event.number === undefined ? undefined : NUMBERS[event.number]!;
    if (number !== undefined) {
      if (number === before) return;
      for (const other of people) if (other.number === number) other.number = undefined; // theirs no more
      person.number = number;
    }
    const current = `ZA.p${event.who}x${person.ids.length}`;
    person.ids.push(current);
    const from = number !== undefined && before !== undefined && { from: before, number };
    const note: Note = { type: 'note', ...from, userId, current, atMs, hops: 0 };
    if (event.announced !== 'late') now.push({ to: userId, letter: note });
    if (event.announced !== 'first') late.push({ to: userId, letter: note });
  });
  return { now, late, people };
}

function tell(network: AddressNetwork, { to, letter }: { readonly to: string; readonly letter: NetworkLetter }): void {
  if (letter.type === 'note') network.announce(letter);
  else network.tell(to, letter);
}

/** Later than all that happens. */
const END = 1_000_000;

describe('meta_whatsapp: who is who, whatever people and webhooks do (property)', () => {
  it('no message reaches another person’s session, every message is taken, and each person is one conversation in the end', () => {
    fc.assert(
      fc.property(
        fc.array(happening, { maxLength: 14 }),
        fc.array(fc.nat(1_000), { maxLength: 60 }),
        fc.array(fc.nat(3), { maxLength: 20 }),
        fc.integer({ min: 1, max: 14 }),
        (happenings, choices, delays, aSecond) => {
          const network = new AddressNetwork();
          let at = 0;
          const choose = () => choices[at++ % Math.max(choices.length, 1)] ?? 0;
          const { now, late, people } = lettersOf(happenings, aSecond);
          // Webhooks come a little out of order.
          const order = now
            .map((told, index) => ({ told, place: index + (delays[index % Math.max(delays.length, 1)] ?? 0) * 0.9 }))
            .sort((a, b) => a.place - b.place);
          for (const { told } of order) {
            tell(network, told);
            network.run(choose, choose() % 4);
          }
          network.run(choose);
          for (const told of late) tell(network, told);
          network.run(choose);
          people.forEach(({ ids, number }, who) => {
            if (number === undefined) return;
            const visit: Visit = {
              type: 'visit',
              person: `p${who}`,
              userId: ids.at(-1)!,
              from: number,
              atMs: END,
              hops: 0,
            };
            network.tell(number, visit);
            network.run(choose);
            assert.equal(network.resolve(number).at, network.resolve(ids[0]!).at, `p${who} and the number are one`);
          });
          assert.deepEqual(network.wrong, []);
          assert.equal(
            network.visits,
            now.filter(({ letter }) => letter.type === 'visit').length +
              people.filter(({ number }) => number !== undefined).length,
            'every message is taken once',
          );
          people.forEach(({ ids }, who) => {
            const wrote = happenings.some((event) => event.what === 'write' && event.who === who);
            const places = new Set(ids.map((id) => network.resolve(id).at));
            assert.equal(places.size, 1, `p${who} is in one place`);
            if (wrote)
              assert.equal(network.resolve(ids[0]!).conversation.session?.stubref, `p${who}`, 'the session survived');
          });
          for (const address of network.states.keys()) {
            const state = network.states.get(address)!;
            network.resolve(address);
            assert.ok(
              isMoved(state) || (state.held.length === 0 && state.awaiting === undefined),
              'nothing is held for ever',
            );
          }
        },
      ),
      { numRuns: 10_000 },
    );
  });
});

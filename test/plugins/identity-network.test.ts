import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type Conversation,
  type ConversationState,
  type HeldLetter,
  isMoved,
  NEW_CONVERSATION,
} from '../../plugins/meta_whatsapp/conversation/conversation.js';
import { learn, type Post, parkedOf, place, placeIncoming } from '../../plugins/meta_whatsapp/identity/identity.js';
import type { IdentityLetter } from '../../plugins/meta_whatsapp/identity/identity-letters.js';

/** A message or a question that belongs to a person, on its way through addresses. */
interface Visit {
  readonly type: 'visit';
  readonly person: string;
  readonly from?: string;
  readonly userId?: string;
  readonly atMs: number;
  readonly through?: string;
  readonly hops: number;
}
type NetworkLetter = Visit | IdentityLetter;
const HOPS_AT_MOST = 30;

/** Addresses with mailboxes, in memory: each keeps its order, which of them runs next is for the test to say. */
class Network {
  readonly states = new Map<string, ConversationState>();
  private readonly mailboxes = new Map<string, NetworkLetter[]>();
  readonly wrong: string[] = [];
  visits = 0;

  tell(address: string, letter: NetworkLetter): void {
    this.mailboxes.set(address, [...(this.mailboxes.get(address) ?? []), letter]);
  }

  /** Runs until nothing waits; `choose` says which of the addresses with letters is next. */
  run(choose: (among: number) => number, steps = Number.POSITIVE_INFINITY): void {
    for (let step = 0; step < steps; step++) {
      const busy = [...this.mailboxes].filter(([, letters]) => letters.length > 0);
      if (busy.length === 0) return;
      assert.ok(step < 20_000, 'letters go round without an end');
      const [address, [letter, ...rest]] = busy[choose(busy.length) % busy.length]!;
      this.mailboxes.set(address, rest);
      this.handle(address, letter!);
    }
  }

  /** Where a person who is asked for under this address is found. */
  resolve(address: string): { at: string; conversation: Conversation } {
    let at = address;
    for (let hops = 0; hops < 10; hops++) {
      const state = this.states.get(at) ?? NEW_CONVERSATION;
      if (!isMoved(state)) return { at, conversation: state };
      at = state.movedTo;
    }
    throw new Error(`addresses lead in a circle from ${address}`);
  }

  private handle(me: string, letter: NetworkLetter): void {
    const state = this.states.get(me) ?? NEW_CONVERSATION;
    if (letter.type === 'visit') {
      this.visit(me, state, letter);
      return;
    }
    const { state: after, posts, released } = learn(me, state, letter, 0);
    this.states.set(me, after);
    this.post(posts);
    for (const { body } of released) this.handle(me, body as Visit);
  }

  private visit(me: string, state: ConversationState, visit: Visit): void {
    if (!isMoved(state) && state.awaiting !== undefined) {
      this.states.set(me, { ...state, held: [...state.held, held(visit)] });
      return;
    }
    const placing =
      visit.from || visit.userId ? placeIncoming(me, state, visit, visit.through) : place(me, state, visit.through);
    switch (placing.at) {
      case 'here':
        this.take(me, placing.conversation, visit);
        break;
      case 'elsewhere': {
        assert.ok(visit.hops < HOPS_AT_MOST, `a letter found no conversation: ${JSON.stringify(visit)}`);
        const { through: _, ...plain } = visit;
        const through = placing.person !== undefined && { through: placing.person };
        this.tell(placing.client, { ...plain, ...through, hops: visit.hops + 1 });
        break;
      }
      case 'held': {
        const { conversation, posts, left } = placing;
        this.states.set(me, { ...conversation, held: [...conversation.held, held(visit)] });
        if (left) {
          const parked = {
            type: 'absorb',
            conversation: parkedOf(left, me),
            userIds: [left.userId!],
            from: me,
            parked: true,
          } as const;
          this.post([{ to: left.userId!, body: parked }]);
        }
        this.post(posts);
      }
    }
  }

  /** The first message of a person opens a session of theirs; who writes where another's is open is in the wrong place. */
  private take(me: string, conversation: Conversation, { person, atMs }: Visit): void {
    this.visits += 1;
    const { session } = conversation;
    if (session && session.stubref !== person) this.wrong.push(`${person} at ${me} met ${session.stubref}`);
    const opened = session ?? { stubref: person, untilMs: 9e15, feedbackAction: 'a' };
    const seq = conversation.seq + 1;
    this.states.set(me, {
      ...conversation,
      session: opened,
      sessionSetAtMs: session ? conversation.sessionSetAtMs : atMs,
      seq,
    });
  }

  private post(posts: readonly Post[]): void {
    for (const { to, body } of posts) this.tell(to, body);
  }
}

const held = (visit: Visit): HeldLetter => ({ id: 'v', atMs: visit.atMs, body: visit });

/** What can happen to a person: they write, with their number shown or not; they get another number, with or without another user id. */
type Happening =
  | { readonly what: 'write'; readonly who: number; readonly hidden: boolean }
  | {
      readonly what: 'move';
      readonly who: number;
      readonly number: number;
      readonly newId: boolean;
      readonly announced: 'first' | 'late' | 'both';
    };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({ what: fc.constant('write' as const), who: fc.nat(2), hidden: fc.boolean() }),
  fc.record({
    what: fc.constant('move' as const),
    who: fc.nat(2),
    number: fc.nat(3),
    newId: fc.boolean(),
    announced: fc.constantFrom('first' as const, 'late' as const, 'both' as const),
  }),
);

/** The letters that Meta's webhooks make of it, in the order of time, each with the address it is told to; late ones at the end. */
function lettersOf(happenings: readonly Happening[]) {
  const numbers = ['100', '200', '300'];
  const people = [0, 1, 2].map((who) => ({ ids: [`ZA.p${who}x0`], number: numbers[who]! as string | undefined }));
  const now: { to: string; letter: NetworkLetter }[] = [];
  const late: typeof now = [];
  happenings.forEach((event, at) => {
    const person = people[event.who]!;
    const atMs = (at + 1) * 1_000;
    const userId = person.ids.at(-1)!;
    if (event.what === 'write') {
      const shown = person.number !== undefined && !event.hidden && { from: person.number };
      const visit: Visit = { type: 'visit', person: `p${event.who}`, userId, ...shown, atMs, hops: 0 };
      now.push({ to: shown ? shown.from : userId, letter: visit });
      return;
    }
    const number = ['100', '200', '300', '400'][event.number]!;
    for (const other of people) if (other.number === number && other !== person) other.number = undefined; // theirs no more
    const before = person.number;
    person.number = number;
    if (event.newId) {
      const current = `ZA.p${event.who}x${person.ids.length}`;
      person.ids.push(current);
      const letter = { type: 'user_id_changed', previous: userId, current, atMs } as const;
      if (event.announced !== 'late') now.push({ to: userId, letter });
      if (event.announced !== 'first') late.push({ to: userId, letter });
    } else if (before !== undefined && event.announced !== 'late') {
      now.push({ to: number, letter: { type: 'number_taken', from: before, userIds: [userId], atMs } });
    }
  });
  return { now, late, people };
}

describe('meta_whatsapp: who is who, whatever people and webhooks do (property)', function () {
  this.timeout(60_000);

  it('no message reaches another person’s session, every message is taken, and each person is one conversation in the end', () => {
    fc.assert(
      fc.property(
        fc.array(happening, { maxLength: 14 }),
        fc.array(fc.nat(1_000), { maxLength: 60 }),
        fc.array(fc.nat(3), { maxLength: 20 }),
        (happenings, choices, delays) => {
          const network = new Network();
          let at = 0;
          const choose = () => choices[at++ % Math.max(choices.length, 1)] ?? 0;
          const { now, late, people } = lettersOf(happenings);
          // Webhooks come a little out of order.
          const order = now
            .map((told, index) => ({ told, place: index + (delays[index % Math.max(delays.length, 1)] ?? 0) * 0.9 }))
            .sort((a, b) => a.place - b.place);
          for (const { told } of order) {
            network.tell(told.to, told.letter);
            network.run(choose, choose() % 4);
          }
          network.run(choose);
          for (const { to, letter } of late) network.tell(to, letter);
          network.run(choose);
          assert.deepEqual(network.wrong, []);
          assert.equal(
            network.visits,
            now.filter(({ letter }) => letter.type === 'visit').length,
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
      { numRuns: 5_000 },
    );
  });
});

import assert from 'node:assert/strict';
import {
  type Conversation,
  type ConversationState,
  type HeldLetter,
  isMoved,
  NEW_CONVERSATION,
} from '../../plugins/meta_whatsapp/conversation/conversation.js';
import {
  askFor,
  learn,
  type Post,
  parkedOf,
  place,
  placeIncoming,
} from '../../plugins/meta_whatsapp/identity/identity.js';
import type { IdentityLetter } from '../../plugins/meta_whatsapp/identity/identity-letters.js';
import { repairedState } from '../../plugins/meta_whatsapp/identity/repaired-state.js';

/** A message or a question that belongs to a person, on its way through addresses. */
export interface Visit {
  readonly type: 'visit';
  readonly person: string;
  readonly from?: string;
  readonly userId?: string;
  readonly atMs: number;
  readonly through?: string;
  readonly hops: number;
}
export type NetworkLetter = Visit | IdentityLetter;
const HOPS_AT_MOST = 30;

/** Addresses with mailboxes, in memory: each keeps its order, which of them runs next is for the test to say. */
export class AddressNetwork {
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

  /** What a number asks again where the answer does not come. */
  askAgain(): void {
    for (const [me, state] of this.states)
      if (!isMoved(state) && state.awaiting !== undefined)
        this.post([askFor(me, state.awaiting, state.provenAtMs ?? 0)]);
  }

  private handle(me: string, letter: NetworkLetter): void {
    const state = this.states.get(me) ?? NEW_CONVERSATION;
    if (letter.type === 'visit') {
      this.visit(me, state, letter);
      return;
    }
    const { state: after, posts, released } = learn(me, state, letter, 0);
    assert.ok(!isMoved(after) || after.movedTo !== me, `${me} moved to itself`);
    this.states.set(me, after);
    this.post(posts);
    for (const { body } of released) this.handle(me, body as Visit);
  }

  private visit(me: string, stored: ConversationState, visit: Visit): void {
    const state = repairedState(me, stored, visit.hops);
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

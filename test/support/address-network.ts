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
import type { IdentityNote } from '../../plugins/meta_whatsapp/identity/identity-changes.js';
import type { IdentityLetter } from '../../plugins/meta_whatsapp/identity/identity-letters.js';
import { idsAtNewNumber, subjectOf } from '../../plugins/meta_whatsapp/identity/person-ids.js';
import { repairedState } from '../../plugins/meta_whatsapp/identity/repaired-state.js';

/** A message or question of a person that is forwarded between addresses. */
export interface Visit {
  readonly type: 'visit';
  readonly person: string;
  readonly from?: string;
  readonly userId?: string;
  readonly atMs: number;
  readonly through?: string;
  readonly hops: number;
}
/** A system message of Meta's: the person of `userId` has the id `current` now, or the number. */
export interface Note {
  readonly type: 'note';
  readonly from?: string;
  readonly userId: string;
  readonly current: string;
  readonly number?: string;
  readonly atMs: number;
  readonly through?: string;
  readonly hops: number;
}
export type NetworkLetter = Visit | Note | IdentityLetter;
const HOPS_AT_MOST = 30;
/** Later than anything that happens. */
const END_MS = 9e15;

/** Addresses with mailboxes, in memory. Each mailbox keeps its order; the test chooses which address runs next. */
export class AddressNetwork {
  readonly states = new Map<string, ConversationState>();
  private readonly mailboxes = new Map<string, NetworkLetter[]>();
  readonly wrong: string[] = [];
  visits = 0;
  /** A new user id is told under one id, however often. */
  private readonly renamed = new Set<string>();

  tell(address: string, letter: NetworkLetter): void {
    this.mailboxes.set(address, [...(this.mailboxes.get(address) ?? []), letter]);
  }

  /** What a webhook with a note brings: the note to where the person was, the new id to the address of the old one. */
  announce(note: Note): void {
    this.tell(note.from ?? note.userId, note);
    this.rename(note.userId, note.current, note.atMs);
  }

  /** Runs until no letter waits; `choose` selects the next address. */
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

  /** The address at which a person is found under this address. */
  resolve(address: string): { at: string; conversation: Conversation } {
    let at = address;
    for (let hops = 0; hops < 10; hops++) {
      const state = this.states.get(at) ?? NEW_CONVERSATION;
      if (!isMoved(state)) return { at, conversation: state };
      at = state.movedTo;
    }
    throw new Error(`addresses lead in a circle from ${address}`);
  }

  /** The question that a number repeats if no answer comes. */
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
    if (letter.type === 'note') {
      this.note(me, state, letter);
      return;
    }
    const { state: after, posts, released } = learn(me, state, letter, END_MS);
    assert.ok(!isMoved(after) || after.movedTo !== me, `${me} moved to itself`);
    this.states.set(me, after);
    this.post(posts);
    for (const { body } of released) this.handle(me, body as Visit | Note);
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

  private note(me: string, stored: ConversationState, note: Note): void {
    const state = repairedState(me, stored, note.hops);
    if (!isMoved(state) && state.awaiting !== undefined) {
      this.states.set(me, { ...state, held: [...state.held, held(note)] });
      return;
    }
    const placing = place(me, state, note.through ?? subjectOf(state, note.userId, identityNote(note)));
    if (placing.at === 'elsewhere') {
      assert.ok(note.hops < HOPS_AT_MOST, `a note found no conversation: ${JSON.stringify(note)}`);
      const { through: _, ...plain } = note;
      const through = placing.person !== undefined && { through: placing.person };
      this.tell(placing.client, { ...plain, ...through, hops: note.hops + 1 });
      return;
    }
    const { conversation } = placing;
    const here = {
      ...conversation,
      ...(note.from === me && { number: me }),
      ...(note.userId === me && { userId: me }),
    };
    this.states.set(me, here);
    if (note.number === me) return;
    if (note.number !== undefined) {
      const userIds = idsAtNewNumber(here, note.userId, note.current);
      this.tell(note.number, { type: 'number_taken', from: me, userIds, atMs: note.atMs });
    } else if (note.userId === here.userId && here.aliases.includes(note.current)) return;
    this.rename(note.userId, note.current, note.atMs);
  }

  private rename(previous: string, current: string, atMs: number): void {
    const change = `${previous}>${current}`;
    if (previous === current || this.renamed.has(change)) return;
    this.renamed.add(change);
    this.tell(previous, { type: 'user_id_changed', previous, current, atMs });
  }

  /** A person's first message opens their session. Writing into another person's session is an error. */
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

const held = (letter: Visit | Note): HeldLetter => ({ id: 'v', atMs: letter.atMs, body: letter });

const identityNote = ({ userId, current, number, atMs }: Note): IdentityNote =>
  number === undefined
    ? { kind: 'user id', previous: userId, current, atMs }
    : { kind: 'number', number, userId: current, atMs };

import {
  type Conversation,
  type ConversationState,
  type HeldLetter,
  isMoved,
  type Moved,
  NEW_CONVERSATION,
} from '../conversation/conversation.js';
import { isUserId } from './client-id.js';
import { isCircle, passedBy } from './forwarding.js';
import type {
  AbsorbLetter,
  HandOverLetter,
  IdentityLetter,
  MergeIntoLetter,
  NumberTakenLetter,
  UserIdLetter,
} from './identity-letters.js';
import { mergeConversations } from './merge-conversations.js';
import { idsOf, named } from './person-ids.js';

/*
 * Who is who. The address of a user id is the register of its person: the conversation stands there, or it says at which
 * number it stands. A number holds the conversation of whoever a message last showed to have it. So:
 * - a message with number N and user id U that N does not know as its own: N takes U in, asks the address U for what
 *   belongs to U (`merge_into`), and holds letters until that is here (`absorb`);
 * - U points to N from then on, and has the number before give up what it holds (`hand_over`);
 * - N had somebody else: what belonged to them goes to the address of their user id (`parked`), where it lives on;
 * - Meta announces that P is C now: what stands at P, or where P points to, goes to C, and P points to C.
 * Times of Meta's messages decide what is news; what is older goes to the address of its user id and changes nothing.
 * Letters between two addresses keep their order, so whoever is told "not mine any more" has heard why before.
 */

export interface Post {
  readonly to: string;
  readonly body: IdentityLetter;
}

/** What becomes of a letter by identity alone. */
export type Placing =
  /** It is for this conversation. */
  | { readonly at: 'here'; readonly conversation: Conversation }
  /** It goes on to another address; `person` is whose it is, where that is known. */
  | { readonly at: 'elsewhere'; readonly client: string; readonly person?: string }
  /** A number learns who has it: the letter is held until their conversation is here. `left`: whoever had it before. */
  | {
      readonly at: 'held';
      readonly conversation: Conversation;
      readonly posts: readonly Post[];
      readonly left?: Conversation;
    };

/** A letter that says which message showed number and user id together. `atMs`: that message's own time. */
export interface Evidence {
  readonly from?: string;
  readonly userId?: string;
  readonly atMs: number;
}

/** Where a letter belongs that says nothing about who is who. `person`: the user id whose address it came through. Pure. */
export function place(me: string, state: ConversationState, person: string | undefined): Placing {
  if (isMoved(state)) {
    if (isUserId(me)) return elsewhere(state.movedTo, me);
    // Whoever had this number last may be another person: theirs goes on, yours to where you are known.
    const isAnothers = person !== undefined && isUserId(state.movedTo) && state.movedTo !== person;
    return elsewhere(isAnothers ? person : state.movedTo, person);
  }
  if (person === undefined || isUserId(me) || isOf(state, person)) return { at: 'here', conversation: state };
  return elsewhere(person, person);
}

/** Where a client's message belongs, and what it shows about who is who. Pure. */
export function placeIncoming(
  me: string,
  state: ConversationState,
  { from, userId, atMs }: Evidence,
  person: string | undefined,
): Placing {
  if (from !== me || isUserId(me) || userId === undefined || !isUserId(userId)) return place(me, state, person);
  if (isMoved(state)) {
    return atMs < state.sinceMs ? elsewhere(userId, userId) : takenIn(me, NEW_CONVERSATION, [userId], atMs);
  }
  if (isOf(state, userId)) {
    const provenAtMs = Math.max(atMs, state.provenAtMs ?? 0);
    return { at: 'here', conversation: { ...state, provenAtMs } };
  }
  if (state.userId === undefined) return takenIn(me, state, [userId], atMs);
  if (atMs < (state.provenAtMs ?? 0)) return elsewhere(userId, userId);
  return { ...takenIn(me, NEW_CONVERSATION, [userId], atMs), left: state };
}

/** A number that knows its person holds letters until what is under way at their user id has come by. Pure. */
export const heldFor = (me: string, state: Conversation): Placing & { readonly at: 'held' } =>
  takenIn(me, state, [state.userId!], state.provenAtMs ?? 0);

export interface IdentityOutcome {
  readonly state: ConversationState;
  readonly posts: readonly Post[];
  /** Letters that were held and go on to `state.movedTo`, or are to be handled now. */
  readonly released: readonly HeldLetter[];
  /** The conversation that left this address, for its traces go with it. */
  readonly gone?: true;
  /** A conversation without an address, because no address of its person is known. */
  readonly lost?: Conversation;
  /** It grew by what stood elsewhere. */
  readonly absorbed?: AbsorbLetter;
}

/** What a letter about identity does to the address `me`. Pure. */
export function learn(me: string, state: ConversationState, letter: IdentityLetter, nowMs: number): IdentityOutcome {
  switch (letter.type) {
    case 'merge_into':
      return mergeInto(me, state, letter);
    case 'hand_over':
      return handOver(me, state, letter);
    case 'absorb':
      return absorb(me, state, letter);
    case 'user_id_changed':
      return userIdChanged(me, state, letter, nowMs);
    case 'number_taken':
      return numberTaken(me, state, letter);
  }
}

/** What is parked of a conversation whose number has another owner: nothing that was meant for the number, and nothing pending there. */
export function parkedOf(left: Conversation, number: string): Conversation {
  const { number: _, provenAtMs: _p, bornAtMs: _b, awaiting: _a, ...rest } = left;
  return { ...rest, held: [], requests: [], stash: left.stash.filter(({ to }) => to !== undefined && to !== number) };
}

/** No user id is known: Meta says that who had `from` has another number now, and the conversation goes there. */
export function renumbered(me: string, state: Conversation, to: string, atMs: number): IdentityOutcome {
  return leave(me, state, { movedTo: to, sinceMs: atMs, ids: [] }, { type: 'absorb', userIds: [], from: me });
}

function takenIn(me: string, base: Conversation, userIds: readonly string[], provenAtMs: number) {
  const userId = userIds[0]!;
  const conversation = { ...base, number: me, userId, provenAtMs, awaiting: userId };
  const { to, body } = askFor(me, userId, provenAtMs);
  return { at: 'held', conversation, posts: [{ to, body: { ...body, userIds } }] } as const;
}

/** A number asks for what belongs to a person, at the address of their user id. */
export const askFor = (me: string, userId: string, provenAtMs: number): { to: string; body: MergeIntoLetter } => ({
  to: userId,
  body: { type: 'merge_into', into: me, userIds: [userId], provenAtMs },
});

function mergeInto(me: string, state: ConversationState, letter: MergeIntoLetter): IdentityOutcome {
  const { into, provenAtMs } = letter;
  if (into === me) return unchanged(state, []);
  const ids = idsOf(state, letter.userIds);
  if (!isMoved(state)) {
    const answer: AbsorbLetter = { type: 'absorb', userIds: named(me, ids), from: me };
    return leave(me, state, { movedTo: into, sinceMs: provenAtMs, ids }, answer);
  }
  const { movedTo, sinceMs } = state;
  const userIds = named(me, ids);
  if (isUserId(movedTo) && isCircle(me, letter)) {
    const nothing: AbsorbLetter = { type: 'absorb', userIds, from: me };
    return { state: { movedTo: into, sinceMs: provenAtMs, ids }, posts: [{ to: into, body: nothing }], released: [] };
  }
  if (isUserId(movedTo)) {
    const onward = { ...letter, userIds: named(movedTo, [me, ...ids]), passed: passedBy(me, letter) };
    return unchanged({ ...state, ids }, [{ to: movedTo, body: onward }]);
  }
  const atMs = Math.max(provenAtMs, sinceMs);
  if (movedTo === into) {
    const nothing: AbsorbLetter = { type: 'absorb', userIds, from: me };
    return { state: { movedTo, sinceMs: atMs, ids }, posts: [{ to: into, body: nothing }], released: [] };
  }
  const [keeps, gives] = provenAtMs >= sinceMs ? [into, movedTo] : [movedTo, into];
  const body: HandOverLetter = { type: 'hand_over', owners: userIds, to: me, userIds, atMs };
  return { state: { movedTo: keeps, sinceMs: atMs, ids }, posts: [{ to: gives, body }], released: [] };
}

function handOver(me: string, state: ConversationState, letter: HandOverLetter): IdentityOutcome {
  const { owners, to, userIds, atMs, renamed } = letter;
  if (to === me) return unchanged(state, []);
  const answer: AbsorbLetter = { type: 'absorb', userIds, from: me, ...(renamed && { renamedAtMs: atMs }) };
  const isTheirs = !isMoved(state) && state.userId !== undefined && owners.includes(state.userId);
  if (!isTheirs) return unchanged(state, [{ to, body: answer }]);
  return leave(me, state, { movedTo: to, sinceMs: atMs, ids: [] }, answer);
}

function absorb(me: string, state: ConversationState, letter: AbsorbLetter): IdentityOutcome {
  return isUserId(me) ? absorbAtUserId(me, state, letter) : absorbAtNumber(me, state, letter);
}

function absorbAtUserId(me: string, state: ConversationState, letter: AbsorbLetter): IdentityOutcome {
  const { from, parked, renamedAtMs } = letter;
  const ids = idsOf(state, letter.userIds).filter((id) => id !== me);
  if (!isMoved(state)) return grown({ ...state, userId: me }, letter);
  const comesBack = (parked && state.movedTo === from) || isCircle(me, letter);
  const isSuccessor = renamedAtMs !== undefined && isUserId(state.movedTo) && renamedAtMs > state.sinceMs;
  if (comesBack || isSuccessor) return grown({ ...NEW_CONVERSATION, userId: me, aliases: ids }, letter);
  const { parked: _, ...onward } = letter;
  const userIds = named(isUserId(state.movedTo) ? state.movedTo : me, [me, ...ids]);
  return unchanged({ ...state, ids }, [
    { to: state.movedTo, body: { ...onward, userIds, passed: passedBy(me, letter) } },
  ]);
}

function absorbAtNumber(me: string, state: ConversationState, letter: AbsorbLetter): IdentityOutcome {
  const { userIds, from, conversation } = letter;
  const [current] = userIds;
  if (isMoved(state) && current === undefined) return grown({ ...NEW_CONVERSATION, number: me }, letter);
  const isTheirs =
    !isMoved(state) && (current === undefined ? state.userId === undefined : userIds.some((id) => isOf(state, id)));
  if (!isTheirs) {
    if (!conversation) return unchanged(state, []);
    // It was returned before, and both numbers have other owners by now.
    if (letter.parked && current === undefined) return { ...unchanged(state, []), lost: conversation };
    // It came too late, the number has another owner: back to where its person is known. That is no circle.
    const { passed: _, ...back } = letter;
    const body: AbsorbLetter = { ...back, conversation: parkedOf(conversation, me), from: me, parked: true };
    return unchanged(state, [{ to: current ?? from, body }]);
  }
  const { awaiting, held, ...rest } = state;
  const here: Conversation = { ...rest, held: [], number: me, ...(current !== undefined && { userId: current }) };
  return { ...grown(here, letter), released: held };
}

function userIdChanged(me: string, state: ConversationState, letter: UserIdLetter, nowMs: number): IdentityOutcome {
  const { previous, current } = letter;
  const atMs = Math.min(letter.atMs ?? nowMs, nowMs);
  if (me !== previous || me === current) return unchanged(state, []);
  const ids = idsOf(state, []);
  const userIds = named(current, [previous, ...ids]);
  const moved: Moved = { movedTo: current, sinceMs: atMs, ids };
  if (!isMoved(state)) {
    return leave(me, state, moved, { type: 'absorb', userIds, from: me, renamedAtMs: atMs });
  }
  if (isUserId(state.movedTo)) return unchanged(state, []); // announced before; two successors are never made one
  const owners = named(previous, ids);
  const body: HandOverLetter = { type: 'hand_over', owners, to: current, userIds, atMs, renamed: true };
  return { state: moved, posts: [{ to: state.movedTo, body }], released: [] };
}

function numberTaken(me: string, state: ConversationState, { userIds, atMs }: NumberTakenLetter): IdentityOutcome {
  const isFree = isMoved(state) ? atMs >= state.sinceMs : state.userId === undefined;
  // Known as somebody else's: it may be the same person under a new id, or the owner before. Two people are never made one.
  if (!isFree || userIds.length === 0) return unchanged(state, []);
  const { conversation, posts } = takenIn(me, isMoved(state) ? NEW_CONVERSATION : state, userIds, atMs);
  return { state: conversation, posts, released: [] };
}

/** Moves the conversation from `me` to the address in `moved`, but never to itself: that letter would circulate for ever. */
function leave(me: string, state: Conversation, moved: Moved, answer: AbsorbLetter): IdentityOutcome {
  if (moved.movedTo === me) return unchanged(state, []);
  const { held, awaiting: _, ...conversation } = state;
  const body: AbsorbLetter = isBlank(state) ? answer : { ...answer, conversation: { ...conversation, held: [] } };
  return {
    state: moved,
    posts: [{ to: moved.movedTo, body }],
    released: held,
    ...(!isBlank(state) && { gone: true as const }),
  };
}

function grown(here: Conversation, letter: AbsorbLetter): IdentityOutcome {
  const { conversation, userIds } = letter;
  const known = [...new Set([...here.aliases, ...userIds.filter((id) => id !== here.userId)])];
  if (!conversation) return { state: { ...here, aliases: known }, posts: [], released: [] };
  const state = { ...mergeConversations({ ...here, aliases: known }, conversation) };
  return { state, posts: [], released: [], absorbed: letter };
}

/** Nothing ever happened here; former user ids are told on by themselves. */
const isBlank = ({ seq, windowUntilMs, answeredAtMs, session, optedOut, waiting, aliases, name }: Conversation) =>
  seq === 0 &&
  windowUntilMs === 0 &&
  answeredAtMs === 0 &&
  name === '' &&
  !session &&
  !optedOut &&
  waiting.length === 0 &&
  aliases.every(isUserId);

const isOf = ({ userId, aliases }: Conversation, person: string): boolean =>
  userId === person || aliases.includes(person);
const elsewhere = (client: string, person: string | undefined): Placing => ({
  at: 'elsewhere',
  client,
  ...(person !== undefined && { person }),
});
const unchanged = (state: ConversationState, posts: readonly Post[]): IdentityOutcome => ({
  state,
  posts,
  released: [],
});

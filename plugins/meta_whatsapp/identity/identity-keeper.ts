import type { ContactBook, Letter, Tell, Turn, Write } from '../../../core/index.js';
import { rejectionInForce } from '../conversation/consent.js';
import { type Conversation, type ConversationState, type HeldLetter, isMoved } from '../conversation/conversation.js';
import { partsOf } from '../conversation/conversation-id.js';
import { type ConversationDecision, joined } from '../conversation/decisions.js';
import { arrived } from '../conversation/waiting-messages.js';
import { windowOpen } from '../conversation/window.js';
import type { ConversationOutbound } from '../conversation-outbound.js';
import type { ConversationRequests } from '../conversation-requests.js';
import type { ConversationRouting } from '../conversation-routing.js';
import { conversationIdOf, type WhatsAppConfig } from '../profile.js';
import type { IncomingLetter } from '../webhook-letters.js';
import { userIdTell } from '../webhook-people.js';
import { isUserId } from './client-id.js';
import type { ConversationIdentity } from './conversation-identity.js';
import { againTell, forwardTell } from './forwarding.js';
import { heldFor, renumbered } from './identity.js';
import { changePoint, type IdentityNote, identityNoteOf } from './identity-changes.js';
import type { AbsorbLetter, IdentityLetter, NumberTakenLetter, UserIdLetter } from './identity-letters.js';
import { idsAtNewNumber } from './person-ids.js';

type AnyTurn = Turn<ConversationState>;
type Handle = (state: Conversation) => ConversationDecision | Promise<ConversationDecision>;

/** Letters that wait while it is found out whose conversation this is. */
const HELD_TYPES = new Set(['incoming', 'deliver', 'operator', 'preference', 'cancel']);

/** Letters of one client that are held at most; one more, and they are held no longer. */
const HELD_AT_MOST = 200;

/** Keeps each letter with the person it is about: handles it here, holds it, or sends it on; and joins what proves to be one. */
export class IdentityKeeper {
  constructor(
    private readonly config: WhatsAppConfig,
    private readonly contacts: ContactBook,
    private readonly identity: ConversationIdentity,
    private readonly outbound: ConversationOutbound,
    private readonly requests: ConversationRequests,
    private readonly routing: ConversationRouting,
    private readonly decide: (turn: AnyTurn, letter: Letter<unknown>) => Promise<ConversationDecision>,
  ) {}

  /** `person`: whose letter it is, where it says so itself. */
  async placed(
    turn: AnyTurn,
    letter: Letter<{ readonly type: string }>,
    person: string | undefined,
    handle: Handle,
  ): Promise<ConversationDecision> {
    const incoming = letter.body.type === 'incoming' ? (letter as Letter<IncomingLetter>) : undefined;
    const decision = await this.place(turn, letter, incoming, person, handle);
    const came = incoming ? this.identity.cameTo(turn.id, incoming) : [];
    return came.length === 0 ? decision : joined(decision, { state: decision.state, writes: came });
  }

  private async place(
    turn: AnyTurn,
    letter: Letter<{ readonly type: string }>,
    incoming: Letter<IncomingLetter> | undefined,
    person: string | undefined,
    handle: Handle,
  ): Promise<ConversationDecision> {
    const { state } = turn;
    if (!isMoved(state) && state.awaiting !== undefined && HELD_TYPES.has(letter.body.type))
      return this.held(turn, state, letter);
    const placing = incoming ? this.identity.placeIncoming(turn, incoming) : this.identity.place(turn, letter, person);
    switch (placing.at) {
      case 'here':
        return (incoming && (await this.detour(turn, incoming, placing.conversation))) ?? handle(placing.conversation);
      case 'held':
        return this.identity.held(turn, timed(letter, turn.nowMs), placing);
      case 'elsewhere':
        return this.forwarded(turn, letter, placing.client, placing.person);
    }
  }

  /** A message that belongs here and still has to wait, or to go another way. */
  private async detour(
    turn: AnyTurn,
    letter: Letter<IncomingLetter>,
    conversation: Conversation,
  ): Promise<ConversationDecision | undefined> {
    const { client } = partsOf(this.config, turn.id);
    const shown = await this.identity.shownNumber(turn, letter);
    if (shown) {
      const told = { ...letter, body: { ...letter.body, shown } };
      return this.forwarded(turn, told, shown.number, client);
    }
    if (!(await this.identity.overtakes(turn, letter, conversation))) return undefined;
    const waits = { ...letter, body: { ...letter.body, letBy: true as const } };
    return this.identity.held(turn, timed(waits, turn.nowMs), heldFor(client, conversation));
  }

  /** An answer that is late: the person had other addresses meanwhile, and it went to one of those. It is asked for again. */
  stillHeld(turn: AnyTurn): ConversationDecision | Promise<ConversationDecision> {
    const { state } = turn;
    if (isMoved(state) || state.awaiting === undefined) return { state };
    return this.awaitsNothing(turn) ? this.aloneWith(turn, state, state.held) : this.identity.askedAgain(turn, state);
  }

  /** Only a number may ask a user id. A user id that asks was damaged by an older version and gets no answer. */
  private awaitsNothing({ id }: AnyTurn): boolean {
    return isUserId(partsOf(this.config, id).client);
  }

  /** Where the answer does not come (its letter is dead), what came meanwhile goes on without it, and joins it when it comes. */
  private held(
    turn: AnyTurn,
    state: Conversation,
    letter: Letter<{ readonly type: string }>,
  ): ConversationDecision | Promise<ConversationDecision> {
    const held = [...state.held, timed(letter, turn.nowMs)];
    if (held.length <= HELD_AT_MOST && !this.awaitsNothing(turn)) return { state: { ...state, held } };
    return this.aloneWith(turn, state, held);
  }

  private aloneWith(
    turn: AnyTurn,
    { awaiting: _, ...state }: Conversation,
    held: readonly HeldLetter[],
  ): Promise<ConversationDecision> {
    return this.resumed(turn, { state: { ...state, held: [] } }, held);
  }

  async learn(turn: AnyTurn, letter: Letter<IdentityLetter>): Promise<ConversationDecision> {
    const { outcome, decision } = await this.identity.learn(turn, letter);
    const { body } = letter;
    const { absorbed, released } = outcome;
    if (body.type === 'user_id_changed') {
      const traced = joined(decision, { state: decision.state, writes: await this.renamedWrites(turn, letter, body) });
      return this.resumed(turn, traced, released);
    }
    if (!absorbed || isMoved(outcome.state)) return this.resumed(turn, decision, released);
    const settled = this.settled({ ...turn, state: outcome.state }, letter.id, absorbed);
    return this.resumed(turn, joined(decision, settled), released);
  }

  /** The contact has the new user id from now on; the trace stands where the person is now. */
  private async renamedWrites(
    { id }: AnyTurn,
    { atMs }: Letter<unknown>,
    { previous, current }: UserIdLetter,
  ): Promise<readonly Write[]> {
    const to = await changePoint(this.contacts, 'whatsapp_user', previous, current);
    const trace = { type: 'system', stored_at: new Date(atMs).toISOString(), rule: 'user id changed', to };
    const { name } = partsOf(this.config, id);
    return this.routing.traces(conversationIdOf(name, current), [JSON.stringify(trace)]);
  }

  /** A client's message that belongs here; a note of Meta's changes who is who after it was taken. */
  async incoming(
    turn: Turn<Conversation>,
    letter: Letter<IncomingLetter>,
    take: Handle,
  ): Promise<ConversationDecision> {
    const { message } = letter.body;
    const note = message['type'] === 'system' ? noteIn(turn.state, letter.body) : undefined;
    const taken = await take(turn.state);
    const { name, client } = partsOf(this.config, turn.id);
    // The same change may be announced twice. The second time the person is already at the new number.
    if (!note || (note.kind === 'number' && note.number === client)) return taken;
    const atMs = Math.min(note.atMs ?? letter.atMs, letter.atMs);
    if (note.kind === 'user id') {
      const { previous, current } = note;
      const tell = userIdTell(name, { type: 'user_id_changed', previous, current, atMs });
      return joined(taken, { state: taken.state, tells: [tell] });
    }
    return this.renumbered({ ...turn, state: taken.state }, letter, taken, note.number, note.userId, atMs, client);
  }

  private async renumbered(
    turn: AnyTurn,
    letter: Letter<IncomingLetter>,
    taken: ConversationDecision,
    number: string,
    newUserId: string | undefined,
    atMs: number,
    client: string,
  ): Promise<ConversationDecision> {
    const { name } = partsOf(this.config, turn.id);
    const from = letter.body.from ?? client;
    const contact = await changePoint(this.contacts, 'mobile', from, number);
    const trace = this.routing.traceWrites(turn.id, letter, { rule: 'number changed', to: contact });
    const state = turn.state as Conversation;
    const userIds = idsAtNewNumber(state, letter.body.userId, newUserId);
    if (userIds.length === 0) {
      const outcome = renumbered(client, state, number, atMs);
      const moved = await this.identity.carriedOut(turn, outcome);
      return this.resumed(
        turn,
        joined({ ...taken, writes: [...(taken.writes ?? []), ...trace] }, moved),
        outcome.released,
      );
    }
    const body: NumberTakenLetter = { type: 'number_taken', from: client, userIds, atMs };
    const tells: Tell[] = [
      { to: { kind: 'conversation', id: conversationIdOf(name, number) }, id: `number:${letter.id}`, body },
    ];
    const previous = letter.body.userId ?? userIds[1];
    if (newUserId !== undefined && previous !== undefined && previous !== newUserId)
      tells.push(userIdTell(name, { type: 'user_id_changed', previous, current: newUserId, atMs }));
    return joined(taken, { state, tells, writes: trace });
  }

  /** What a conversation needs that has just grown by another: its timers, its files, and an answer to what waits. */
  private settled(turn: Turn<Conversation>, letterId: string, { traces }: AbsorbLetter): ConversationDecision {
    const { id, state, nowMs } = turn;
    const { name } = partsOf(this.config, id);
    const ref = { kind: 'conversation', id };
    const fetching = state.waiting
      .filter(({ hasFile, outcome }) => hasFile && !outcome)
      .map(({ letter }) => arrived([], letter, { ref, profile: name, nowMs }));
    const held = [state.session, state.nextreply].filter((hold) => hold !== undefined);
    const before: ConversationDecision = {
      state,
      writes: this.routing.traces(id, traces ?? []),
      tells: fetching.flatMap(({ tells }) => tells),
      timers: [
        ...held.map((hold, at) => this.outbound.sessionTimer(id, hold.untilMs, `${letterId}:${at}`)),
        ...state.requests.map((request) => this.requests.expiryTimer(id, request)),
        ...fetching.flatMap(({ timers }) => timers),
        ...(state.releasing ? [this.outbound.flushTimer(id, letterId, nowMs)] : []),
      ],
    };
    if (state.stash.length === 0 || state.releasing) return before;
    const { askAgainMs } = this.outbound.limits(id);
    if (rejectionInForce(state, askAgainMs, nowMs)) return before;
    if (windowOpen(state, nowMs)) return joined(before, this.outbound.release(id, state, nowMs));
    return state.requests.length > 0 ? before : joined(before, this.requests.ask(turn, state, []));
  }

  /** Letters that were held: handled now, in order, or sent on. One that fails comes again by itself, with the attempts of any letter. */
  private async resumed(
    turn: AnyTurn,
    before: ConversationDecision,
    released: readonly HeldLetter[],
  ): Promise<ConversationDecision> {
    let decision = before;
    for (const { id, atMs, body } of [...released].sort((a, b) => a.atMs - b.atMs)) {
      const letter = { id, atMs, body };
      try {
        decision = joined(decision, await this.decide({ ...turn, state: decision.state }, letter));
      } catch {
        // Whatever it was, it has its own attempts and its own end as a letter by itself, and holds up no other.
        decision = joined(decision, { state: decision.state, tells: [this.again(turn, letter)] });
      }
    }
    return decision;
  }

  private again(turn: AnyTurn, letter: Letter<unknown>): Tell {
    const { client } = partsOf(this.config, turn.id);
    return againTell(letter as Letter<object>, client, { kind: 'conversation', id: turn.id });
  }

  private forwarded(
    turn: AnyTurn,
    letter: Letter<{ readonly type: string }>,
    client: string,
    person: string | undefined,
  ): ConversationDecision {
    const { name, client: me } = partsOf(this.config, turn.id);
    const to = { kind: 'conversation', id: conversationIdOf(name, client) };
    const isMessage = letter.body.type === 'incoming';
    return {
      state: turn.state,
      tells: [forwardTell(letter, me, to, person)],
      writes: isMessage ? this.identity.leavesFor(to.id, letter as Letter<IncomingLetter>) : [],
    };
  }
}

/** Where only the new user id is named, it follows the one that is known, unless the person had it before that. */
function noteIn(
  { userId: known, aliases }: Conversation,
  { message, userId }: IncomingLetter,
): IdentityNote | undefined {
  const note = identityNoteOf(message, userId, known);
  const isLate = note?.kind === 'user id' && note.previous === known && aliases.includes(note.current);
  return isLate ? undefined : note;
}

/** A message with when it was taken in: what is set while it is held did not wait for it. */
const timed = ({ id, atMs, body }: Letter<{ readonly type: string }>, nowMs: number): Letter<object> => ({
  id,
  atMs,
  body: body.type === 'incoming' ? { takenAtMs: nowMs, ...body } : body,
});

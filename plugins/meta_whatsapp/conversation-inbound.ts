import { type Keys, type Letter, receivedWrite, type Turn, unhandledWrites, type Write } from '../../core/index.js';
import { consentOf } from './conversation/consent.js';
import type { Conversation } from './conversation/conversation.js';
import { partsOf } from './conversation/conversation-id.js';
import { type ConversationDecision, joined } from './conversation/decisions.js';
import { withHeard } from './conversation/message-age.js';
import { allowed, optedIn, optedOut, refusalOf, wordOf } from './conversation/opt-out.js';
import { arrived, mediaDone, type ReadyMessage } from './conversation/waiting-messages.js';
import { openedBy } from './conversation/window.js';
import type { ConversationOutbound } from './conversation-outbound.js';
import type { ConversationRouting } from './conversation-routing.js';
import type { PreferenceLetter } from './identity/identity-letters.js';
import { isOfMeta } from './incoming-message.js';
import type { MediaDoneLetter } from './media/incoming-media.js';
import { textOf } from './message-text.js';
import { sendQueueOf, type WhatsAppConfig } from './profile.js';
import { secondsIn, shapeOf, textIn } from './webhook-json.js';
import type { IncomingLetter } from './webhook-letters.js';

type IncomingTurn = Turn<Conversation>;

/** The conversation's side of receiving: window and consent at once; then, with its file, each message to the routing, in order. */
export class ConversationInbound {
  constructor(
    private readonly config: WhatsAppConfig,
    private readonly keys: Keys,
    private readonly outbound: ConversationOutbound,
    private readonly routing: ConversationRouting,
  ) {}

  /** Counts each received message, because Meta's limit per second covers both directions together. */
  async incoming(turn: IncomingTurn, letter: Letter<IncomingLetter>): Promise<ConversationDecision> {
    const decision = await this.judged(turn, letter);
    const { name } = partsOf(this.config, turn.id);
    const sentAtMs = secondsIn(letter.body.message['timestamp']) ?? letter.atMs;
    const received = receivedWrite(this.keys, sendQueueOf(name), Math.min(sentAtMs, letter.atMs));
    return { ...decision, writes: [...(decision.writes ?? []), received] };
  }

  private async judged(turn: IncomingTurn, letter: Letter<IncomingLetter>): Promise<ConversationDecision> {
    const { body, atMs } = letter;
    const heard = withHeard(turn.state, body.message, atMs);
    const known = openedBy(identified(heard, body, partsOf(this.config, turn.id).client), body.message, atMs);
    const seen: Write = ['ZADD', this.keys.conversations(), turn.nowMs, turn.id];
    const consent = consentOf(body.message);
    if (consent === 'reject') return this.rejected(turn, letter, known, seen);
    if (isOfMeta(body.message)) return this.take({ ...turn, state: known }, letter, { state: known, writes: [seen] });
    const { rejectedAtMs: _, ...willing } = known; // whatever else the client writes ends a rejection
    const answered: Conversation = { ...willing, answeredAtMs: Math.max(atMs, willing.answeredAtMs) };
    const spoken = this.spoken(turn, letter, consent === 'allow' ? allowed(answered, atMs) : answered);
    const released = this.outbound.release(turn.id, spoken.state, turn.nowMs);
    const before = { state: released.state, timers: released.timers, writes: [seen, ...spoken.writes] };
    if (consent === 'allow') {
      const trace = this.routing.traceWrites(turn.id, letter, { rule: 'interaction request', to: 'allowed' });
      return { ...before, writes: [...before.writes, ...trace] };
    }
    return this.take({ ...turn, state: released.state }, letter, before);
  }

  /** Meta no longer repeats a message this old, so it is not from the client: it is counted, and the trace shows it. */
  replayed({ id, state }: IncomingTurn, letter: Letter<IncomingLetter>): ConversationDecision {
    const at = new Date(letter.atMs).toISOString();
    const counted = { at, reason: 'message older than 8 days: a replay', excerpt: shapeOf(letter.body.message) };
    const trace = this.routing.traceWrites(id, letter, { rule: 'replay', to: 'nobody: it is older than 8 days' });
    return { state, writes: [...unhandledWrites(this.keys, counted), ...trace] };
  }

  /** The file of a waiting message is here, or will not come. */
  async mediaDone(turn: IncomingTurn, letter: MediaDoneLetter): Promise<ConversationDecision> {
    const { waiting, ready } = mediaDone(turn.state.waiting, letter);
    return this.routeAll(turn, ready, { state: { ...turn.state, waiting } });
  }

  /** The client chose in WhatsApp's own settings, or Meta refused a message for such a choice. */
  preference({ state }: IncomingTurn, { choice, atMs }: PreferenceLetter, storedAtMs: number): ConversationDecision {
    // Meta tells whole seconds: in the second itself what was stored later was said later.
    const saidAtMs = atMs === undefined ? storedAtMs : Math.min(atMs + 999, storedAtMs);
    const after =
      choice === 'stop'
        ? optedOut(state, { scope: 'marketing', by: 'meta', atMs: saidAtMs })
        : optedIn(state, saidAtMs);
    return { state: after };
  }

  private rejected(
    turn: IncomingTurn,
    letter: Letter<IncomingLetter>,
    known: Conversation,
    seen: Write,
  ): ConversationDecision {
    const problem = { code: 'interaction_rejected', message: 'The client rejected the interaction request.' };
    const dropped = this.outbound.drop(known, problem, turn.nowMs);
    const trace = this.routing.traceWrites(turn.id, letter, {
      rule: 'interaction request',
      to: 'rejected: the stash was dropped',
    });
    const answeredAtMs = Math.max(letter.atMs, known.answeredAtMs);
    return {
      state: { ...dropped.state, rejectedAtMs: letter.atMs, answeredAtMs },
      writes: [seen, ...dropped.writes, ...trace],
    };
  }

  /** A stop word drops what waits and closes the conversation to us; a start word opens it again. Both are routed as ever. */
  private spoken(
    turn: IncomingTurn,
    { body, atMs }: Letter<IncomingLetter>,
    state: Conversation,
  ): { readonly state: Conversation; readonly writes: readonly Write[] } {
    const { profile } = partsOf(this.config, turn.id);
    const said = SAID.has(textIn(body.message['type']) ?? '')
      ? wordOf(textOf(body.message), profile.consent)
      : undefined;
    if (said === 'start') return { state: optedIn(state, atMs), writes: [] };
    if (said !== 'stop') return { state, writes: [] };
    const stopped = optedOut(state, { scope: 'all', by: 'word', atMs });
    const problem = refusalOf(stopped, undefined);
    return problem ? this.outbound.drop(stopped, problem, turn.nowMs) : { state: stopped, writes: [] };
  }

  private async take(
    turn: IncomingTurn,
    letter: Letter<IncomingLetter>,
    before: ConversationDecision,
  ): Promise<ConversationDecision> {
    const { name: profile } = partsOf(this.config, turn.id);
    const place = { ref: { kind: 'conversation', id: turn.id }, profile, nowMs: turn.nowMs };
    const taken = { ...letter, body: { ...letter.body, takenAtMs: letter.body.takenAtMs ?? turn.nowMs } };
    const { waiting, ready, tells, timers } = arrived(turn.state.waiting, taken, place);
    const state = { ...turn.state, waiting };
    return this.routeAll({ ...turn, state }, ready, joined(before, { state, tells, timers }));
  }

  private async routeAll(
    turn: IncomingTurn,
    ready: readonly ReadyMessage[],
    before: ConversationDecision,
  ): Promise<ConversationDecision> {
    let decision = before;
    for (const message of ready) {
      const state = decision.state as Conversation; // routing moves no conversation
      decision = joined(decision, await this.routing.route({ ...turn, state }, message));
    }
    return decision;
  }
}

/** Messages whose words may be a stop word: typed, or on a button. */
const SAID = new Set(['text', 'button', 'interactive']);

/** What a message shows of this address itself; numbers and user ids of other addresses are the identity rules' business. */
const identified = (
  conversation: Conversation,
  { name, from, userId }: IncomingLetter,
  client: string,
): Conversation => ({
  ...conversation,
  ...(name !== '' && { name }),
  ...(from === client && { number: from }),
  ...(userId === client && { userId }),
});

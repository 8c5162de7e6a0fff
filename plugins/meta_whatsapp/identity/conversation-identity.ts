import { randomUUID } from 'node:crypto';
import {
  type Keys,
  type Letter,
  type RedisConnection,
  type Tell,
  type Timer,
  type Turn,
  type Write,
} from '../../../core/index.js';
import { type Conversation, type ConversationState, isMoved } from '../conversation/conversation.js';
import { partsOf } from '../conversation/conversation-id.js';
import type { ConversationDecision } from '../conversation/decisions.js';
import type { ConversationOutbound } from '../conversation-outbound.js';
import { CHANGED } from '../conversation-reports.js';
import { conversationIdOf, PLUGIN, type WhatsAppConfig } from '../profile.js';
import { secondsIn } from '../webhook-json.js';
import type { IncomingLetter } from '../webhook-letters.js';
import { isUserId } from './client-id.js';
import { forwardedOf } from './forwarding.js';
import {
  askFor,
  type IdentityOutcome,
  learn,
  type Placing,
  type Post,
  parkedOf,
  place,
  placeIncoming,
} from './identity.js';
import { identityNoteOf } from './identity-changes.js';
import type { AbsorbLetter, IdentityLetter } from './identity-letters.js';
import { subjectOf } from './person-ids.js';
import { type ShownNumber, ShownNumbers, sharedNumber } from './shown-numbers.js';

type AnyTurn = Turn<ConversationState>;

/** An answer takes a few turns; where an engine was killed, until the locks of its turns have ended. */
const PATIENCE_MS = 5_000;
/** A message that is not here after so long is a dead letter, and nothing waits for it. */
const UNDER_WAY_MS = 3_600_000;

/** Who is who, as the conversations' actor asks it: the rules of `identity.ts`, with the letters and writes that carry them out. */
export class ConversationIdentity {
  private readonly shownNumbers: ShownNumbers;

  constructor(
    private readonly config: WhatsAppConfig,
    private readonly keys: Keys,
    private readonly redis: RedisConnection,
    private readonly outbound: ConversationOutbound,
  ) {
    this.shownNumbers = new ShownNumbers(keys, redis);
  }

  /** Where a letter belongs. `person`: whose it is, where the letter itself says so. */
  place({ id, state }: AnyTurn, letter: Letter<object>, person: string | undefined): Placing {
    const { client } = partsOf(this.config, id);
    return place(client, state, forwardedOf(letter.body)?.person ?? person);
  }

  placeIncoming({ id, state }: AnyTurn, { body, atMs }: Letter<IncomingLetter>): Placing {
    const { client } = partsOf(this.config, id);
    const { from: named, userId, message, shown } = body;
    const from = named ?? shown?.number;
    const person = forwardedOf(body)?.person;
    if (message['type'] === 'system')
      return place(client, state, person ?? subjectOf(state, userId, identityNoteOf(message, userId, undefined)));
    const sentAtMs = shown?.atMs ?? Math.min(secondsIn(message['timestamp']) ?? atMs, atMs);
    const evidence = { ...(from !== undefined && { from }), ...(userId !== undefined && { userId }), atMs: sentAtMs };
    return placeIncoming(client, state, evidence, person);
  }

  /**
   * For a message that hides the number, where none is known here: the one on the card that the client shares with it,
   * else the one that statuses showed.
   */
  async shownNumber({ id, state }: AnyTurn, { body, atMs }: Letter<IncomingLetter>): Promise<ShownNumber | undefined> {
    const { name, client } = partsOf(this.config, id);
    const isHidden = isUserId(client) && body.from === undefined && forwardedOf(body) === undefined;
    if (!isHidden || isMoved(state)) return undefined;
    return sharedNumber(body.message, client, atMs) ?? this.shownNumbers.of(name, client, atMs);
  }

  /**
   * Whether an earlier message of the same client may still be under way: one that hid the number was told to their user
   * id and comes on from there. The address of the user id is looked at first, for its commit moves a letter from there
   * to here at once. Only this keeps the order of messages that hide and show the number; before the two are known to be
   * one person there is none to keep.
   */
  async overtakes(
    { id }: AnyTurn,
    { body }: Letter<IncomingLetter>,
    { userId, number }: Conversation,
  ): Promise<boolean> {
    const { name } = partsOf(this.config, id);
    const isShown = body.from !== undefined && body.from === number && body.userId === userId && userId !== undefined;
    if (!isShown || body.letBy || forwardedOf(body) !== undefined) return false;
    const [there, here] = await Promise.all([
      this.redis.client.llen(this.keys.mailbox('conversation', conversationIdOf(name, userId))),
      this.redis.client.zcard(this.underWay(id)),
    ]);
    return there + here > 0;
  }

  /** A client's message is on its way to the conversation `to`. */
  leavesFor(to: string, { body, atMs }: Letter<IncomingLetter>): readonly Write[] {
    const key = this.underWay(to);
    return [
      ['ZADD', key, atMs, String(body.message['id'])],
      ['PEXPIRE', key, UNDER_WAY_MS],
    ];
  }

  /** A client's message that came from another address of theirs is here. */
  cameTo(id: string, { body }: Letter<IncomingLetter>): readonly Write[] {
    return forwardedOf(body) ? [['ZREM', this.underWay(id), String(body.message['id'])]] : [];
  }

  /** A letter is held and asks others; what the number held of somebody else goes to where that person is known. */
  async held(
    turn: AnyTurn,
    letter: Letter<unknown>,
    placing: Placing & { readonly at: 'held' },
  ): Promise<ConversationDecision> {
    const { conversation, posts, left } = placing;
    const { id, atMs, body } = letter;
    const held = [...conversation.held, { id, atMs, body }];
    const timers = [this.patience(turn)];
    if (!left) {
      return { state: { ...conversation, held }, tells: this.tells(turn.id, posts), timers };
    }
    const { client } = partsOf(this.config, turn.id);
    const parked = parkedOf(left, client);
    const lost = left.stash.filter((message) => !parked.stash.includes(message));
    const { traces, writes } = await this.tracesGone(turn.id);
    const { userId } = left;
    const absorb: AbsorbLetter = {
      type: 'absorb',
      conversation: parked,
      traces,
      userIds: [userId!],
      from: client,
      parked: true,
    };
    return {
      state: { ...conversation, held, bornAtMs: turn.nowMs },
      tells: this.tells(turn.id, [{ to: userId!, body: absorb }, ...posts]),
      writes: [...writes, ...lost.flatMap(({ delivery }) => this.outbound.failed(delivery, CHANGED, turn.nowMs))],
      timers,
    };
  }

  async learn(
    turn: AnyTurn,
    letter: Letter<IdentityLetter>,
  ): Promise<{ outcome: IdentityOutcome; decision: ConversationDecision }> {
    const { client } = partsOf(this.config, turn.id);
    const outcome = learn(client, turn.state, letter.body, turn.nowMs);
    return { outcome, decision: await this.carriedOut(turn, outcome) };
  }

  /** The writes and letters of an outcome. */
  async carriedOut(turn: AnyTurn, outcome: IdentityOutcome): Promise<ConversationDecision> {
    const { state, posts, gone, absorbed, lost } = outcome;
    const { traces, writes } = gone ? await this.tracesGone(turn.id) : { traces: [], writes: [] };
    const told = posts.map((post, at) =>
      at === 0 && gone && post.body.type === 'absorb' ? { ...post, body: { ...post.body, traces } } : post,
    );
    const list = this.keys.conversations();
    const index: Write[] = isMoved(state)
      ? [['ZREM', list, turn.id]]
      : absorbed
        ? [['ZADD', list, turn.nowMs, turn.id]]
        : [];
    const timers = !isMoved(state) && state.awaiting !== undefined ? [this.patience(turn)] : [];
    const failed = (lost?.stash ?? []).flatMap(({ delivery }) => this.outbound.failed(delivery, CHANGED, turn.nowMs));
    return { state, tells: this.tells(turn.id, told), writes: [...writes, ...index, ...failed], timers };
  }

  askedAgain(turn: AnyTurn, state: Conversation): ConversationDecision {
    const { client } = partsOf(this.config, turn.id);
    const posts = askFor(client, state.awaiting!, state.provenAtMs ?? 0);
    return { state, tells: this.tells(turn.id, [posts]), timers: [this.patience(turn)] };
  }

  /** When to ask again for what is waited for. */
  private patience({ id, nowMs }: AnyTurn): Timer {
    const timer = `${id}:still-held:${randomUUID()}`;
    const tell: Tell = { to: { kind: 'conversation', id }, id: timer, body: { type: 'still_held' } };
    return { queue: 'session-expiry', id: timer, atMs: nowMs + PATIENCE_MS, tell };
  }

  private underWay(id: string): string {
    return this.keys.plugin(PLUGIN, `under-way:${id}`);
  }

  private tells(id: string, posts: readonly Post[]): Tell[] {
    const { name } = partsOf(this.config, id);
    return posts.map(({ to, body }) => ({
      to: { kind: 'conversation', id: conversationIdOf(name, to) },
      // New each time: one letter may ask twice, and an answer that is dropped as known would be waited for without end.
      id: `${body.type}:${randomUUID()}`,
      body,
    }));
  }

  /** Traces go with the conversation; one that is written in this very turn is not read yet, and stays where it is. */
  private async tracesGone(id: string): Promise<{ traces: string[]; writes: Write[] }> {
    const key = this.keys.routingTrace(id);
    const traces = await this.redis.client.lrange(key, 0, -1);
    return { traces, writes: traces.length > 0 ? [['LTRIM', key, traces.length, -1]] : [] };
  }
}

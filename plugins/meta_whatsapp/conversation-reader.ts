import { inject, injectable } from 'inversify';
import { Keys, RedisConnection } from '../../core/index.js';
import { type Conversation, type ConversationState, isMoved } from './conversation/conversation.js';
import { CONVERSATION_VERSION, migrated } from './conversation/stored-conversation.js';
import { conversationIdOf } from './profile.js';

/** Addresses that lead from one to the next at most: a number, user ids one after the other, and where the person is now. */
const ADDRESSES_AT_MOST = 8;

/** Reads conversations as they are stored. Letters that wait in their mailboxes are not in it yet. */
@injectable()
export class ConversationReader {
  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Keys) private readonly keys: Keys,
  ) {}

  /** The conversation at this address, or at the one where its person is known now. */
  async at(
    profile: string,
    address: string,
  ): Promise<{ readonly client: string; readonly conversation: Conversation } | undefined> {
    let client = address;
    let state = await this.stored(conversationIdOf(profile, client));
    for (let hops = 0; state && isMoved(state); hops++) {
      if (hops === ADDRESSES_AT_MOST) return undefined;
      client = state.movedTo;
      state = await this.stored(conversationIdOf(profile, client));
    }
    return state && { client, conversation: state };
  }

  private async stored(id: string): Promise<ConversationState | undefined> {
    const record = await this.redis.client.hget(this.keys.actor('conversation', id), 'state');
    if (record === null) return undefined;
    const { v, ...state } = JSON.parse(record) as ConversationState & { readonly v: number };
    return v === CONVERSATION_VERSION ? (state as ConversationState) : migrated(state, v);
  }
}

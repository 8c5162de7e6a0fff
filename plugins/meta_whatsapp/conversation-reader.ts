import { inject, injectable } from 'inversify';
import { Keys, RedisConnection } from '../../core/index.js';
import { type Conversation, type ConversationState, isMoved } from './conversation/conversation.js';
import { CONVERSATION_VERSION, migrated } from './conversation/stored-conversation.js';
import { conversationIdOf } from './profile.js';

/** Limit of forwarding addresses to follow: a number, several user ids, and the person's present address. */
const ADDRESSES_AT_MOST = 8;

/** Reads stored conversations. Letters that still wait in mailboxes are not included. */
@injectable()
export class ConversationReader {
  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Keys) private readonly keys: Keys,
  ) {}

  /** The conversation at this address, or at the address to which it has moved. */
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

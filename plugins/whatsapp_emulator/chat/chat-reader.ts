import { inject, injectable } from 'inversify';
import { Clock, RedisConnection } from '../../../core/index.js';
import { AccountBook } from '../accounts/account-book.js';
import { EmulatorKeys } from '../emulator-keys.js';
import { digitsOf, USER_ID } from '../message/recipient.js';
import type { ChatEntry, ChatMessage, ChatStatus } from './chat-entry.js';
import { defaultName, userIdOf } from './client-id.js';

/** One client as the list shows it. */
export interface ClientView {
  readonly client: string;
  readonly user_id: string;
  readonly name: string;
  readonly last_at: string;
  /** Profiles that are typing to this client now. */
  readonly typing: readonly string[];
}

/** Reads chats and clients for people and for checks. */
@injectable()
export class ChatReader {
  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(EmulatorKeys) private readonly keys: EmulatorKeys,
    @inject(AccountBook) private readonly accounts: AccountBook,
    @inject(Clock) private readonly clock: Clock,
  ) {}

  /** The client in digits for a number or a user id that has been seen; undefined for anything else. */
  async resolve(written: string): Promise<string | undefined> {
    if (!USER_ID.test(written)) return digitsOf(written);
    return (await this.redis.orAway(this.redis.client.hget(this.keys.users(), written))) ?? undefined;
  }

  /** The chat, oldest first. */
  async chat(client: string): Promise<readonly ChatMessage[]> {
    const { client: redis } = this.redis;
    const read = Promise.all([
      redis.lrange(this.keys.chatOrder(client), 0, -1),
      redis.hgetall(this.keys.chatEntries(client)),
      redis.hgetall(this.keys.chatStatuses(client)),
      redis.hgetall(this.keys.client(client)),
    ]);
    const [order, entries, statuses, record] = await this.redis.orAway(read);
    return order.flatMap((id) => {
      const stored = entries[id];
      if (!stored) return []; // trimmed between the reads
      const entry = JSON.parse(stored) as ChatEntry;
      return [{ ...entry, status: this.seenByBusiness(entry, record) ? 'read' : (statuses[id] as ChatStatus) }];
    });
  }

  async entry(client: string, id: string): Promise<ChatEntry | undefined> {
    const stored = await this.redis.orAway(this.redis.client.hget(this.keys.chatEntries(client), id));
    return stored === null ? undefined : (JSON.parse(stored) as ChatEntry);
  }

  async newest(client: string): Promise<ChatEntry | undefined> {
    const id = await this.redis.orAway(this.redis.client.lindex(this.keys.chatOrder(client), -1));
    return id === null ? undefined : this.entry(client, id);
  }

  /** Clients by their newest message, newest first. */
  async clients(limit: number): Promise<readonly ClientView[]> {
    const { client: redis } = this.redis;
    const [flat, nowMs] = await this.redis.orAway(
      Promise.all([redis.zrevrange(this.keys.clients(), 0, limit - 1, 'WITHSCORES'), this.clock.nowMs()]),
    );
    const ids = flat.filter((_, at) => at % 2 === 0);
    const records = await this.redis.orAway(Promise.all(ids.map((id) => redis.hgetall(this.keys.client(id)))));
    return ids.map((client, at) => ({
      client,
      user_id: userIdOf(client),
      name: records[at]!.name ?? defaultName(client),
      last_at: new Date(Number(flat[2 * at + 1])).toISOString(),
      typing: this.accounts.all
        .filter((account) => Number(records[at]![`typing:${account.phoneNumberId}`] ?? 0) > nowMs)
        .map((account) => account.profile),
    }));
  }

  private seenByBusiness(entry: ChatEntry, record: { readonly [field: string]: string }): boolean {
    if (entry.direction !== 'from_client') return false;
    const account = this.accounts.ofProfile(entry.profile);
    return account !== undefined && Date.parse(entry.at) <= Number(record[`seen:${account.phoneNumberId}`] ?? 0);
  }
}

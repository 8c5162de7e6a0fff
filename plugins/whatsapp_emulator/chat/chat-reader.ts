import { inject, injectable } from 'inversify';
import { Clock, RedisConnection } from '../../../core/index.js';
import { AccountBook } from '../accounts/account-book.js';
import { EmulatorKeys } from '../emulator-keys.js';
import type { ChatEntry, ChatMessage, ChatStatus } from './chat-entry.js';
import { ClientBook } from './client-book.js';
import { type ClientRecord, type Person, personOf } from './person.js';

/** One client as the list shows it. */
export interface ClientView {
  /** Names the chat for ever, whatever number or user id it is found by. */
  readonly client: string;
  readonly number: string | null;
  readonly user_id: string;
  readonly parent_user_id: string | null;
  readonly name: string;
  readonly username: string | null;
  readonly hide_number: boolean;
  readonly marketing_stopped: boolean;
  readonly identity_key_hash: string;
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
    @inject(ClientBook) private readonly book: ClientBook,
    @inject(AccountBook) private readonly accounts: AccountBook,
    @inject(Clock) private readonly clock: Clock,
  ) {}

  /** The client whom a number or a user id names now; undefined where it names nobody. */
  resolve(written: string): Promise<string | undefined> {
    return this.book.find(written);
  }

  async person(client: string): Promise<Person> {
    return personOf(client, await this.redis.orAway(this.redis.client.hgetall(this.keys.client(client))));
  }

  /** The business numbers that have exchanged a message with the client. */
  async profiles(client: string): Promise<readonly string[]> {
    return [...new Set((await this.chat(client)).map(({ profile }) => profile))];
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
    return ids.map((client, at) => this.view(client, records[at]!, Number(flat[2 * at + 1]), nowMs));
  }

  async client(client: string): Promise<ClientView> {
    const { client: redis } = this.redis;
    const read = Promise.all([
      redis.hgetall(this.keys.client(client)),
      redis.zscore(this.keys.clients(), client),
      this.clock.nowMs(),
    ]);
    const [record, lastMs, nowMs] = await this.redis.orAway(read);
    return this.view(client, record, Number(lastMs ?? nowMs), nowMs);
  }

  private view(client: string, record: ClientRecord, lastMs: number, nowMs: number): ClientView {
    const person = personOf(client, record);
    const { number, userId, parentUserId, name, username, numberHidden, marketingStopped } = person;
    return {
      client,
      number: number ?? null,
      user_id: userId,
      parent_user_id: parentUserId ?? null,
      name,
      username: username ?? null,
      hide_number: numberHidden,
      marketing_stopped: marketingStopped,
      identity_key_hash: person.identityKeyHash,
      last_at: new Date(lastMs).toISOString(),
      typing: this.accounts.all
        .filter((account) => Number(record[`typing:${account.phoneNumberId}`] ?? 0) > nowMs)
        .map((account) => account.profile),
    };
  }

  private seenByBusiness(entry: ChatEntry, record: { readonly [field: string]: string }): boolean {
    if (entry.direction !== 'from_client') return false;
    const account = this.accounts.ofProfile(entry.profile);
    return account !== undefined && Date.parse(entry.at) <= Number(record[`seen:${account.phoneNumberId}`] ?? 0);
  }
}

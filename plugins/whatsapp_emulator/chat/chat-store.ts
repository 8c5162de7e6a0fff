import { inject, injectable } from 'inversify';
import { RedisConnection, Script } from '../../../core/index.js';
import type { Account } from '../accounts/account-book.js';
import { EmulatorConfig } from '../emulator-config.js';
import { EmulatorKeys, laneOf } from '../emulator-keys.js';
import { type Fault, type Struck, struckBy } from '../fault/fault.js';
import { encodeJob } from '../webhook/webhook-job.js';
import { type NewWebhook, waysOf } from '../webhook/webhook-way.js';
import type { ChatEntry, ChatStatus, StatusBase } from './chat-entry.js';
import { type ClientRecord, type Person, personOf } from './person.js';

const script = (file: string) => new Script(new URL(`../scripts/${file}.lua`, import.meta.url));
const beginScript = script('emulator-begin');
const commitScript = script('emulator-commit');

/** What a call needs to know, read in one trip. */
export interface Opened {
  readonly account: Account;
  readonly client: string;
  readonly person: Person;
  readonly nowMs: number;
  /** When the client last wrote to this business number. */
  readonly lastMessageMs?: number;
  /** Up to when the business marked the client's messages read. */
  readonly seenMs?: number;
  /** Webhooks about a new user id that wait for the client's next message. */
  readonly announceLater: readonly string[];
  /** Messages of this business number that the client has not read. */
  readonly unread: readonly StatusBase[];
  readonly struck: Struck;
}

/** What a call changes, all of it or nothing. */
export interface Change {
  readonly entry?: ChatEntry;
  readonly status?: ChatStatus;
  /** Kept until the client reads the entry. */
  readonly unread?: StatusBase;
  readonly request?: object;
  readonly fields?: { readonly [field: string]: string | number };
  readonly webhooks?: readonly NewWebhook[];
}

/** A client's record and how it is found; an empty value takes the way to it away. */
export interface IdentityChange {
  readonly fields: { readonly [field: string]: string };
  readonly users?: { readonly [userId: string]: string };
  /** An empty client: nobody has the number now. */
  readonly numbers?: { readonly [number: string]: string };
}

const numberOf = (stored: string | undefined): number | undefined =>
  stored === undefined ? undefined : Number(stored);

const recordOf = (flat: readonly string[]): ClientRecord =>
  Object.fromEntries(flat.flatMap((field, at) => (at % 2 === 0 ? [[field, flat[at + 1]!]] : [])));

/** Reads and commits calls: one script each, so that a killed process leaves no half of one. */
@injectable()
export class ChatStore {
  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(EmulatorKeys) private readonly keys: EmulatorKeys,
    @inject(EmulatorConfig) private readonly config: EmulatorConfig,
  ) {}

  /** Takes the faults of `kinds` that strike this call, and reads the client. */
  async open(account: Account, client: string, kinds: string): Promise<Opened> {
    const number = account.phoneNumberId;
    const { clockOffset, faults: faultsKey, settings } = this.keys;
    const keys = [clockOffset(), faultsKey(), this.keys.client(client), this.keys.unread(client), settings()];
    const args = [client, account.profile, kinds, 'messages', number];
    const answer = await this.redis.orAway(beginScript.run(this.redis.client, keys, args));
    const [now, flat, unread, identityCheck, faults] = answer as [string, string[], string[], string | null, string[]];
    const record = recordOf(flat);
    const records = unread.filter((_, at) => at % 2 === 1).map((text) => JSON.parse(text) as StatusBase);
    return {
      account,
      client,
      person: { ...personOf(client, record), identityKeyShown: identityCheck === '1' },
      nowMs: Number(now),
      lastMessageMs: numberOf(record[`from:${number}`]),
      seenMs: numberOf(record[`seen:${number}`]),
      announceLater: JSON.parse(record[`announce:${number}`] || '[]') as string[],
      unread: records.filter((each) => each.phoneNumberId === number),
      struck: struckBy(faults.map((text) => JSON.parse(text) as Fault)),
    };
  }

  /** A message whose statuses end in `failed` is stored as failed, whatever `status` says. */
  async commit(opened: Opened, change: Change): Promise<void> {
    const { account, client, person, nowMs, struck } = opened;
    const lane = laneOf(account.phoneNumberId, client);
    const { entry } = change;
    const fields = Object.entries(change.fields ?? {});
    const failed = change.webhooks?.some(({ status }) => status === 'failed') ?? false;
    const unread = failed ? undefined : change.unread;
    const args = [
      client,
      person.userId,
      nowMs,
      lane,
      this.config.chat_kept,
      this.config.requests_kept,
      struck.hold_statuses?.id ?? '',
      entry?.id ?? '',
      entry ? JSON.stringify(entry) : '',
      failed ? 'failed' : (change.status ?? ''),
      unread ? JSON.stringify({ ...unread, ...(struck.skip_delivered && { deliveredSkipped: true }) }) : '',
      change.request ? JSON.stringify(change.request) : '',
      fields.length,
      ...fields.flat(),
      ...waysOf(change.webhooks ?? [], struck, account.phoneNumberId, client).flatMap(({ webhook, ...way }) => [
        webhook.kind,
        webhook.marks?.id ?? '',
        webhook.marks?.as ?? '',
        way.lane,
        way.waitMs,
        way.batch,
        encodeJob({ atMs: nowMs, body: webhook.body, messageIds: webhook.messageId ? [webhook.messageId] : [] }),
      ]),
    ];
    await this.redis.orAway(commitScript.run(this.redis.client, this.commitKeys(client, lane), args));
  }

  /** Stores who a client is, and lists the client. */
  async identify(client: string, nowMs: number, change: IdentityChange): Promise<void> {
    const { keys } = this;
    const write = this.redis.client.multi().zadd(keys.clients(), 'NX', nowMs, client);
    for (const [field, value] of Object.entries(change.fields)) write.hset(keys.client(client), field, value);
    for (const [userId, owner] of Object.entries(change.users ?? {})) {
      if (owner) write.hset(keys.users(), userId, owner);
      else write.hdel(keys.users(), userId);
    }
    for (const [number, owner] of Object.entries(change.numbers ?? {})) write.hset(keys.numbers(), number, owner);
    await this.redis.orAway(write.exec());
  }

  private commitKeys(client: string, lane: string): readonly string[] {
    const { keys } = this;
    return [
      keys.chatOrder(client),
      keys.chatEntries(client),
      keys.chatStatuses(client),
      keys.unread(client),
      keys.client(client),
      keys.clients(),
      keys.users(),
      keys.requests(),
      keys.outbox(''),
      keys.due(),
      keys.leased(),
      keys.held(lane),
      keys.heldLanes(),
      keys.faults(),
    ];
  }
}

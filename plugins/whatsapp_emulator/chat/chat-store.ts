import { inject, injectable } from 'inversify';
import { RedisConnection, Script } from '../../../core/index.js';
import type { Account } from '../accounts/account-book.js';
import { EmulatorConfig } from '../emulator-config.js';
import { EmulatorKeys, laneOf } from '../emulator-keys.js';
import { type Fault, type Struck, struckBy } from '../fault/fault.js';
import { encodeJob } from '../webhook/webhook-job.js';
import type { ChatEntry, ChatStatus, StatusBase } from './chat-entry.js';
import { defaultName, userIdOf } from './client-id.js';

const script = (file: string) => new Script(new URL(`../scripts/${file}.lua`, import.meta.url));
const beginScript = script('emulator-begin');
const commitScript = script('emulator-commit');

/** What a call needs to know, read in one trip. */
export interface Opened {
  readonly account: Account;
  readonly client: string;
  readonly nowMs: number;
  readonly name: string;
  /** When the client last wrote to this business number. */
  readonly lastMessageMs?: number;
  /** The pair limit's time, see `pairLimitAfter`. */
  readonly pairEmptyAtMs?: number;
  /** Up to when the business marked the client's messages read. */
  readonly seenMs?: number;
  /** Messages of this business number that the client has not read. */
  readonly unread: readonly StatusBase[];
  readonly struck: Struck;
}

/** A webhook to store. A `status` may be held back; `marksRead` is dropped if that message is already read. */
export interface NewWebhook {
  readonly kind: 'status' | 'message';
  readonly body: string;
  readonly marksRead?: string;
  readonly messageId?: string;
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

const numberOf = (stored: string | null): number | undefined => (stored === null ? undefined : Number(stored));

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
    const keys = [this.keys.clockOffset(), this.keys.faults(), this.keys.client(client), this.keys.unread(client)];
    const args = [client, account.profile, account.phoneNumberId, kinds];
    const answer = await this.redis.orAway(beginScript.run(this.redis.client, keys, args));
    const [now, name, last, pair, seen, unread, faults] = answer as [
      string,
      string | null,
      string | null,
      string | null,
      string | null,
      string[],
      string[],
    ];
    const records = unread.filter((_, at) => at % 2 === 1).map((text) => JSON.parse(text) as StatusBase);
    return {
      account,
      client,
      nowMs: Number(now),
      name: name ?? defaultName(client),
      lastMessageMs: numberOf(last),
      pairEmptyAtMs: numberOf(pair),
      seenMs: numberOf(seen),
      unread: records.filter((record) => record.phoneNumberId === account.phoneNumberId),
      struck: struckBy(faults.map((text) => JSON.parse(text) as Fault)),
    };
  }

  async commit(opened: Opened, change: Change): Promise<void> {
    const { account, client, nowMs, struck } = opened;
    const lane = laneOf(account.phoneNumberId, client);
    const { entry } = change;
    const fields = Object.entries(change.fields ?? {});
    const webhooks = struck.duplicate_webhooks
      ? (change.webhooks ?? []).flatMap((webhook) => [webhook, { ...webhook, marksRead: undefined }])
      : (change.webhooks ?? []);
    const args = [
      client,
      userIdOf(client),
      nowMs,
      lane,
      this.config.chat_kept,
      this.config.requests_kept,
      struck.hold_statuses?.id ?? '',
      entry?.id ?? '',
      entry ? JSON.stringify(entry) : '',
      change.status ?? '',
      change.unread ? JSON.stringify(change.unread) : '',
      change.request ? JSON.stringify(change.request) : '',
      fields.length,
      ...fields.flat(),
      ...webhooks.flatMap(({ kind, marksRead, messageId, body }) => [
        kind,
        marksRead ?? '',
        encodeJob({ atMs: nowMs, body, ...(messageId !== undefined && { messageId }) }),
      ]),
    ];
    await this.redis.orAway(commitScript.run(this.redis.client, this.commitKeys(client, lane), args));
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
      keys.outbox(lane),
      keys.due(),
      keys.leased(),
      keys.held(lane),
      keys.heldLanes(),
      keys.faults(),
    ];
  }
}

import { inject, injectable } from 'inversify';
import {
  type ErasedPersonData,
  type PersonalData,
  type PersonalDataLeft,
  RedisConnection,
} from '../../../core/index.js';
import { EmulatorKeys, readLane } from '../emulator-keys.js';
import type { Fault } from '../fault/fault.js';
import { MediaShelf } from '../media/media-shelf.js';
import type { ChatEntry } from './chat-entry.js';
import { ChatReader } from './chat-reader.js';
import { ClientBook } from './client-book.js';
import type { GraphCall } from './graph-call-log.js';

const PAGE = 500;
const MEDIA = ['image', 'video', 'audio', 'document', 'sticker'];

/** The file in a client's message. */
function mediaIdOf({ direction, type, payload }: ChatEntry): readonly string[] {
  const id = MEDIA.includes(type) && (payload[type] as { readonly id?: unknown } | undefined)?.id;
  return direction === 'from_client' && typeof id === 'string' ? [id] : [];
}

/** Whether a text contains one of the names, not only as a part of a longer one. */
function naming(names: readonly string[]): (text: string) => boolean {
  const patterns = names.map((name) => new RegExp(`(?<![\\w.])${name.replaceAll('.', '\\.')}(?!\\w)`));
  return (text) => patterns.some((pattern) => pattern.test(text));
}

/**
 * Deletes a client: chat, files, Graph calls, webhooks, faults, name and ids. When a contact is erased, the engine calls this at
 * the beginning and again at the end, when no work about the client is running. It is safe to repeat.
 */
@injectable()
export class ClientErasure implements PersonalData {
  readonly name = 'whatsapp_emulator';

  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(EmulatorKeys) private readonly keys: EmulatorKeys,
    @inject(ClientBook) private readonly book: ClientBook,
    @inject(ChatReader) private readonly reader: ChatReader,
    @inject(MediaShelf) private readonly shelf: MediaShelf,
  ) {}

  /** Runs outside the commit of the engine's turn; safe to repeat. */
  async erase({ points }: ErasedPersonData): Promise<PersonalDataLeft> {
    for (const { type, contact } of points) {
      if (type === 'email') continue;
      const client = await this.book.find(contact);
      if (client !== undefined) await this.forget(client, [contact]);
    }
    return { writes: [], tells: [] };
  }

  /** `names`: other known names of the client. */
  async forget(client: string, names: readonly string[] = []): Promise<void> {
    const { number, userId } = await this.reader.person(client);
    const called = [...new Set([client, userId, ...(number ? [number] : []), ...names])];
    const owners = await Promise.all(called.map((name) => this.book.find(name)));
    const all = called.filter((_, at) => (owners[at] ?? client) === client); // a number may have another owner by now
    const isNamed = naming(all);
    for (const entry of await this.reader.chat(client)) for (const id of mediaIdOf(entry)) await this.shelf.remove(id);
    await this.forgetWebhooks(client, isNamed);
    await this.forgetCalls(client, isNamed);
    await this.forgetFaults(client);
    const { keys } = this;
    const gone = [keys.chatOrder, keys.chatEntries, keys.chatStatuses, keys.unread, keys.client].map((key) =>
      key(client),
    );
    const write = this.redis.client.multi();
    write
      .del(...gone)
      .zrem(keys.clients(), client)
      .hdel(keys.users(), ...all)
      .hdel(keys.numbers(), ...all);
    await this.redis.orAway(write.exec());
  }

  private async forgetWebhooks(client: string, isNamed: (text: string) => boolean): Promise<void> {
    const { keys } = this;
    const { client: redis } = this.redis;
    const lanes = await this.redis.orAway(
      Promise.all([
        redis.zrange(keys.due(), '0', '-1'),
        redis.zrange(keys.leased(), '0', '-1'),
        redis.smembers(keys.heldLanes()),
      ]),
    );
    const theirs = [...new Set(lanes.flat())].filter((lane) => readLane(lane).client === client);
    const posted = await this.redis.orAway(redis.lrange(keys.posted(), 0, -1));
    const write = redis.multi();
    for (const lane of theirs) {
      write.del(keys.outbox(lane), keys.held(lane)).zrem(keys.due(), lane).srem(keys.heldLanes(), lane);
    }
    for (const text of posted) {
      const lane = text.split('\n', 1)[0]!;
      if (readLane(lane).client === client || isNamed(text)) write.lrem(keys.posted(), 0, text);
    }
    await this.redis.orAway(write.exec());
  }

  private async forgetCalls(client: string, isNamed: (text: string) => boolean): Promise<void> {
    const { client: redis } = this.redis;
    for (let from = '-'; ; ) {
      const page = await this.redis.orAway(redis.xrange(this.keys.requests(), from, '+', 'COUNT', PAGE));
      const theirs = page.filter(
        ([, fields]) => (JSON.parse(fields[1]!) as GraphCall).client === client || isNamed(fields[1]!),
      );
      if (theirs.length > 0) await this.redis.orAway(redis.xdel(this.keys.requests(), ...theirs.map(([id]) => id)));
      if (page.length < PAGE) return;
      from = `(${page.at(-1)![0]}`;
    }
  }

  private async forgetFaults(client: string): Promise<void> {
    const { client: redis } = this.redis;
    const faults = Object.entries(await this.redis.orAway(redis.hgetall(this.keys.faults())));
    const theirs = faults.filter(([, text]) => (JSON.parse(text) as Fault).client === client).map(([id]) => id);
    if (theirs.length > 0) await this.redis.orAway(redis.hdel(this.keys.faults(), ...theirs));
  }
}

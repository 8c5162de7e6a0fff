import { randomUUID } from 'node:crypto';
import { inject, injectable } from 'inversify';
import type { Redis } from 'ioredis';
import { ActorMail } from '../actor/actor-mail.js';
import type { Json } from '../contract/json.js';
import { Logger } from '../observability/logger.js';
import { RedisConnection } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';
import { watchesMinutes, watchesZones } from './clock-minutes.js';
import { wakeClock } from './event-clock.js';
import { EventSubscription, isLater } from './event-subscription.js';
import { checkPattern, PatternMap } from './path-pattern.js';

const BLOCK_MS = 5_000;
const BATCH = 200;
const RETRY_MS = 500;
/** The clock writes its minutes while somebody watches, and a little longer: who comes back has missed none. */
const CLOCK_WATCHED_MS = 600_000;
const CLOCK_RENEWED_MS = 60_000;

/** An event as it was written to the stream. */
export interface LiveEvent {
  /** Where it stands in the stream: what a watcher gives to go on from there. */
  readonly entryId: string;
  readonly id: string;
  readonly path: string;
  readonly mechanism: string;
  readonly data: Json;
  readonly at: string;
}

type Entry = [entryId: string, fields: string[]];

/**
 * Live watching. One blocking reader a process, begun with the first watcher, hands every event to the watchers whose
 * pattern it matches.
 */
@injectable()
export class EventStream {
  private readonly watchers = new PatternMap<EventSubscription>();
  private readonly open = new Set<EventSubscription>();
  private reader: { readonly redis: Redis; position: string } | undefined;
  private starting: Promise<void> | undefined;
  private renewing: NodeJS.Timeout | undefined;

  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Keys) private readonly keys: Keys,
    @inject(ActorMail) private readonly mail: ActorMail,
    @inject(Logger) private readonly log: Logger,
  ) {}

  /**
   * Watches a pattern. What is emitted after this resolves is seen; with `after`, an entry id, also what came since that
   * entry, as far back as the stream is kept. An entry later than all of them is of a stream that was lost: then what there
   * is comes from its beginning. Errors: `path_invalid`, `store_away`.
   */
  async watch(pattern: string, last?: string): Promise<EventSubscription> {
    checkPattern(pattern);
    const after = last === undefined || (await this.redis.orAway(this.hasReached(last))) ? last : '0-0';
    await this.redis.orAway(Promise.all([this.ensureReader(), this.wantMinutes([pattern])]));
    this.renewing ??= setInterval(() => void this.renew(), CLOCK_RENEWED_MS).unref();
    const subscription = new EventSubscription(pattern, after, (closed) => this.forget(closed));
    this.watchers.add(pattern, subscription);
    this.open.add(subscription);
    if (after !== undefined) void this.catchUp(subscription, after);
    return subscription;
  }

  /** Ends every watch and the reader. */
  close(): void {
    for (const subscription of [...this.open]) subscription.close('stopping');
    clearInterval(this.renewing);
    this.renewing = undefined;
    this.reader?.redis.disconnect();
    this.reader = undefined;
  }

  private async hasReached(entryId: string): Promise<boolean> {
    return !isLater(entryId, await this.newest());
  }

  private async newest(): Promise<string> {
    const [last] = (await this.redis.client.xrevrange(this.keys.events(), '+', '-', 'COUNT', 1)) as Entry[];
    return last?.[0] ?? '0-0';
  }

  private forget(subscription: EventSubscription): void {
    this.watchers.remove(subscription.pattern, subscription);
    this.open.delete(subscription);
  }

  private async wantMinutes(patterns: readonly string[]): Promise<void> {
    const wanted = [
      ...(patterns.some(watchesMinutes) ? [this.keys.minutesWatched()] : []),
      ...(patterns.some(watchesZones) ? [this.keys.zonesWatched()] : []),
    ];
    if (wanted.length === 0) return;
    await Promise.all(wanted.map((key) => this.redis.client.set(key, '1', 'PX', CLOCK_WATCHED_MS)));
    await this.mail.tell([wakeClock(randomUUID())]);
  }

  private async renew(): Promise<void> {
    try {
      await this.wantMinutes([...this.open].map(({ pattern }) => pattern));
    } catch (error) {
      this.log.warn({ error: (error as Error).name }, 'the clock could not be told that it is watched; trying again');
    }
  }

  private ensureReader(): Promise<void> {
    if (this.reader) return Promise.resolve();
    this.starting ??= this.startReader().finally(() => {
      this.starting = undefined;
    });
    return this.starting;
  }

  private async startReader(): Promise<void> {
    const position = await this.newest();
    this.reader = { redis: this.redis.open(), position };
    void this.read(this.reader);
  }

  private async read(reader: { readonly redis: Redis; position: string }): Promise<void> {
    while (this.reader === reader) {
      try {
        const key = this.keys.events();
        const answer = await reader.redis.xread('COUNT', BATCH, 'BLOCK', BLOCK_MS, 'STREAMS', key, reader.position);
        for (const entry of (answer?.[0]?.[1] ?? []) as Entry[]) {
          reader.position = entry[0];
          const event = eventOf(entry);
          for (const subscription of this.watchers.match(event.path)) subscription.push(event);
        }
      } catch (error) {
        if (this.reader !== reader) return;
        this.log.warn({ error: (error as Error).name }, 'the stream of events could not be read; trying again');
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  /** The past, a page at a time and only as fast as it is taken; then the watcher goes over to what is live. */
  private async catchUp(subscription: EventSubscription, after: string): Promise<void> {
    try {
      for (let from = after; ; ) {
        const entries = (await this.redis.client.xrange(
          this.keys.events(),
          `(${from}`,
          '+',
          'COUNT',
          BATCH,
        )) as Entry[];
        for (const entry of entries) await subscription.pushPast(eventOf(entry));
        if (entries.length < BATCH || subscription.isClosed) return subscription.goLive();
        from = entries.at(-1)![0];
      }
    } catch {
      subscription.close('store_away');
    }
  }
}

function eventOf([entryId, fields]: Entry): LiveEvent {
  const named: { [name: string]: string } = {};
  for (let at = 0; at < fields.length; at += 2) named[fields[at]!] = fields[at + 1]!;
  const { id = entryId, path = '', mechanism = 'evt', data = 'null', at = '' } = named;
  return { entryId, id, path, mechanism, data: JSON.parse(data) as Json, at };
}

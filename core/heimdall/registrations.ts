import { inject, injectable } from 'inversify';
import type { StubTemplate } from '../contract/stub-template.js';
import { RedisConnection } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';
import { Templates } from '../template/templates.js';
import type { Claim } from './handler-choice.js';
import { byAge, ofRecord, ofTemplate, type Registration, type StoredRegistration } from './registration.js';
import { RegistrationMap } from './registration-map.js';

/** Changes read at a time. */
const PAGE = 1_000;

type Changes = [entryId: string, fields: string[]][];

/**
 * Who handles which events: registrations of templates, which live as long as these are loaded, and stored ones.
 *
 * Every process matches in its own memory, and yet none misses a change: whatever stores or removes a registration adds its
 * uuid to a stream of changes in the same commit, and every turn that emits first reads what came after the last change
 * that this process knows, one short read that mostly finds nothing. So an event that is asked for after a registration
 * was answered or committed meets it, in every process; one that was removed or has expired takes no later event. Those who
 * have missed more changes than are kept read everything anew. Registrations of templates are those that this process has
 * loaded: where processes load a changed file a moment apart, they follow a moment apart.
 */
@injectable()
export class Registrations {
  private templatesSeen: readonly StubTemplate[] = [];
  private ofTemplates = new RegistrationMap();
  private stored = new RegistrationMap();
  private position: string | undefined;
  /** When the last look that has ended began, and the one that is under way. */
  private knownAt = Number.NEGATIVE_INFINITY;
  private lookingSince = Number.NEGATIVE_INFINITY;
  private underWay: Promise<void> = Promise.resolve();
  private waiting: Promise<void> | undefined;

  constructor(
    @inject(Templates) private readonly templates: Templates,
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Keys) private readonly keys: Keys,
  ) {}

  /**
   * Resolves when this process knows all that was committed before `since`, a time of `performance.now()`. Reading the map
   * is good only right after it: between the two there must be no other wait. A turn gives the time when it read its
   * letters: one look is enough for all of them, and for other turns that began before it.
   */
  fresh(since = performance.now()): Promise<void> {
    if (this.knownAt >= since) return Promise.resolve();
    if (this.lookingSince >= since) return this.underWay;
    // A look that is under way began too early for who asks now; all who ask meanwhile share the next one.
    this.waiting ??= this.underWay
      .catch(() => undefined)
      .then(() => {
        this.waiting = undefined;
        this.underWay = this.lookNow();
        return this.underWay;
      });
    return this.waiting;
  }

  /** What matches one of the paths, by what is known; a registration may be in it with several of its events. */
  claims(paths: readonly string[], nowMs: number): Claim[] {
    this.followTemplates();
    const found = new Set<Claim>();
    for (const path of paths) {
      for (const claim of this.ofTemplates.match(path)) found.add(claim);
      for (const claim of this.stored.match(path)) if (claim.event.expiresAtMs > nowMs) found.add(claim);
    }
    return [...found];
  }

  /** A stored one, by what is known. */
  get(uuid: string): Registration | undefined {
    return this.stored.get(uuid);
  }

  /** The template that declares it; undefined for one that none does. */
  templateOf(uuid: string): string | undefined {
    this.followTemplates();
    return this.ofTemplates.get(uuid)?.template;
  }

  get storedCount(): number {
    return this.stored.size;
  }

  /** The newest first, those of templates last. */
  all(): Registration[] {
    this.followTemplates();
    return [...this.ofTemplates.all(), ...this.stored.all()].reverse();
  }

  /** Those that may match an event of the clock, by what is known. */
  ofClock(nowMs: number): Claim[] {
    this.followTemplates();
    return [...this.ofTemplates.ofClock, ...this.stored.ofClock].filter(({ event }) => event.expiresAtMs > nowMs);
  }

  /** Templates are replaced as a whole; the map follows when it is next asked. */
  private followTemplates(): void {
    const seen = this.templates.all();
    if (seen.length === this.templatesSeen.length && seen.every((one, at) => one === this.templatesSeen[at])) return;
    this.templatesSeen = seen;
    this.ofTemplates = new RegistrationMap();
    const written = seen.flatMap((template) => template.registrations.map((one) => [template, one] as const));
    for (const [place, [template, one]] of written.entries()) this.ofTemplates.put(ofTemplate(template, one, place));
  }

  private async lookNow(): Promise<void> {
    const began = performance.now();
    this.lookingSince = began;
    try {
      await this.look();
      this.knownAt = began;
    } finally {
      this.lookingSince = Number.NEGATIVE_INFINITY;
    }
  }

  private async look(): Promise<void> {
    for (;;) {
      const { position } = this;
      const from = position ?? (await this.newestChange());
      if (from === undefined) return; // nothing was ever registered
      const changes = (await this.redis.client.xrange(
        this.keys.registrationChanges(),
        from,
        '+',
        'COUNT',
        PAGE,
      )) as Changes;
      // The last one known is read again: is it gone, those after it may be gone too.
      if (position === undefined || changes[0]?.[0] !== position) {
        await this.readAll();
        continue;
      }
      if (changes.length > 1) await this.take(changes.slice(1));
      if (changes.length < PAGE) return;
    }
  }

  private async newestChange(): Promise<string | undefined> {
    const [newest] = (await this.redis.client.xrevrange(
      this.keys.registrationChanges(),
      '+',
      '-',
      'COUNT',
      1,
    )) as Changes;
    return newest?.[0];
  }

  private async take(changes: Changes): Promise<void> {
    const uuids = [...new Set(changes.map(([, [, uuid]]) => uuid!))];
    const records = await this.redis.client.hmget(this.keys.registrations(), ...uuids);
    for (const [at, uuid] of uuids.entries()) {
      this.stored.remove(uuid);
      const record = records[at];
      if (record) this.stored.put(read(record));
    }
    this.position = changes.at(-1)![0];
  }

  /** What changes while it reads stands in the stream after the place where it began. */
  private async readAll(): Promise<void> {
    const began = await this.newestChange();
    const found = new Map<string, Registration>();
    let cursor = '0';
    do {
      const [next, flat] = await this.redis.client.hscan(this.keys.registrations(), cursor, 'COUNT', PAGE);
      cursor = next;
      for (let at = 0; at < flat.length; at += 2) found.set(flat[at]!, read(flat[at + 1]!)); // a scan may give one twice
    } while (cursor !== '0');
    this.stored = await RegistrationMap.of([...found.values()].sort(byAge));
    this.position = began;
  }
}

const read = (record: string): Registration => ofRecord(JSON.parse(record) as StoredRegistration);

import { inject, injectable } from 'inversify';
import { Keys, type Problem, RedisClock, RedisConnection } from '../../../core/index.js';
import type { WhatsAppTemplate } from '../messages/whatsapp-template.js';
import { PLUGIN } from '../profile.js';

/** One account's templates as read from Meta, as stored. */
export interface Catalogue {
  readonly v: 1;
  readonly waba_id: string;
  readonly synced_at_ms: number;
  /** When the reading began. */
  readonly began_at_ms?: number;
  readonly templates: readonly WhatsAppTemplate[];
}

/** Why the newest reading brought nothing. */
export interface SyncFailure {
  readonly v: 1;
  readonly at_ms: number;
  readonly problem: Problem;
}

export interface StoredCatalogue {
  readonly catalogue?: Catalogue;
  readonly failure?: SyncFailure;
}

/**
 * The catalogues in Redis: a hash of catalogues and one of failures by profile, and a count of changes, by which other
 * processes see that there is something new. A reading replaces a catalogue as a whole; a failure leaves it as it is.
 */
@injectable()
export class CatalogueStore {
  private readonly catalogues: string;
  private readonly failures: string;
  private readonly changes: string;

  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(RedisClock) private readonly clock: RedisClock,
    @inject(Keys) keys: Keys,
  ) {
    this.catalogues = keys.plugin(PLUGIN, 'whatsapp-templates');
    this.failures = keys.plugin(PLUGIN, 'whatsapp-templates:failures');
    this.changes = keys.plugin(PLUGIN, 'whatsapp-templates:changes');
  }

  /** Another text whenever something was stored. */
  version(): Promise<string | null> {
    return this.redis.orAway(this.redis.client.get(this.changes));
  }

  async read(): Promise<ReadonlyMap<string, StoredCatalogue>> {
    const [catalogues, failures] = await this.redis.orAway(
      Promise.all([this.redis.client.hgetall(this.catalogues), this.redis.client.hgetall(this.failures)]),
    );
    const profiles = new Set([...Object.keys(catalogues), ...Object.keys(failures)]);
    return new Map(
      [...profiles].map((profile) => {
        const catalogue = parsed<Catalogue>(catalogues[profile]);
        const failure = parsed<SyncFailure>(failures[profile]);
        return [profile, { ...(catalogue && { catalogue }), ...(failure && { failure }) }];
      }),
    );
  }

  /** A reading that began before the one that is stored says nothing new: two processes may read at a time. */
  async save(
    profile: string,
    waba_id: string,
    templates: readonly WhatsAppTemplate[],
    beganAtMs: number,
  ): Promise<void> {
    const stored = await this.redis.orAway(this.redis.client.hget(this.catalogues, profile));
    const before = parsed<Catalogue>(stored ?? undefined);
    if (before?.waba_id === waba_id && (before.began_at_ms ?? 0) > beganAtMs) return;
    const catalogue: Catalogue = {
      v: 1,
      waba_id,
      synced_at_ms: await this.nowMs(),
      began_at_ms: beganAtMs,
      templates,
    };
    const writes = this.redis.client
      .multi()
      .hset(this.catalogues, profile, JSON.stringify(catalogue))
      .hdel(this.failures, profile)
      .incr(this.changes);
    await this.redis.orAway(writes.exec());
  }

  async noteFailure(profile: string, problem: Problem): Promise<void> {
    const failure: SyncFailure = { v: 1, at_ms: await this.nowMs(), problem };
    const writes = this.redis.client.multi().hset(this.failures, profile, JSON.stringify(failure)).incr(this.changes);
    await this.redis.orAway(writes.exec());
  }

  /** The one clock, that the stamps are of. */
  nowMs(): Promise<number> {
    return this.redis.orAway(this.clock.nowMs());
  }
}

/** A record of another version is passed over: the next reading, minutes away, brings all of it again. */
function parsed<Stored extends { readonly v: 1 }>(text: string | undefined): Stored | undefined {
  if (text === undefined) return undefined;
  const record = JSON.parse(text) as { readonly v: number };
  return record.v === 1 ? (record as Stored) : undefined;
}

import { inject, injectable } from 'inversify';
import { Clock } from '../contract/clock.js';
import type { DeliveryStatus, DeliveryStep } from '../contract/stub.js';
import { RedisConnection } from '../redis/connection.js';
import { valueAt } from '../redis/expiring-value.js';
import { Keys } from '../redis/keys.js';
import { type Page, pageOf } from '../redis/page.js';
import { readDelivery, type StoredDelivery } from './delivery.js';

export interface DeliveryFilter {
  readonly status?: DeliveryStatus | undefined;
  readonly channel?: string | undefined;
  readonly profile?: string | undefined;
  /** The address, as the channel writes it. */
  readonly to?: string | undefined;
  /** Code of the current failure, ours or the provider's: `unknown_outcome`, `131026`. */
  readonly problem?: string | undefined;
}

/** Lists hold this many of the newest; the deliveries themselves stay with their stubposts. */
const LISTED = 1_000_000;
const FAILED_LISTED = 100_000;
/** Deliveries looked at for one page; a filter that few of them pass gives short pages, and a cursor to go on from. */
const LOOK_AT_MOST = 2_000;

const NOT_YET_TAKEN: readonly DeliveryStatus[] = ['queued', 'stashed', 'sending'];

/** Reads deliveries. What writes them are the commits of the actors that have them. */
@injectable()
export class DeliveryStore {
  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Keys) private readonly keys: Keys,
    @inject(Clock) private readonly clock: Clock,
  ) {}

  async get(id: string): Promise<StoredDelivery | undefined> {
    return readDelivery(await this.redis.client.hgetall(this.keys.delivery(id)));
  }

  /** Newest first: by creation, those that failed by when they did. */
  list(filter: DeliveryFilter, cursor: string | undefined, limit: number): Promise<Page<StoredDelivery>> {
    const read = async (ids: string[]) => {
      const found = await Promise.all(ids.map((id) => this.get(id)));
      return found.map((stored) => (stored && passes(stored, filter) ? stored : undefined));
    };
    return pageOf(this.redis.client, this.indexOf(filter), cursor, limit, read, LOOK_AT_MOST);
  }

  /**
   * Finds deliveries by the provider's id, for these channels, that pass the filter. Ids are kept for 90 days; each channel has
   * at most one.
   */
  async byProviderId(id: string, channels: readonly string[], filter: DeliveryFilter): Promise<StoredDelivery[]> {
    if (channels.length === 0) return [];
    const known = await this.redis.client.mget(channels.map((channel) => this.keys.providerMessage(channel, id)));
    const nowMs = await this.clock.nowMs();
    const ids = known.map((stored) => valueAt(stored, nowMs)).filter((found) => found !== undefined);
    const found = await Promise.all(ids.map((delivery) => this.get(delivery)));
    return found.filter((stored) => stored !== undefined).filter((stored) => passes(stored, filter));
  }

  /** Forgets the oldest of each list beyond what it may hold. */
  async trim(): Promise<void> {
    await this.redis.client.zremrangebyrank(this.keys.deliveries(), 0, -1 - LISTED);
    await this.redis.client.zremrangebyrank(this.keys.failedDeliveries(), 0, -1 - FAILED_LISTED);
  }

  private indexOf({ status, problem }: DeliveryFilter): string {
    if (status === 'failed' || (status === undefined && problem !== undefined)) return this.keys.failedDeliveries();
    return status !== undefined && NOT_YET_TAKEN.includes(status) ? this.keys.openDeliveries() : this.keys.deliveries();
  }
}

const passes = (
  { delivery, status, failure }: StoredDelivery,
  { status: asked, channel, profile, to, problem }: DeliveryFilter,
): boolean =>
  (asked === undefined || status === asked) &&
  (channel === undefined || delivery.channel === channel) &&
  (profile === undefined || delivery.profile === profile) &&
  (to === undefined || delivery.to === to) &&
  (problem === undefined || isCode(problem, failure));

const isCode = (code: string, failure: DeliveryStep | undefined): boolean =>
  failure?.error?.code === code || (failure?.error?.provider_code ?? '').toString() === code;

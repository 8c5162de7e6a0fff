import { randomUUID } from 'node:crypto';
import { inject, injectable } from 'inversify';
import { RedisConnection, Script } from '../../../core/index.js';
import { EmulatorConfig } from '../emulator-config.js';
import { EmulatorKeys, laneOf, NO_CLIENT, readLane } from '../emulator-keys.js';
import { clientOfWamid } from '../message/wamid.js';
import { decodeJob, encodeJob, type WebhookJob } from './webhook-job.js';

const script = (file: string) => new Script(new URL(`../scripts/${file}.lua`, import.meta.url));
const claimScript = script('emulator-claim');
const settleScript = script('emulator-settle');
const renewScript = script('emulator-renew');
const releaseScript = script('emulator-release');
const enqueueScript = script('emulator-enqueue');

export interface LeasedWebhook {
  readonly lane: string;
  /** The holder of the lane. New for each lease, so that a post after the end of its lease cannot settle a later one. */
  readonly holder: string;
  readonly phoneNumberId: string;
  readonly client: string;
  readonly job: WebhookJob;
  /** How many webhooks of the outbox share this POST. */
  readonly count: number;
}

/** A webhook that was taken. */
export interface PostedWebhook {
  readonly phoneNumberId: string;
  readonly body: string;
}

export type PostResult =
  | { readonly result: 'done' | 'dropped' }
  | { readonly result: 'retry'; readonly delayMs: number };

function leased(lane: string, holder: string, stored: string): LeasedWebhook {
  const { phoneNumberId, client } = readLane(lane);
  return { lane, holder, phoneNumberId, client, job: decodeJob(lane, stored), count: stored.split('\n').length };
}

/** The webhooks that wait in Redis: per lane in order, each leased to one holder at a time. */
@injectable()
export class WebhookOutbox {
  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(EmulatorKeys) private readonly keys: EmulatorKeys,
    @inject(EmulatorConfig) private readonly config: EmulatorConfig,
  ) {}

  /** Leases up to `max` lanes with a webhook that is due. */
  async claim(max: number, leaseMs: number): Promise<readonly LeasedWebhook[]> {
    const holder = randomUUID();
    const keys = [...this.laneKeys(), this.keys.outbox('')];
    const flat = (await claimScript.run(this.redis.client, keys, [max, leaseMs, holder])) as string[];
    return Array.from({ length: flat.length / 2 }, (_, at) => leased(flat[2 * at]!, holder, flat[2 * at + 1]!));
  }

  /** Ends a post; with `leaseMs` above 0 the lane's next webhook is leased in the same step. */
  async settle(webhook: LeasedWebhook, outcome: PostResult, leaseMs: number): Promise<LeasedWebhook | undefined> {
    const { lane, holder, job, count } = webhook;
    const keys = [...this.laneKeys(), this.keys.outbox(lane), this.keys.chatStatuses(''), this.keys.posted()];
    const delayMs = outcome.result === 'retry' ? outcome.delayMs : 0;
    const arrived = job.messageIds.flatMap((id) => [clientOfWamid(id) ?? '', id]);
    const args = [lane, holder, outcome.result, delayMs, count, leaseMs, this.config.webhooks_kept, ...arrived];
    const next = (await settleScript.run(this.redis.client, keys, args)) as string | null;
    return next === null ? undefined : leased(lane, holder, next);
  }

  /** Keeps the leases of posts that are still under way. */
  async renew(webhooks: readonly LeasedWebhook[], leaseMs: number): Promise<void> {
    const keys = [this.keys.leased(), this.keys.leaseHolders()];
    await renewScript.run(this.redis.client, keys, [
      leaseMs,
      ...webhooks.flatMap(({ lane, holder }) => [lane, holder]),
    ]);
  }

  /** The newest webhooks that were taken, oldest first. */
  async posted(limit: number): Promise<readonly PostedWebhook[]> {
    const stored = await this.redis.orAway(this.redis.client.lrange(this.keys.posted(), -limit, -1));
    return stored.map((text) => {
      const [lane = ''] = text.split('\n', 1);
      const { body } = decodeJob(lane, text.slice(lane.length + 1));
      return { phoneNumberId: readLane(lane).phoneNumberId, body };
    });
  }

  /** Adds webhooks that no call made, in order; they go beside those of the clients. */
  async add(phoneNumberId: string, bodies: readonly string[], atMs: number): Promise<void> {
    const lane = laneOf(phoneNumberId, NO_CLIENT);
    const [clock, due, leasedLanes] = this.laneKeys();
    const keys = [clock!, due!, leasedLanes!, this.keys.outbox(lane)];
    const jobs = bodies.map((body) => encodeJob({ atMs, body, messageIds: [] }));
    await this.redis.orAway(enqueueScript.run(this.redis.client, keys, [lane, ...jobs]));
  }

  /** Lanes whose statuses a fault holds back. */
  heldLanes(): Promise<string[]> {
    return this.redis.client.smembers(this.keys.heldLanes());
  }

  async release(lane: string): Promise<void> {
    const [clock, due, leasedLanes] = this.laneKeys();
    const keys = [clock!, due!, leasedLanes!, this.keys.held(lane), this.keys.outbox(lane), this.keys.heldLanes()];
    await releaseScript.run(this.redis.client, keys, [lane]);
  }

  private laneKeys(): readonly string[] {
    return [this.keys.clockOffset(), this.keys.due(), this.keys.leased(), this.keys.leaseHolders()];
  }
}

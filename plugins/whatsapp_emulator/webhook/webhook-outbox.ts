import { inject, injectable } from 'inversify';
import { RedisConnection, Script } from '../../../core/index.js';
import { EmulatorKeys } from '../emulator-keys.js';
import { decodeJob, type WebhookJob } from './webhook-job.js';

const script = (file: string) => new Script(new URL(`../scripts/${file}.lua`, import.meta.url));
const claimScript = script('emulator-claim');
const settleScript = script('emulator-settle');
const renewScript = script('emulator-renew');
const releaseScript = script('emulator-release');

export interface LeasedWebhook {
  readonly lane: string;
  readonly phoneNumberId: string;
  readonly client: string;
  readonly job: WebhookJob;
}

export type PostResult =
  | { readonly result: 'done' | 'dropped' }
  | { readonly result: 'retry'; readonly delayMs: number };

function leased(lane: string, stored: string): LeasedWebhook {
  const split = lane.indexOf(':');
  return { lane, phoneNumberId: lane.slice(0, split), client: lane.slice(split + 1), job: decodeJob(stored) };
}

/** The webhooks that wait in Redis: per lane in order, each leased to one holder at a time. */
@injectable()
export class WebhookOutbox {
  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(EmulatorKeys) private readonly keys: EmulatorKeys,
  ) {}

  /** Leases up to `max` lanes with a webhook that is due. */
  async claim(max: number, leaseMs: number, holder: string): Promise<readonly LeasedWebhook[]> {
    const keys = [...this.laneKeys(), this.keys.outbox('')];
    const flat = (await claimScript.run(this.redis.client, keys, [max, leaseMs, holder])) as string[];
    return Array.from({ length: flat.length / 2 }, (_, at) => leased(flat[2 * at]!, flat[2 * at + 1]!));
  }

  /** Ends a post; with `leaseMs` above 0 the lane's next webhook is leased in the same step. */
  async settle(
    webhook: LeasedWebhook,
    outcome: PostResult,
    holder: string,
    leaseMs: number,
  ): Promise<LeasedWebhook | undefined> {
    const { lane, client, job } = webhook;
    const keys = [...this.laneKeys(), this.keys.outbox(lane), this.keys.chatStatuses(client)];
    const delayMs = outcome.result === 'retry' ? outcome.delayMs : 0;
    const args = [lane, holder, outcome.result, delayMs, job.messageId ?? '', leaseMs];
    const next = (await settleScript.run(this.redis.client, keys, args)) as string | null;
    return next === null ? undefined : leased(lane, next);
  }

  /** Keeps the leases of posts that are still under way. */
  async renew(lanes: readonly string[], leaseMs: number, holder: string): Promise<void> {
    await renewScript.run(
      this.redis.client,
      [this.keys.leased(), this.keys.leaseHolders()],
      [holder, leaseMs, ...lanes],
    );
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

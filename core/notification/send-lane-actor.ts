import type { ActorKind, Letter, Turn } from '../contract/actor-kind.js';
import type { Channel, Delivery, LaneGroup, SendOutcome } from '../contract/channel.js';
import type { DeliveryStatus } from '../contract/stub.js';
import type { Logger } from '../observability/logger.js';
import type { RedisConnection } from '../redis/connection.js';
import type { Keys } from '../redis/keys.js';
import { readDelivery } from './delivery.js';
import type { LaneCall, LaneLetter, LaneOutcome, LaneState } from './lane-state.js';
import { SendLane } from './send-lane.js';

/** Longest wait for a provider's answer; then the outcome is unknown. */
const SEND_TIMEOUT_MS = 20_000;

/** The lanes of one group as actors: one for each address, one message at a time in each. */
export class SendLaneActor implements ActorKind<LaneState, LaneLetter, LaneCall> {
  readonly kind: string;
  readonly queue: string;
  readonly stateVersion = 1;
  readonly lettersPerTurn = 100;
  readonly turnsPerSecond?: number;
  private readonly lane: SendLane;

  constructor(
    private readonly channel: Channel,
    group: LaneGroup,
    private readonly redis: RedisConnection,
    private readonly keys: Keys,
    private readonly log: Logger,
  ) {
    this.kind = group.queue;
    this.queue = group.queue;
    if (group.messagesPerSecond !== undefined) this.turnsPerSecond = group.messagesPerSecond;
    this.lane = new SendLane(channel.id, group, keys);
  }

  initial(): LaneState {
    return { waiting: [] };
  }

  decide({ state, nowMs }: Turn<LaneState>, { body }: Letter<LaneLetter>) {
    return this.lane.decide(state, body, nowMs);
  }

  next({ state, nowMs }: Turn<LaneState>) {
    return this.lane.next(state, nowMs, this.redis.connectedForMs);
  }

  wakeAtMs(state: LaneState): number | undefined {
    return this.lane.wakeAtMs(state);
  }

  async call(task: LaneCall, attempt: { readonly id: string; readonly repeated: boolean }): Promise<LaneLetter> {
    return { type: 'outcome', attempt: attempt.id, outcome: await this.send(task, attempt) };
  }

  private async send(
    { delivery: id, resend }: LaneCall,
    attempt: { readonly id: string; readonly repeated: boolean },
  ): Promise<LaneOutcome> {
    if (attempt.repeated) return unknown('The process that sent it died before it could say how it ended.');
    const doc = await this.redis.client.hget(this.keys.delivery(id), 'doc');
    if (doc === null)
      return {
        result: 'rejected',
        problem: { code: 'item_unknown', message: 'The delivery was erased before it was sent.' },
      };
    const delivery = JSON.parse(doc) as Delivery;
    if (resend && (await this.mayBeSettled(delivery))) return { result: 'unheard' };
    try {
      return await this.channel.send(delivery, {
        id: attempt.id,
        signal: AbortSignal.timeout(SEND_TIMEOUT_MS),
      });
    } catch (error) {
      this.log.error({ channel: this.channel.id, attempt: attempt.id, err: error }, 'channel threw while sending');
      return unknown('The channel failed in a way it does not know: see the log.');
    }
  }

  /** A report of the attempt before is stored: unread so far, or read and on its way to this lane. Asked in this order, none is missed. */
  private async mayBeSettled(delivery: Delivery): Promise<boolean> {
    if (await this.channel.hasUnreadReports?.(delivery)) return true;
    const stored = readDelivery(await this.redis.client.hgetall(this.keys.delivery(delivery.id)));
    return stored?.history.some(({ status }) => REPORTED.includes(status)) ?? false;
  }
}

/** Statuses that only a provider's report brings. */
const REPORTED: readonly DeliveryStatus[] = ['sent', 'delivered', 'read', 'played', 'failed'];

const unknown = (message: string): SendOutcome => ({
  result: 'unknown',
  problem: { code: 'unknown_outcome', message },
});

import type { RedisClock } from '../actor/redis-clock.js';
import type { ActorKind, Letter, Turn } from '../contract/actor-kind.js';
import type { Channel, Delivery, LaneGroup, SendOutcome } from '../contract/channel.js';
import type { DeliveryStatus } from '../contract/stub.js';
import type { Logger } from '../observability/logger.js';
import type { QueuePace } from '../queue/queue-pace.js';
import type { RedisConnection } from '../redis/connection.js';
import type { Keys } from '../redis/keys.js';
import { readDelivery } from './delivery.js';
import type { LanePauses } from './lane-pauses.js';
import type { LaneCall, LaneLetter, LaneOutcome, LaneState } from './lane-state.js';
import { SendLane } from './send-lane.js';

const ANSWER_TIMEOUT_MS = 20_000;

/** What lanes need of the host. */
export interface LaneServices {
  readonly redis: RedisConnection;
  readonly keys: Keys;
  readonly clock: RedisClock;
  readonly pauses: LanePauses;
  readonly pace: QueuePace;
  readonly log: Logger;
}

/** The lanes of one group as actors: one for each address, one message at a time in each. */
export class SendLaneActor implements ActorKind<LaneState, LaneLetter, LaneCall> {
  readonly kind: string;
  readonly queue: string;
  readonly stateVersion = 1;
  readonly lettersPerTurn = 100;
  readonly turnsPerSecond?: number;
  private readonly lane: SendLane;
  private readonly answerTimeoutMs: number;

  constructor(
    private readonly channel: Channel,
    group: LaneGroup,
    private readonly services: LaneServices,
  ) {
    this.kind = group.queue;
    this.queue = group.queue;
    this.answerTimeoutMs = group.answerTimeoutMs ?? ANSWER_TIMEOUT_MS;
    if (group.messagesPerSecond !== undefined) this.turnsPerSecond = group.messagesPerSecond;
    this.lane = new SendLane(channel.id, group, services.keys);
  }

  initial(): LaneState {
    return { waiting: [] };
  }

  decide({ state, nowMs }: Turn<LaneState>, { body }: Letter<LaneLetter>) {
    return this.lane.decide(state, body, nowMs);
  }

  next({ state, nowMs }: Turn<LaneState>) {
    return this.lane.next(state, nowMs, this.services.clock.connectedForMs(nowMs));
  }

  wakeAtMs(state: LaneState): number | undefined {
    return this.lane.wakeAtMs(state);
  }

  async call(
    task: LaneCall,
    attempt: { readonly id: string; readonly actorId: string; readonly repeated: boolean },
  ): Promise<LaneLetter> {
    if (task.halt) {
      // Where the process died before it was paused, the next refusal does it: by now it may have been let go on.
      if (!attempt.repeated) await this.services.pauses.pause(this.queue, task.halt);
      return { type: 'paused' };
    }
    const startedAt = performance.now();
    const outcome = await this.send(task, attempt);
    await this.heed(outcome, performance.now() - startedAt);
    return { type: 'outcome', attempt: attempt.id, outcome };
  }

  private async send(
    { delivery: id, resend }: LaneCall,
    attempt: { readonly id: string; readonly actorId: string; readonly repeated: boolean },
  ): Promise<LaneOutcome> {
    if (attempt.repeated) return unknown('The process that sent it died before it could say how it ended.');
    const doc = await this.services.redis.client.hget(this.services.keys.delivery(id), 'doc');
    if (doc === null)
      return {
        result: 'rejected',
        problem: { code: 'item_unknown', message: 'The delivery was erased before it was sent.' },
      };
    const delivery = JSON.parse(doc) as Delivery;
    if (resend && (await this.mayBeSettled(delivery, attempt.actorId))) return { result: 'unheard' };
    try {
      return await this.channel.send(delivery, {
        id: attempt.id,
        lane: { kind: this.kind, id: attempt.actorId },
        signal: AbortSignal.timeout(this.answerTimeoutMs),
      });
    } catch (error) {
      this.services.log.error(
        { channel: this.channel.id, attempt: attempt.id, err: error },
        'channel threw while sending',
      );
      return unknown('The channel failed in a way it does not know: see the log.');
    }
  }

  /**
   * What an outcome means for the whole group. Done before the outcome is committed: the sooner fewer calls are refused,
   * and a process that dies in between leaves a lane that finds out once more.
   */
  private async heed(outcome: LaneOutcome, tookMs: number): Promise<void> {
    const { pauses, pace, clock, log } = this.services;
    try {
      if (outcome.result === 'halt') await pauses.pause(this.queue, outcome, tookMs);
      if (outcome.result === 'retry' && outcome.limit === 'rate' && this.turnsPerSecond !== undefined)
        await pace.lower(this.queue, this.turnsPerSecond, await clock.nowMs());
    } catch (error) {
      log.error({ queue: this.queue, err: error }, 'a group of lanes could not be held back'); // the next refusal does it
    }
  }

  /**
   * A report of an attempt before is stored: unread so far, or read, and what it says is a letter that this lane has not
   * read, or stands on the delivery. Asked in this order, none is missed.
   */
  private async mayBeSettled(delivery: Delivery, laneId: string): Promise<boolean> {
    const { redis, keys } = this.services;
    if (await this.channel.hasUnreadReports?.(delivery)) return true;
    if ((await redis.client.exists(keys.mailbox(this.kind, laneId))) === 1) return true;
    const stored = readDelivery(await redis.client.hgetall(keys.delivery(delivery.id)));
    return stored?.now.some(({ status }) => REPORTED.includes(status)) ?? false;
  }
}

/** Statuses that only a provider's report brings. */
const REPORTED: readonly DeliveryStatus[] = ['sent', 'delivered', 'read', 'played', 'failed'];

const unknown = (message: string): SendOutcome => ({
  result: 'unknown',
  problem: { code: 'unknown_outcome', message },
});

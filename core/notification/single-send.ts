import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { inject, injectable, multiInject, optional } from 'inversify';
import { ActorMail } from '../actor/actor-mail.js';
import { RedisClock } from '../actor/redis-clock.js';
import { listed } from '../config/nearest.js';
import { Channel, type Delivery, type DeliveryRequest } from '../contract/channel.js';
import type { JsonObject } from '../contract/json.js';
import { StubwireError } from '../errors.js';
import { RedisConnection } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';
import { ContactBook } from '../stub/contact-book.js';
import { derivedUuid } from '../stub/ids.js';
import { type PlannedDelivery, plannedDelivery } from './planned-delivery.js';
import { SINGLE_SEND, type SingleSendLetter } from './single-send-actor.js';

/** Longest wait for the records of what was sent, and between two looks, ms. */
const WRITTEN_MS = 1_000;
const LOOK_MS = 5;

export interface SingleSendRequest {
  readonly to: { readonly type: 'mobile' | 'whatsapp_user' | 'contactuuid'; readonly value: string };
  /** The sender on channels that have several, where the settings name none. */
  readonly profile?: string | undefined;
  /** By channel, as under `platforms` of a notification. Texts are sent as they are: nothing is filled in. */
  readonly platforms: { readonly [channel: string]: JsonObject };
}

/**
 * Sends one notification to one person without a stub. The request is checked and its messages are built at once; then one
 * letter holds them all, so that they are sent once and together, whatever dies when.
 */
@injectable()
export class SingleSend {
  readonly channels: ReadonlyMap<string, Channel>;

  constructor(
    @inject(ActorMail) private readonly mail: ActorMail,
    @inject(RedisClock) private readonly clock: RedisClock,
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Keys) private readonly keys: Keys,
    @inject(ContactBook) private readonly contacts: ContactBook,
    @multiInject(Channel) @optional() channels: Channel[] = [],
  ) {
    this.channels = new Map(channels.map((channel) => [channel.id, channel]));
  }

  /** Resolves when the deliveries are safe. The same key sends once. Errors: `contact_unknown`, `channel_unknown`, `validation_failed`. */
  async send(request: SingleSendRequest, idempotencyKey?: string): Promise<Delivery[]> {
    const recipient = await this.recipientOf(request.to);
    const created_at = new Date(await this.redis.orAway(this.clock.nowMs())).toISOString();
    const key = idempotencyKey ?? randomUUID();
    const planned: PlannedDelivery[] = [];
    for (const [channel, settings] of Object.entries(request.platforms)) {
      const plan = await this.redis.orAway(
        Promise.resolve(
          this.channel(channel).plan({
            settings,
            recipient,
            ...(request.profile !== undefined && { profile: request.profile }),
          }),
        ),
      );
      if (!plan.ok) {
        const { code, message } = plan.problem;
        throw new StubwireError('validation_failed', `Nothing was sent. On ${channel}: ${message}`, {
          details: [{ path: `body.platforms.${channel}`, problem: message, code }],
        });
      }
      const id = derivedUuid('single-send', key, channel);
      planned.push(plannedDelivery({ id, channel, created_at }, plan));
    }
    const body: SingleSendLetter = { type: 'send', planned };
    await this.redis.orAway(this.mail.tell([{ to: { kind: SINGLE_SEND, id: key }, id: key, body }]));
    const deliveries = planned.map(({ delivery }) => delivery);
    await this.untilWritten(deliveries);
    return deliveries;
  }

  /** So that who gets the ids finds them. They are safe already: where workers are away the answer comes without. */
  private async untilWritten(deliveries: readonly Delivery[]): Promise<void> {
    const keys = deliveries.map(({ id }) => this.keys.delivery(id));
    const endsAt = performance.now() + WRITTEN_MS;
    while (performance.now() < endsAt) {
      if ((await this.redis.orAway(this.redis.client.exists(...keys))) === keys.length) return;
      await sleep(LOOK_MS);
    }
  }

  /** Errors: `channel_unknown`. */
  channel(id: string): Channel {
    const channel = this.channels.get(id);
    if (channel) return channel;
    throw new StubwireError(
      'channel_unknown',
      `body.platforms.${id}: there is no channel of this name. There are: ${listed(this.channels.keys())}.`,
    );
  }

  private async recipientOf({ type, value }: SingleSendRequest['to']): Promise<DeliveryRequest['recipient']> {
    if (type !== 'contactuuid') return { type, address: value };
    const contact = await this.redis.orAway(this.contacts.get(value));
    if (contact) return { contact };
    throw new StubwireError('contact_unknown', 'body.to: no contact has this id. GET /api/contacts lists them.');
  }
}

import { ActorMail } from '../../core/actor/actor-mail.js';
import { KindQueues } from '../../core/actor/kind-queues.js';
import { RedisClock } from '../../core/actor/redis-clock.js';
import { ActorKind, type AnyActorKind, type Write } from '../../core/contract/actor-kind.js';
import { Channel, type Delivery } from '../../core/contract/channel.js';
import type { DeliveryStep } from '../../core/contract/stub.js';
import { deliveryWrites, type StoredDelivery } from '../../core/notification/delivery.js';
import { DeliveryStore } from '../../core/notification/delivery-store.js';
import { FailureCounts } from '../../core/notification/failure-counts.js';
import { LanePauses } from '../../core/notification/lane-pauses.js';
import { SendLaneActor } from '../../core/notification/send-lane-actor.js';
import { Logger } from '../../core/observability/logger.js';
import { QueuePace } from '../../core/queue/queue-pace.js';
import { RedisConnection } from '../../core/redis/connection.js';
import { Keys } from '../../core/redis/keys.js';
import { HttpRig } from '../core/http-rig.js';
import type { TestProvider } from './test-provider.js';
import { until } from './until.js';

/** The program's HTTP side with the lanes of a provider of the test's own. */
export class LaneRig {
  readonly http = new HttpRig({ workers: true });
  private readonly keys = this.http.container.get(Keys);
  private given = 0;

  constructor(
    readonly provider: TestProvider,
    kinds: (container: HttpRig['container']) => readonly AnyActorKind[] = () => [],
  ) {
    const { container } = this.http;
    const services = {
      redis: container.get(RedisConnection),
      keys: this.keys,
      clock: container.get(RedisClock),
      pauses: container.get(LanePauses),
      pace: container.get(QueuePace),
      log: container.get(Logger),
    };
    const lanes = provider.lanes.map((group) => new SendLaneActor(provider, group, services));
    for (const kind of [...lanes, ...kinds(container)]) container.bind(ActorKind).toConstantValue(kind);
    container.bind(Channel).toConstantValue(provider);
    container.get(KindQueues).learn(container.getAll(ActorKind));
  }

  /** Stores a delivery as a run would, newest last, and resolves with it. */
  async store(id: string, more: Partial<Delivery> = {}, step: Partial<DeliveryStep> = {}): Promise<Delivery> {
    this.given += 1;
    const to = more.to ?? '27825550101';
    const created_at = new Date(Date.UTC(2026, 0, 1) + this.given * 1_000).toISOString();
    const delivery: Delivery = {
      v: 1,
      id,
      channel: this.provider.id,
      profile: 'main',
      to,
      message: { type: 'text' },
      options: {},
      show_all_statuses: false,
      via: { kind: this.provider.queue, id: to },
      created_at,
      ...more,
    };
    await this.write(deliveryWrites(this.keys, delivery, { status: 'queued', at: created_at, ...step }));
    return delivery;
  }

  /** Stores it and gives it to its lane, with an owner's letter where the test has one. */
  async deliver(id: string, more: Partial<Delivery> = {}, letter: object = {}): Promise<void> {
    const { via } = await this.store(id, more);
    await this.tell(via!, id, { type: 'deliver', delivery: id, ...letter });
  }

  tell(to: { readonly kind: string; readonly id: string }, id: string, body: object): Promise<boolean[]> {
    return this.http.container.get(ActorMail).tell([{ to, id, body }]);
  }

  async write(writes: readonly Write[]): Promise<void> {
    const commands = this.http.container.get(RedisConnection).client.pipeline();
    for (const [command, ...args] of writes) commands.call(command, ...args);
    await commands.exec();
  }

  /** Key of a delivery's record. */
  key(id: string): string {
    return this.keys.delivery(id);
  }

  /** Letters that an actor has not read. */
  letters(kind: string, id: string): Promise<number> {
    return this.http.container.get(RedisConnection).client.llen(this.keys.mailbox(kind, id));
  }

  /** Lines of the program's log about failed deliveries. */
  async failureLines(): Promise<{ readonly [key: string]: unknown }[]> {
    await this.http.container.get(FailureCounts).logNew();
    const lines = this.http.log.map((line) => JSON.parse(line) as { readonly [key: string]: unknown });
    return lines.filter(({ msg }) => String(msg).startsWith('deliveries failed'));
  }

  async stored(id: string): Promise<StoredDelivery> {
    return (await this.http.container.get(DeliveryStore).get(id))!;
  }

  untilStatus(id: string, status: string, round = 1): Promise<StoredDelivery> {
    return until(`${id} to be ${status}`, async () => {
      const stored = await this.stored(id);
      return stored.status === status && stored.round === round && stored;
    });
  }
}

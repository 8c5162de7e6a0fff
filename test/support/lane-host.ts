import { pino } from 'pino';
import { RedisClock } from '../../core/actor/redis-clock.js';
import type { Delivery } from '../../core/contract/channel.js';
import { deliveryWrites, readDelivery, type StoredDelivery } from '../../core/notification/delivery.js';
import { LanePauses } from '../../core/notification/lane-pauses.js';
import { SendLaneActor } from '../../core/notification/send-lane-actor.js';
import { QueuePace } from '../../core/queue/queue-pace.js';
import { Queues } from '../../core/queue/queues.js';
import { RedisConnection } from '../../core/redis/connection.js';
import { Keys } from '../../core/redis/keys.js';
import { RedisTarget } from '../../core/redis/redis-target.js';
import { ActorHost } from './actor-host.js';
import type { TestProvider } from './test-provider.js';

/** Lanes that send to a provider of the test's own: one process's worth. Two on one prefix are two processes. */
export class LaneHost {
  readonly queue = 'test-lanes';
  readonly pauses: LanePauses;
  readonly pace: QueuePace;
  readonly actors: ActorHost;
  readonly queues: Queues;
  private readonly redis: RedisConnection;
  private readonly keys: Keys;

  constructor(
    readonly provider: TestProvider,
    readonly prefix: string,
    options: { readonly path: string },
  ) {
    const log = pino({ level: 'silent' });
    this.keys = new Keys(prefix);
    this.redis = new RedisConnection(new RedisTarget(options, prefix));
    this.queues = new Queues(this.redis, this.keys);
    this.pace = new QueuePace(this.queues, this.redis, this.keys);
    const clock = new RedisClock(this.redis, this.keys, this.queues);
    this.pauses = new LanePauses(this.queues, this.pace, this.redis, this.keys, clock, log);
    const services = { redis: this.redis, keys: this.keys, clock, pauses: this.pauses, pace: this.pace, log };
    const lanes = provider.lanes.map((group) => new SendLaneActor(provider, group, services));
    this.actors = new ActorHost(options, prefix, lanes);
  }

  start(): Promise<void> {
    return this.actors.start();
  }

  async stop(): Promise<void> {
    await this.actors.stop();
    await this.queues.close();
    await this.redis.close();
  }

  /** Gives deliveries to their lanes: `27/1` is the first to 27. */
  async deliver(...ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      const [to] = id.split('/') as [string];
      const created_at = new Date().toISOString();
      const delivery: Delivery = {
        v: 1,
        id,
        channel: 'test',
        to,
        message: {},
        options: {},
        show_all_statuses: false,
        created_at,
      };
      const commands = this.redis.client.multi();
      for (const [command, key, ...rest] of deliveryWrites(this.keys, delivery, { status: 'queued', at: created_at }))
        commands.call(command, key, ...rest);
      await commands.exec();
      await this.actors.mail.tell([{ to: { kind: this.queue, id: to }, id, body: { type: 'deliver', delivery: id } }]);
    }
  }

  async stored(id: string): Promise<StoredDelivery> {
    return readDelivery(await this.redis.client.hgetall(this.keys.delivery(id)))!;
  }

  async jobs(): Promise<number> {
    const counts = await this.queues.get(this.queue).getJobCounts('waiting', 'active', 'delayed');
    return Object.values(counts).reduce((sum, count) => sum + count, 0);
  }
}

import type { FastifyInstance } from 'fastify';
import { inject, injectable } from 'inversify';
import type { Registry } from 'prom-client';
import { DeadLetters } from '../actor/dead-letters.js';
import type { HttpRoutes } from '../contract/http-routes.js';
import { UnroutedInbox } from '../heimdall/unrouted-inbox.js';
import { Queues } from '../queue/queues.js';
import { RedisConnection } from '../redis/connection.js';
import { UnhandledWebhooks } from './unhandled-webhooks.js';

/** `/metrics` for Prometheus: the process, the depth of every queue, dead letters, messages and webhooks that nobody took. */
@injectable()
export class MetricsRoutes implements HttpRoutes {
  readonly name = 'metrics';
  readonly access = 'token';
  private registry: Promise<Registry> | undefined;

  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Queues) private readonly queues: Queues,
    @inject(DeadLetters) private readonly deadLetters: DeadLetters,
    @inject(UnroutedInbox) private readonly inbox: UnroutedInbox,
    @inject(UnhandledWebhooks) private readonly unhandled: UnhandledWebhooks,
  ) {}

  register(scope: FastifyInstance): void {
    scope.get('/metrics', async (_request, reply) => {
      this.registry ??= this.createRegistry();
      const registry = await this.registry;
      const text = await this.redis.orAway(registry.metrics());
      return reply.type(registry.contentType).send(text);
    });
  }

  /** Made at the first scrape: the library takes 60 ms to load, which a start should not wait for. */
  private async createRegistry(): Promise<Registry> {
    const { collectDefaultMetrics, Gauge, Registry } = (await import('prom-client')).default;
    const registry = new Registry();
    const registers = [registry];
    const { queues, deadLetters, inbox, unhandled } = this;
    collectDefaultMetrics({ register: registry });
    new Gauge({
      registers,
      name: 'stubwire_queue_jobs',
      help: 'Jobs of a queue, by state',
      labelNames: ['queue', 'state'],
      async collect() {
        for (const queue of queues.all()) {
          const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'failed');
          for (const [state, count] of Object.entries(counts)) this.set({ queue: queue.name, state }, count);
        }
      },
    });
    new Gauge({
      registers,
      name: 'stubwire_dead_letters',
      help: 'Letters that could not be handled and wait for an operator',
      async collect() {
        this.set(await deadLetters.count());
      },
    });
    new Gauge({
      registers,
      name: 'stubwire_unrouted_messages',
      help: 'Messages and commands that nobody took and that wait for an operator',
      async collect() {
        this.set(await inbox.count());
      },
    });
    new Gauge({
      registers,
      name: 'stubwire_unhandled_webhooks_total',
      help: 'Parts of webhooks that were not for us, by reason',
      labelNames: ['reason'],
      async collect() {
        for (const [reason, count] of Object.entries(await unhandled.counts())) this.set({ reason }, count);
      },
    });
    return registry;
  }
}

import type { FastifyInstance } from 'fastify';
import { inject, injectable } from 'inversify';
import type { Registry } from 'prom-client';
import { DeadLetters } from '../actor/dead-letters.js';
import type { HttpRoutes } from '../contract/http-routes.js';
import { UnroutedInbox } from '../heimdall/unrouted-inbox.js';
import { FailureCounts } from '../notification/failure-counts.js';
import { LanePauses } from '../notification/lane-pauses.js';
import { QueuePace } from '../queue/queue-pace.js';
import { Queues } from '../queue/queues.js';
import { RedisConnection } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';
import { TemplateLedger } from '../reload/template-ledger.js';
import { ConditionRunner } from '../template/conditions.js';
import { Refusals } from './refusals.js';
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
    @inject(LanePauses) private readonly pauses: LanePauses,
    @inject(QueuePace) private readonly pace: QueuePace,
    @inject(FailureCounts) private readonly failures: FailureCounts,
    @inject(Keys) private readonly keys: Keys,
    @inject(TemplateLedger) private readonly ledger: TemplateLedger,
    @inject(ConditionRunner) private readonly conditions: ConditionRunner,
    @inject(Refusals) private readonly refusals: Refusals,
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
    const { collectDefaultMetrics, Counter, Gauge, Registry } = (await import('prom-client')).default;
    const registry = new Registry();
    const registers = [registry];
    const { failures, queues, deadLetters, inbox, unhandled, pauses, pace, redis, keys, ledger } = this;
    const { conditions, refusals } = this;
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
      name: 'stubwire_registrations',
      help: 'Stored registrations for events, of 200000 that there may be',
      async collect() {
        this.set(await redis.client.hlen(keys.registrations()));
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
    new Gauge({
      registers,
      name: 'stubwire_loop_guard_total',
      help: 'Runs that the loop guard stopped: a client too fast for a stub, or a chain of actions too long or too wide',
      labelNames: ['reason'],
      async collect() {
        for (const [reason, count] of Object.entries(await redis.client.hgetall(keys.loopGuard())))
          this.set({ reason }, Number(count));
      },
    });
    new Gauge({
      registers,
      name: 'stubwire_sending_paused',
      help: 'Queues of messages that are paused, for the provider refuses all of the profile',
      labelNames: ['queue', 'provider_code'],
      async collect() {
        this.reset();
        for (const [queue, { problem }] of Object.entries(await pauses.all()))
          this.set({ queue, provider_code: problem.provider_code ?? '' }, 1);
      },
    });
    new Gauge({
      registers,
      name: 'stubwire_sending_lowered_per_second',
      help: 'Messages per second of queues that send more slowly for a while, for the provider took no more',
      labelNames: ['queue'],
      async collect() {
        this.reset();
        for (const [queue, { perSecond }] of Object.entries(await pace.all())) this.set({ queue }, perSecond);
      },
    });
    new Counter({
      registers,
      name: 'stubwire_deliveries_failed_total',
      help: 'Deliveries that were reported failed, by code and by the code of the provider',
      labelNames: ['code', 'provider_code'],
      async collect() {
        this.reset();
        for (const { code, provider_code = '', count } of await failures.all())
          this.inc({ code, provider_code }, count);
      },
    });
    new Gauge({
      registers,
      name: 'stubwire_unknown_outcomes_total',
      help: 'Sends whose answer was lost; unresolved: no status came either, and they were given up',
      labelNames: ['queue', 'end'],
      async collect() {
        const counts = { all: keys.unknownOutcomes(), unresolved: keys.unresolvedOutcomes() };
        for (const [end, key] of Object.entries(counts))
          for (const [queue, count] of Object.entries(await redis.client.hgetall(key)))
            this.set({ queue, end }, Number(count));
      },
    });
    new Gauge({
      registers,
      name: 'stubwire_template_files',
      help: 'Template files of this process: in force; refused, so that an older version is in force or none',
      labelNames: ['state'],
      collect() {
        this.set({ state: 'in_force' }, ledger.counts().files);
        this.set({ state: 'refused' }, ledger.refused().length);
      },
    });
    new Gauge({
      registers,
      name: 'stubwire_template_reloads_total',
      help: 'Template files that were taken or refused by this process since its start',
      labelNames: ['outcome'],
      collect() {
        const { taken, refused } = ledger.counts();
        this.set({ outcome: 'taken' }, taken);
        this.set({ outcome: 'refused' }, refused);
      },
    });
    new Gauge({
      registers,
      name: 'stubwire_slow_conditions',
      help: 'Conditions and regular expressions of this process that ran too long within the last minute: the log names them',
      collect() {
        this.set(conditions.slowCount);
      },
    });
    new Gauge({
      registers,
      name: 'stubwire_refused_requests_total',
      help: 'Requests that this process refused since its start: no token or a wrong one, too many wrong ones, an invalid signature',
      labelNames: ['code'],
      collect() {
        for (const [code, count] of refusals.counts()) this.set({ code }, count);
      },
    });
    return registry;
  }
}

import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { inject, injectable, multiInject, optional } from 'inversify';
import { z } from 'zod';
import { ActorMail } from '../actor/actor-mail.js';
import { Channel } from '../contract/channel.js';
import type { HttpRoutes } from '../contract/http-routes.js';
import { DELIVERY_STATUSES } from '../contract/stub.js';
import { StubwireError } from '../errors.js';
import { providerIdOf, type StoredDelivery } from '../notification/delivery.js';
import { DELIVERY_DESK, type DeskLetter, refusalOf } from '../notification/delivery-desk-actor.js';
import { DeliveryStore } from '../notification/delivery-store.js';
import { RedisConnection } from '../redis/connection.js';
import { jsonObject, time } from './json-schema.js';
import { pageQuery, pageSchema } from './paging.js';

const params = z.strictObject({ id: z.string().max(100) });
const status = z.enum(DELIVERY_STATUSES);
const problem = z.object({ code: z.string(), message: z.string(), provider_code: z.number().optional() });
const deliverySchema = z.object({
  id: z.string(),
  channel: z.string(),
  profile: z.string().optional(),
  to: z.string(),
  status,
  provider_id: z
    .string()
    .optional()
    .describe('The provider’s id of it (of the newest round that has one), once the provider has accepted it'),
  round: z.number().int().describe('How often it has set out: 2 after it came back once or was retried'),
  problem: problem.optional().describe('Why it failed'),
  created_at: time,
  origin: z
    .object({
      stubref: z.string(),
      stubpostuuid: z.string(),
      notification: z.string(),
      recipient: z.string(),
      contactuuid: z.string().optional(),
    })
    .optional()
    .describe('Absent for what the channel sends of its own accord'),
});
const wholeSchema = deliverySchema.extend({
  history: z.array(z.object({ status, at: time, error: problem.optional(), note: z.string().optional() })).readonly(),
  message: jsonObject,
});
const filter = {
  status: status.optional(),
  channel: z.string().max(64).optional(),
  profile: z.string().max(64).optional(),
  to: z.string().max(150).optional(),
  problem: z
    .string()
    .max(64)
    .optional()
    .describe('Code of the failure, ours or the provider’s: unknown_outcome, 131026'),
};
const providerId = z
  .string()
  .min(1)
  .max(500)
  .optional()
  .describe('The provider’s id of the message, kept for 90 days: one delivery at most for each channel');
const accepted = z.object({ accepted: z.literal(true) });

/** `/api/deliveries`: every message on its way or at its end, with its true status, to be sent again or taken back. */
@injectable()
export class DeliveryRoutes implements HttpRoutes {
  readonly name = 'deliveries';
  readonly access = 'token';

  constructor(
    @inject(DeliveryStore) private readonly store: DeliveryStore,
    @inject(ActorMail) private readonly mail: ActorMail,
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @multiInject(Channel) @optional() private readonly channels: Channel[] = [],
  ) {}

  register(scope: FastifyInstance): void {
    const app = scope.withTypeProvider<ZodTypeProvider>();

    const list = {
      querystring: z.strictObject({ ...filter, provider_id: providerId, ...pageQuery }),
      response: { 200: pageSchema(deliverySchema) },
    };
    app.get('/api/deliveries', { schema: list }, async ({ query: { cursor, limit, provider_id, ...filter } }) => {
      if (provider_id !== undefined) {
        const channels = filter.channel === undefined ? this.channels.map(({ id }) => id) : [filter.channel];
        const found = await this.redis.orAway(this.store.byProviderId(provider_id, channels, filter));
        return { items: found.map(rowOf), next_cursor: null };
      }
      const page = await this.redis.orAway(this.store.list(filter, cursor, limit));
      return { ...page, items: page.items.map(rowOf) };
    });

    app.get('/api/deliveries/:id', { schema: { params, response: { 200: wholeSchema } } }, async ({ params }) => {
      const stored = await this.known(params.id);
      return { ...rowOf(stored), history: stored.history, message: stored.delivery.message };
    });

    const verb = { schema: { params, response: { 202: accepted } } };
    app.post('/api/deliveries/:id/retry', verb, async ({ params }, reply) =>
      reply.code(202).send(await this.ask(params.id, 'retry')),
    );
    app.post('/api/deliveries/:id/cancel', verb, async ({ params }, reply) =>
      reply.code(202).send(await this.ask(params.id, 'cancel')),
    );
  }

  /** What comes of it is seen on the delivery. Two retries of one round are one letter. */
  private async ask(id: string, type: DeskLetter['type']): Promise<z.output<typeof accepted>> {
    const stored = await this.known(id);
    const refusal = refusalOf(stored, type);
    if (refusal) throw refusal;
    const letter = type === 'retry' ? `retry:${stored.round}` : `cancel:${randomUUID()}`;
    const body: DeskLetter = { type };
    await this.redis.orAway(this.mail.tell([{ to: { kind: DELIVERY_DESK, id }, id: letter, body }]));
    return { accepted: true };
  }

  private async known(id: string): Promise<StoredDelivery> {
    const stored = await this.redis.orAway(this.store.get(id));
    if (!stored)
      throw new StubwireError('delivery_unknown', `There is no delivery ${id}. GET /api/deliveries lists them.`);
    return stored;
  }
}

function rowOf(stored: StoredDelivery): z.output<typeof deliverySchema> {
  const { delivery, status, round, failure } = stored;
  const provider_id = providerIdOf(stored);
  const { id, channel, profile, to, created_at, origin } = delivery;
  return {
    id,
    channel,
    ...(profile !== undefined && { profile }),
    to,
    status,
    ...(provider_id !== undefined && { provider_id }),
    round,
    ...(failure?.error && { problem: failure.error }),
    created_at,
    ...(origin && { origin }),
  };
}

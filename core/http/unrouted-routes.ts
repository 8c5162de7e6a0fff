import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { inject, injectable } from 'inversify';
import { z } from 'zod';
import type { HttpRoutes } from '../contract/http-routes.js';
import { UnroutedInbox } from '../heimdall/unrouted-inbox.js';
import { RedisConnection } from '../redis/connection.js';
import { jsonObject, time } from './json-schema.js';
import { pageQuery, pageSchema } from './paging.js';

const itemParams = z.strictObject({ id: z.string().max(1_000) });
const itemSchema = z.object({
  id: z.string(),
  at: time,
  reason: z.string(),
  path: z.string(),
  data: jsonObject,
  feedback: z.object({ action: z.string(), feedback: z.unknown(), client: z.unknown() }).optional(),
});
const target = z
  .strictObject({ stubref: z.string().min(1).max(40).optional(), template: z.string().min(1).max(200).optional() })
  .refine(({ stubref, template }) => (stubref === undefined) !== (template === undefined), {
    error: 'needs one of stubref and template',
  });

/** `/api/unrouted`: messages nobody handled, to be given to a stub by hand or dismissed. */
@injectable()
export class UnroutedRoutes implements HttpRoutes {
  readonly name = 'unrouted';
  readonly access = 'token';

  constructor(
    @inject(UnroutedInbox) private readonly inbox: UnroutedInbox,
    @inject(RedisConnection) private readonly redis: RedisConnection,
  ) {}

  register(scope: FastifyInstance): void {
    const app = scope.withTypeProvider<ZodTypeProvider>();

    const list = { querystring: z.strictObject(pageQuery), response: { 200: pageSchema(itemSchema) } };
    app.get('/api/unrouted', { schema: list }, ({ query }) =>
      this.redis.orAway(this.inbox.list(query.cursor, query.limit)),
    );

    const routed = z.object({ stubref: z.string(), stubpostuuid: z.string() });
    const route = { params: itemParams, body: target, response: { 200: routed } };
    app.post('/api/unrouted/:id/route', { schema: route }, async (request) => {
      const { params, body, caller } = request;
      const to = body.stubref === undefined ? { template: body.template! } : { stubref: body.stubref };
      const routed = await this.redis.orAway(this.inbox.route(params.id, to, caller.token));
      request.concerned = routed;
      return routed;
    });

    app.post(
      '/api/unrouted/:id/dismiss',
      { schema: { params: itemParams, response: { 204: z.null() } } },
      async ({ params }, reply) => {
        await this.redis.orAway(this.inbox.dismiss(params.id));
        return reply.code(204).send(null);
      },
    );
  }
}

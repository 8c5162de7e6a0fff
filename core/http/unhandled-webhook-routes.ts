import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { inject, injectable } from 'inversify';
import { z } from 'zod';
import type { HttpRoutes } from '../contract/http-routes.js';
import { RedisConnection } from '../redis/connection.js';
import { time } from './json-schema.js';
import { pageOfArray, pageQuery, pageSchema } from './paging.js';
import { UnhandledWebhooks } from './unhandled-webhooks.js';

const unhandledSchema = z.object({
  at: time,
  reason: z.string(),
  excerpt: z.string().describe('What its plugin shows of it, without anybody’s words'),
});

/** `/api/unhandled-webhooks`: what webhooks held that was not for us, the newest first. Its counts are in `/metrics`. */
@injectable()
export class UnhandledWebhookRoutes implements HttpRoutes {
  readonly name = 'unhandled-webhooks';
  readonly access = 'token';

  constructor(
    @inject(UnhandledWebhooks) private readonly unhandled: UnhandledWebhooks,
    @inject(RedisConnection) private readonly redis: RedisConnection,
  ) {}

  register(scope: FastifyInstance): void {
    const app = scope.withTypeProvider<ZodTypeProvider>();
    const list = { querystring: z.strictObject(pageQuery), response: { 200: pageSchema(unhandledSchema) } };
    app.get('/api/unhandled-webhooks', { schema: list }, async ({ query }) =>
      pageOfArray(await this.redis.orAway(this.unhandled.newest()), query.cursor, query.limit),
    );
  }
}

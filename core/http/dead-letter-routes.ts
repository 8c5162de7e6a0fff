import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { inject, injectable } from 'inversify';
import { z } from 'zod';
import { type DeadLetter, DeadLetters } from '../actor/dead-letters.js';
import type { HttpRoutes } from '../contract/http-routes.js';
import { RedisConnection } from '../redis/connection.js';
import { time } from './json-schema.js';
import { pageQuery, pageSchema } from './paging.js';

const letterParams = z.strictObject({ id: z.string().max(1_000) });
const letterSchema = z.object({
  id: z.string(),
  actor: z.object({ kind: z.string(), id: z.string() }),
  letter: z.object({ id: z.string(), at: time, body: z.unknown() }),
  error: z.string(),
  attempts: z.number().int(),
  died_at: time,
});

/** `/api/dead-letters`: letters that could not be handled, to be tried once more or dropped. */
@injectable()
export class DeadLetterRoutes implements HttpRoutes {
  readonly name = 'dead-letters';
  readonly access = 'token';

  constructor(
    @inject(DeadLetters) private readonly deadLetters: DeadLetters,
    @inject(RedisConnection) private readonly redis: RedisConnection,
  ) {}

  register(scope: FastifyInstance): void {
    const app = scope.withTypeProvider<ZodTypeProvider>();

    const list = { querystring: z.strictObject(pageQuery), response: { 200: pageSchema(letterSchema) } };
    app.get('/api/dead-letters', { schema: list }, async ({ query }) => {
      const page = await this.redis.orAway(this.deadLetters.list(query.cursor, query.limit));
      return { ...page, items: page.items.map(letterView) };
    });

    const one = { params: letterParams, response: { 204: z.null() } };
    app.post('/api/dead-letters/:id/retry', { schema: one }, async ({ params }, reply) => {
      await this.redis.orAway(this.deadLetters.retry(params.id));
      return reply.code(204).send(null);
    });
    app.post('/api/dead-letters/:id/drop', { schema: one }, async ({ params }, reply) => {
      await this.redis.orAway(this.deadLetters.drop(params.id));
      return reply.code(204).send(null);
    });
  }
}

const letterView = ({ v: _, ...letter }: DeadLetter): z.output<typeof letterSchema> => letter;

import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { inject, injectable } from 'inversify';
import { z } from 'zod';
import type { HttpRoutes } from '../contract/http-routes.js';
import { StubwireError } from '../errors.js';
import { RedisConnection } from '../redis/connection.js';
import { StubStore } from '../stub/stub-store.js';
import { postSchema } from './stub-schema.js';

const postParams = z.strictObject({ stubpostuuid: z.string().max(100) });

/** `/api/posts/:stubpostuuid`: one entry of a stub's log, its deliveries with their statuses as they are now. */
@injectable()
export class PostRoutes implements HttpRoutes {
  readonly name = 'posts';
  readonly access = 'token';

  constructor(
    @inject(StubStore) private readonly store: StubStore,
    @inject(RedisConnection) private readonly redis: RedisConnection,
  ) {}

  register(scope: FastifyInstance): void {
    const app = scope.withTypeProvider<ZodTypeProvider>();
    const schema = { params: postParams, response: { 200: postSchema } };
    app.get('/api/posts/:stubpostuuid', { schema }, async ({ params: { stubpostuuid } }) => {
      const post = await this.redis.orAway(this.store.post(stubpostuuid));
      if (post) return post;
      throw new StubwireError(
        'stubpost_unknown',
        `There is no stubpost ${stubpostuuid}. A run that was just accepted shows once its turn is over; ?wait= waits for it.`,
      );
    });
  }
}

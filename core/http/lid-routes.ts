import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { inject, injectable } from 'inversify';
import { z } from 'zod';
import type { HttpRoutes } from '../contract/http-routes.js';
import { StubwireError } from '../errors.js';
import { Lids } from '../lid/lids.js';
import { RedisConnection } from '../redis/connection.js';
import { jsonObject, time } from './json-schema.js';

const lidParams = z.strictObject({ lid: z.string().max(100) });
const lidSchema = z.object({ lid: z.string(), data: jsonObject, expires_at: time });

/** `/api/lids/:lid`: the data that a short id stands for. */
@injectable()
export class LidRoutes implements HttpRoutes {
  readonly name = 'lids';
  readonly access = 'token';

  constructor(
    @inject(Lids) private readonly lids: Lids,
    @inject(RedisConnection) private readonly redis: RedisConnection,
  ) {}

  register(scope: FastifyInstance): void {
    const app = scope.withTypeProvider<ZodTypeProvider>();
    const schema = { params: lidParams, response: { 200: lidSchema } };
    app.get('/api/lids/:lid', { schema }, async ({ params: { lid } }) => {
      const found = await this.redis.orAway(this.lids.read(lid));
      if (found) return found;
      throw new StubwireError(
        'lid_unknown',
        'There is no such LID, or its time is over (7 days for those of deliveries).',
      );
    });
  }
}

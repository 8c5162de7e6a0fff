import type { FastifyInstance } from 'fastify';
import { inject, injectable } from 'inversify';
import type { HttpRoutes } from '../contract/http-routes.js';
import { StubwireError } from '../errors.js';
import { RedisConnection } from '../redis/connection.js';
import { Readiness } from './readiness.js';

const PING_WAIT_MS = 1_000;

/** `/healthz`: the process is up. `/readyz`: it can do its work. Both are open to everyone, and say nothing else. */
@injectable()
export class HealthRoutes implements HttpRoutes {
  readonly name = 'health';
  readonly access = 'own';

  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Readiness) private readonly readiness: Readiness,
  ) {}

  register(scope: FastifyInstance): void {
    scope.get('/healthz', () => ({ status: 'up' }));
    scope.get('/readyz', async () => {
      await this.redis.orAway(this.redis.client.ping(), PING_WAIT_MS);
      if (this.readiness.state === 'ready') return { status: 'ready' };
      throw new StubwireError('starting', 'The workers do not run yet. Ask again in a moment.');
    });
  }
}

import type { FastifyInstance } from 'fastify';
import { inject, injectable } from 'inversify';
import { UnattendedMail } from '../actor/unattended-mail.js';
import type { HttpRoutes } from '../contract/http-routes.js';
import { StubwireError } from '../errors.js';
import { RedisConnection } from '../redis/connection.js';
import { ConfigWatch } from '../reload/config-watch.js';
import { MissingTemplates } from '../reload/missing-templates.js';
import { Readiness } from './readiness.js';

const PROBE_WAIT_MS = 1_000;

/** `/healthz`: the process is up. `/readyz`: it can do all of its work. Both need no token; the reason for not being ready may name a template. */
@injectable()
export class HealthRoutes implements HttpRoutes {
  readonly name = 'health';
  readonly access = 'own';

  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Readiness) private readonly readiness: Readiness,
    @inject(MissingTemplates) private readonly missing: MissingTemplates,
    @inject(UnattendedMail) private readonly mail: UnattendedMail,
    @inject(ConfigWatch) private readonly configuration: ConfigWatch,
  ) {}

  register(scope: FastifyInstance): void {
    scope.get('/healthz', () => ({ status: 'up' }));
    scope.get('/readyz', async () => {
      await this.redis.probe(PROBE_WAIT_MS);
      if (this.readiness.state !== 'ready')
        throw new StubwireError('starting', 'The workers do not run yet. Ask again in a moment.');
      const missing = await this.redis.orAway(this.missing.find(), PROBE_WAIT_MS);
      if (missing.length > 0) throw new StubwireError('stubs_waiting', this.missing.describe(missing));
      const unattended = await this.redis.orAway(this.mail.problem(), PROBE_WAIT_MS);
      if (unattended !== undefined) throw new StubwireError('not_running', unattended);
      const { restartNeeded } = this.configuration;
      return { status: 'ready', ...(restartNeeded !== undefined && { restart_needed: restartNeeded }) };
    });
  }
}

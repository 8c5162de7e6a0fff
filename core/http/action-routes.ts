import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { inject, injectable } from 'inversify';
import { z } from 'zod';
import type { HttpRoutes } from '../contract/http-routes.js';
import { DryRuns } from '../dry-run/dry-runs.js';
import { RedisConnection } from '../redis/connection.js';
import { ContactBook } from '../stub/contact-book.js';
import { refusal, StubDesk } from '../stub/stub-desk.js';
import { dryRunSchema } from './dry-run-schema.js';
import { postedBy } from './posted-by.js';
import { actionsSchema, postSchema, runSchema } from './stub-schema.js';

const MAX_WAIT_MS = 30_000;
/** Conditions and look-ups of a dry run, all together. */
const DRY_RUN_MS = 10_000;

const stubParams = z.strictObject({ stubref: z.string().max(40) });
const runParams = z.strictObject({ stubref: z.string().max(40), action: z.string().max(200) });
const runQuery = z.strictObject({
  wait: z.coerce.number().int().min(0).max(MAX_WAIT_MS).optional().describe('ms to wait for the stubpost'),
  dry_run: z.enum(['true', 'false']).optional().describe('true: what would happen, and nothing happens'),
});

/** `/api/stubs/:stubref/actions`: what can run now, and running it. */
@injectable()
export class ActionRoutes implements HttpRoutes {
  readonly name = 'actions';
  readonly access = 'token';

  constructor(
    @inject(StubDesk) private readonly desk: StubDesk,
    @inject(ContactBook) private readonly contacts: ContactBook,
    @inject(DryRuns) private readonly dryRuns: DryRuns,
    @inject(RedisConnection) private readonly redis: RedisConnection,
  ) {}

  register(scope: FastifyInstance): void {
    const app = scope.withTypeProvider<ZodTypeProvider>();

    const list = { params: stubParams, response: { 200: actionsSchema } };
    app.get('/api/stubs/:stubref/actions', { schema: list }, async ({ params }) => ({
      ...(await this.redis.orAway(this.desk.actions(params.stubref))),
      next_cursor: null,
    }));

    const accepted = z.object({ stubpostuuid: z.string() });
    const run = {
      params: runParams,
      querystring: runQuery,
      body: runSchema,
      response: { 200: z.union([dryRunSchema, postSchema]), 202: accepted },
    };
    app.post('/api/stubs/:stubref/actions/:action', { schema: run }, async (request, reply) => {
      const { params, query, body } = request;
      const asked = { ...body, posted_by: await this.redis.orAway(postedBy(request, body.posted_by, this.contacts)) };
      if (query.dry_run === 'true') {
        const foreseen = this.dryRuns.of(params.stubref, params.action, asked);
        return reply.code(200).send(await this.redis.orAway(foreseen, DRY_RUN_MS));
      }
      const { stubpostuuid } = await this.desk.run(params.stubref, params.action, asked, request.derivedKey);
      request.concerned = { stubpostuuid };
      const post = query.wait ? await this.desk.awaitPost(stubpostuuid, query.wait) : undefined;
      if (post?.refused) throw refusal(post.refused, { stubpostuuid });
      if (post) return reply.code(200).send(post);
      return reply.code(202).header('Location', `/api/posts/${stubpostuuid}`).send({ stubpostuuid });
    });
  }
}

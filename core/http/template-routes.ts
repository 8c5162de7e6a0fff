import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { inject, injectable } from 'inversify';
import { z } from 'zod';
import { Clock } from '../contract/clock.js';
import type { HttpRoutes } from '../contract/http-routes.js';
import type { Json } from '../contract/json.js';
import type { StubTemplate } from '../contract/stub-template.js';
import { RedisConnection } from '../redis/connection.js';
import { actionView } from '../stub/action-view.js';
import { Substitution } from '../template/substitution.js';
import { Templates } from '../template/templates.js';
import { pageOfArray, pageQuery, pageSchema } from './paging.js';
import { actionSchema } from './stub-schema.js';

const stateSchema = z.object({ name: z.string(), actions: z.array(z.string()).readonly(), is_done: z.boolean() });
const templateSchema = z.object({
  name: z.string(),
  file: z.string(),
  initial_state: z.string(),
  states: z.array(stateSchema),
  actions: z.array(actionSchema),
});

/** `/api/templates`: the stub templates that are loaded. */
@injectable()
export class TemplateRoutes implements HttpRoutes {
  readonly name = 'templates';
  readonly access = 'token';

  constructor(
    @inject(Templates) private readonly templates: Templates,
    @inject(Substitution) private readonly substitution: Substitution,
    @inject(Clock) private readonly clock: Clock,
    @inject(RedisConnection) private readonly redis: RedisConnection,
  ) {}

  register(scope: FastifyInstance): void {
    const app = scope.withTypeProvider<ZodTypeProvider>();
    const schema = { querystring: z.strictObject(pageQuery), response: { 200: pageSchema(templateSchema) } };
    app.get('/api/templates', { schema }, async ({ query }) => {
      const atMs = await this.redis.orAway(this.clock.nowMs());
      const views = this.templates.all().map((template) => this.view(template, atMs));
      return pageOfArray(views, query.cursor, query.limit);
    });
  }

  private view(template: StubTemplate, atMs: number): z.output<typeof templateSchema> {
    const { name, file, data, initialState, states, actions } = template;
    const fill = (written: Json): Json => this.substitution.fill(written, { template: { name, data } }, { atMs });
    return {
      name,
      file,
      initial_state: initialState,
      states: [...states.values()].map(({ isDone, ...state }) => ({ ...state, is_done: isDone })),
      actions: [...actions.values()].map((action) => actionView(action, fill)),
    };
  }
}

import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { inject, injectable } from 'inversify';
import { z } from 'zod';
import type { HttpRoutes } from '../contract/http-routes.js';
import type { StubTemplate } from '../contract/stub-template.js';
import { actionView } from '../stub/action-view.js';
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

  constructor(@inject(Templates) private readonly templates: Templates) {}

  register(scope: FastifyInstance): void {
    const app = scope.withTypeProvider<ZodTypeProvider>();
    const schema = { querystring: z.strictObject(pageQuery), response: { 200: pageSchema(templateSchema) } };
    app.get('/api/templates', { schema }, async ({ query }) =>
      pageOfArray(this.templates.all().map(templateView), query.cursor, query.limit),
    );
  }
}

function templateView({
  name,
  file,
  data,
  initialState,
  states,
  actions,
}: StubTemplate): z.output<typeof templateSchema> {
  return {
    name,
    file,
    initial_state: initialState,
    states: [...states.values()].map(({ isDone, ...state }) => ({ ...state, is_done: isDone })),
    actions: [...actions.values()].map((action) => actionView(action, { template: { name, data } })),
  };
}

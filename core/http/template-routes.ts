import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { inject, injectable } from 'inversify';
import { z } from 'zod';
import { Clock } from '../contract/clock.js';
import type { HttpRoutes } from '../contract/http-routes.js';
import type { Json } from '../contract/json.js';
import type { StubTemplate } from '../contract/stub-template.js';
import type { StubwireError } from '../errors.js';
import { RedisConnection } from '../redis/connection.js';
import { type RefusedFile, TemplateLedger } from '../reload/template-ledger.js';
import { TemplateWatch } from '../reload/template-watch.js';
import { actionView } from '../stub/action-view.js';
import { stateProblem } from '../stub/state-problem.js';
import { StubStore } from '../stub/stub-store.js';
import { Substitution } from '../template/substitution.js';
import { Templates } from '../template/templates.js';
import { time } from './json-schema.js';
import { pageOfArray, pageQuery, pageSchema } from './paging.js';
import { actionSchema } from './stub-schema.js';

/** Refused files that are listed, and problems of each: a person mends some and asks again. */
const MAX_REFUSED = 50;
const MAX_PROBLEMS = 20;

const stateSchema = z.object({ name: z.string(), actions: z.array(z.string()).readonly(), is_done: z.boolean() });
const templateSchema = z.object({
  name: z.string(),
  file: z.string(),
  initial_state: z.string(),
  states: z.array(stateSchema),
  actions: z.array(actionSchema),
  loaded_at: time.optional().describe('When this version of it came into force in this process'),
  version: z.string().optional().describe('Begin of the sha256 of its file'),
  kept: z
    .object({ stubs: z.number().int() })
    .optional()
    .describe('No file has it any more. It stays for the stubs that are not done, so many, until the next start'),
});
const problemSchema = z.object({
  code: z.string(),
  message: z.string(),
  file: z.string(),
  line: z.number().int().optional(),
  column: z.number().int().optional(),
  excerpt: z.string().optional().describe('The line as written'),
});
const refusedSchema = z.object({
  file: z.string(),
  version: z.string().optional(),
  refused_at: time,
  problem_count: z.number().int(),
  problems: z.array(problemSchema).describe(`The first ${MAX_PROBLEMS}`),
});
const templatesSchema = pageSchema(templateSchema).extend({
  watched: z.object({ folder: z.string(), problem: problemSchema.optional() }).optional(),
  refused_count: z.number().int(),
  refused: z
    .array(refusedSchema)
    .describe(`Files whose content is not in force, with what is wrong with it. The first ${MAX_REFUSED}`),
});
const strandedSchema = z.object({
  template: z.string(),
  state: z.string(),
  count: z.number().int(),
  newest: z.array(z.string()).readonly().describe('Stubrefs, the newest first'),
  problem: z.object({ code: z.string(), message: z.string() }),
});

/** `/api/templates`: the stub templates that are loaded, what was refused, and stubs that no template fits any more. */
@injectable()
export class TemplateRoutes implements HttpRoutes {
  readonly name = 'templates';
  readonly access = 'token';

  constructor(
    @inject(Templates) private readonly templates: Templates,
    @inject(Substitution) private readonly substitution: Substitution,
    @inject(Clock) private readonly clock: Clock,
    @inject(TemplateLedger) private readonly ledger: TemplateLedger,
    @inject(TemplateWatch) private readonly watch: TemplateWatch,
    @inject(StubStore) private readonly stubs: StubStore,
    @inject(RedisConnection) private readonly redis: RedisConnection,
  ) {}

  register(scope: FastifyInstance): void {
    const app = scope.withTypeProvider<ZodTypeProvider>();
    const schema = { querystring: z.strictObject(pageQuery), response: { 200: templatesSchema } };
    app.get('/api/templates', { schema }, async ({ query }) => {
      const refused = this.ledger.refused();
      const atMs = await this.redis.orAway(this.clock.nowMs());
      const { items, next_cursor } = pageOfArray(this.templates.all(), query.cursor, query.limit);
      return {
        items: items.map((template) => this.view(template, atMs)),
        next_cursor,
        ...this.watched(),
        refused_count: refused.length,
        refused: refused.slice(0, MAX_REFUSED).map(refusedView),
      };
    });
    const stranded = { querystring: z.strictObject(pageQuery), response: { 200: pageSchema(strandedSchema) } };
    app.get('/api/templates/stranded-stubs', { schema: stranded }, async ({ query }) => {
      const loaded = new Map(this.templates.all().map((template) => [template.name, template]));
      const found = await this.redis.orAway(this.stubs.allStranded(loaded));
      const views = found.map((each) => ({ ...each, problem: stateProblem(each, loaded.get(each.template))! }));
      return pageOfArray(views, query.cursor, query.limit);
    });
  }

  private view(template: StubTemplate, atMs: number): z.output<typeof templateSchema> {
    const { name, file, data, initialState, states, actions } = template;
    const { version, loadedAt } = this.ledger.about(template) ?? {};
    const kept = this.ledger.kept().get(name);
    const fill = (written: Json): Json => this.substitution.fill(written, { template: { name, data } }, { atMs });
    return {
      name,
      file,
      initial_state: initialState,
      states: [...states.values()].map(({ isDone, ...state }) => ({ ...state, is_done: isDone })),
      actions: [...actions.values()].map((action) => actionView(action, fill)),
      ...(version !== undefined && { version }),
      ...(loadedAt !== undefined && { loaded_at: loadedAt }),
      ...(kept && { kept: { stubs: kept.stubs } }),
    };
  }

  private watched(): Pick<z.output<typeof templatesSchema>, 'watched'> {
    const { folder, problem } = this.watch;
    if (folder === undefined) return {};
    return { watched: { folder, ...(problem && { problem: problemView(problem, folder) }) } };
  }
}

const refusedView = ({ file, version, at, problems }: RefusedFile): z.output<typeof refusedSchema> => ({
  file,
  ...(version !== undefined && { version }),
  refused_at: at,
  problem_count: problems.length,
  problems: problems.slice(0, MAX_PROBLEMS).map((problem) => problemView(problem, file)),
});

const problemView = ({ code, message, options }: StubwireError, file: string): z.output<typeof problemSchema> => ({
  code,
  message,
  ...(options.place ?? { file }),
});

import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { inject, injectable } from 'inversify';
import { z } from 'zod';
import { HttpRoutes, pageOfArray, pageQuery, pageSchema, StubwireError, time } from '../../../core/index.js';
import { slotCounts } from '../messages/template-slots.js';
import { profileOf, WhatsAppConfig } from '../profile.js';
import { CatalogueSync } from './catalogue-sync.js';
import { type ProfileCatalogue, WhatsAppTemplates } from './whatsapp-templates.js';

const problemSchema = z.object({ code: z.string(), message: z.string(), provider_code: z.number().optional() });

/** How far a profile's catalogue is to be trusted: when it was read, and why the newest reading failed if it did. */
export const syncSchema = z.object({
  profile: z.string(),
  templates: z.number(),
  synced_at: time.nullable(),
  problem: problemSchema.extend({ at: time }).optional(),
});

const templateSchema = z.object({
  profile: z.string(),
  name: z.string(),
  language: z.string(),
  status: z.string(),
  category: z.string(),
  parameter_format: z.enum(['POSITIONAL', 'NAMED']),
  params: z.object({ header: z.number(), body: z.number(), buttons: z.number() }),
  rejected_reason: z.string().optional(),
  components: z.array(z.looseObject({})).readonly(),
});

const iso = (ms: number) => new Date(ms).toISOString();

/** Of one profile, as `/api/profiles` shows it too. */
export const syncView = ({
  profile,
  templates,
  syncedAtMs,
  failure,
}: ProfileCatalogue): z.output<typeof syncSchema> => ({
  profile,
  templates: templates.length,
  synced_at: syncedAtMs === undefined ? null : iso(syncedAtMs),
  ...(failure && { problem: { ...failure.problem, at: iso(failure.at_ms) } }),
});

/** `/api/whatsapp-templates`: what each profile's account holds, as read from Meta; and reading it anew. */
@injectable()
export class WhatsAppTemplateRoutes implements HttpRoutes {
  readonly name = 'whatsapp templates';
  readonly access = 'token';

  constructor(
    @inject(WhatsAppConfig) private readonly config: WhatsAppConfig,
    @inject(WhatsAppTemplates) private readonly templates: WhatsAppTemplates,
    @inject(CatalogueSync) private readonly catalogue: CatalogueSync,
  ) {}

  register(scope: FastifyInstance): void {
    const app = scope.withTypeProvider<ZodTypeProvider>();
    const profile = z.string().max(64).optional();
    const filter = z.strictObject({ ...pageQuery, profile, name: z.string().max(512).optional() });
    const page = pageSchema(templateSchema).extend({ sync: z.array(syncSchema) });
    app.get('/api/whatsapp-templates', { schema: { querystring: filter, response: { 200: page } } }, ({ query }) => {
      this.requireKnown(query.profile);
      const catalogues = this.templates.all(query.profile);
      const items = catalogues.flatMap(({ profile: of, templates }) =>
        templates
          .filter(({ name }) => query.name === undefined || name === query.name)
          .map((template) => ({ ...template, profile: of, params: slotCounts(template) })),
      );
      return { ...pageOfArray(items, query.cursor, query.limit), sync: catalogues.map(syncView) };
    });

    const body = z.strictObject({ profile }).default({});
    const synced = z.object({ sync: z.array(syncSchema) });
    app.post(
      '/api/whatsapp-templates/sync',
      { schema: { body, response: { 200: synced } } },
      async ({ body: { profile: only } }) => {
        this.requireKnown(only);
        const names = this.templates.all(only).map(({ profile: name }) => name);
        await Promise.all(names.map((name) => this.catalogue.sync(name)));
        return { sync: this.templates.all(only).map(syncView) };
      },
    );
  }

  private requireKnown(profile: string | undefined): void {
    if (profile === undefined || profileOf(this.config, profile)) return;
    throw new StubwireError(
      'profile_unknown',
      `There is no profile "${profile}". Profiles: ${Object.keys(this.config.profiles).join(', ')}.`,
    );
  }
}

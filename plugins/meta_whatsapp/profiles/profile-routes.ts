import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { inject, injectable } from 'inversify';
import { z } from 'zod';
import {
  HttpRoutes,
  LaneBacklog,
  LanePauses,
  pageOfArray,
  pageQuery,
  pageSchema,
  QueuePace,
  RedisClock,
  RedisConnection,
  StubwireError,
  time,
} from '../../../core/index.js';
import { syncSchema, syncView } from '../catalogue/whatsapp-template-routes.js';
import { WhatsAppTemplates } from '../catalogue/whatsapp-templates.js';
import { type Profile, profileOf, sendQueueOf, WhatsAppConfig } from '../profile.js';
import { CommandPush } from './command-push.js';

const problemSchema = z.object({ code: z.string(), message: z.string(), provider_code: z.number().optional() });

const profileSchema = z.object({
  name: z.string(),
  is_default: z.boolean(),
  phone_number_id: z.string(),
  display_phone_number: z.string(),
  waba_id: z.string(),
  graph_url: z.string(),
  graph_version: z.string(),
  emulated: z.boolean(),
  language: z.string(),
  messages_per_second: z.number(),
  interaction_request_template: z.string(),
  queue: z.object({
    name: z.string(),
    paused: z.boolean(),
    since: time.nullable(),
    problem: problemSchema.optional(),
    waiting_clients: z.number().describe('Clients that something is to be sent to'),
    messages_per_second: z
      .number()
      .describe(
        'Rate allowed now: below the configured one while messages come in, or after Meta reported its throughput limit',
      ),
  }),
  commands: z.object({
    enabled: z.boolean(),
    list: z.array(z.object({ name: z.string(), description: z.string() })),
    pushed_at: time.nullable().describe('When Meta took the list as it is configured now'),
    problem: problemSchema.extend({ at: time }).optional(),
  }),
  whatsapp_templates: syncSchema.omit({ profile: true }),
});
type ProfileView = z.output<typeof profileSchema>;

const iso = (ms: number) => new Date(ms).toISOString();

/** `/api/profiles`: the numbers that can send, how it stands with each, and stopping and letting go on by hand. Never a token. */
@injectable()
export class ProfileRoutes implements HttpRoutes {
  readonly name = 'profiles';
  readonly access = 'token';

  constructor(
    @inject(WhatsAppConfig) private readonly config: WhatsAppConfig,
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(LanePauses) private readonly pauses: LanePauses,
    @inject(QueuePace) private readonly pace: QueuePace,
    @inject(RedisClock) private readonly clock: RedisClock,
    @inject(LaneBacklog) private readonly backlog: LaneBacklog,
    @inject(CommandPush) private readonly commands: CommandPush,
    @inject(WhatsAppTemplates) private readonly templates: WhatsAppTemplates,
  ) {}

  register(scope: FastifyInstance): void {
    const app = scope.withTypeProvider<ZodTypeProvider>();
    const list = { querystring: z.strictObject(pageQuery), response: { 200: pageSchema(profileSchema) } };
    app.get('/api/profiles', { schema: list }, async ({ query }) => {
      const page = pageOfArray(Object.keys(this.config.profiles), query.cursor, query.limit);
      return { ...page, items: await this.redis.orAway(Promise.all(page.items.map((name) => this.view(name)))) };
    });

    const params = z.strictObject({ profile: z.string().max(64) });
    const verb = { params, response: { 200: profileSchema } };
    const reason = z.strictObject({ reason: z.string().min(1).max(500).optional() }).default({});
    app.post(
      '/api/profiles/:profile/pause',
      { schema: { ...verb, body: reason } },
      async ({ params, body, caller }) => {
        const queue = this.queueOf(params.profile);
        await this.redis.orAway(this.pauses.pauseByHand(queue, caller.name, body.reason));
        return this.redis.orAway(this.view(params.profile));
      },
    );
    app.post('/api/profiles/:profile/resume', { schema: verb }, async ({ params }) => {
      await this.redis.orAway(this.pauses.resume(this.queueOf(params.profile)));
      return this.redis.orAway(this.view(params.profile));
    });
  }

  private queueOf(profile: string): string {
    if (profileOf(this.config, profile)) return sendQueueOf(profile);
    throw new StubwireError(
      'profile_unknown',
      `There is no profile "${profile}". Profiles: ${Object.keys(this.config.profiles).join(', ')}.`,
    );
  }

  private async view(name: string): Promise<ProfileView> {
    const profile: Profile = this.config.profiles[name]!;
    const [queue, commands] = await Promise.all([
      this.queueView(sendQueueOf(name), profile),
      this.commandsView(name, profile),
    ]);
    const [catalogue] = this.templates.all(name);
    const { profile: _, ...whatsapp_templates } = syncView(catalogue!);
    return {
      name,
      is_default: name === this.config.default_profile,
      phone_number_id: profile.phone_number_id,
      display_phone_number: profile.display_phone_number,
      waba_id: profile.waba_id,
      graph_url: profile.graph_url,
      graph_version: profile.graph_version,
      emulated: profile.graph_url === 'emulator',
      language: profile.language,
      messages_per_second: profile.messages_per_second,
      interaction_request_template: profile.interaction_request.template,
      queue,
      commands,
      whatsapp_templates,
    };
  }

  private async queueView(name: string, profile: Profile): Promise<ProfileView['queue']> {
    const nowMs = await this.clock.nowMs();
    const [{ paused, pause }, perSecond, waiting_clients] = await Promise.all([
      this.pauses.state(name),
      this.pace.perSecond(name, profile.messages_per_second, nowMs),
      this.backlog.addresses(name),
    ]);
    return {
      name,
      paused,
      since: pause?.since ?? null,
      ...(pause && { problem: pause.problem }),
      waiting_clients,
      messages_per_second: perSecond,
    };
  }

  private async commandsView(name: string, { commands }: Profile): Promise<ProfileView['commands']> {
    const { pushedAtMs, failure } = await this.commands.state(name);
    return {
      enabled: commands.enabled,
      list: Object.entries(commands.list).map(([command, description]) => ({ name: command, description })),
      pushed_at: pushedAtMs === undefined ? null : iso(pushedAtMs),
      ...(failure && { problem: { ...failure.problem, at: iso(failure.atMs) } }),
    };
  }
}

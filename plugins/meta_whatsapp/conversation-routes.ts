import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { inject, injectable } from 'inversify';
import { z } from 'zod';
import {
  ActorMail,
  HttpRoutes,
  Keys,
  pageOf,
  pageQuery,
  pageSchema,
  RedisClock,
  RedisConnection,
  StubStore,
  StubwireError,
  time,
} from '../../core/index.js';
import { type Conversation, DEFAULT_FEEDBACK_ACTION, type Hold } from './conversation/conversation.js';
import { isOpen } from './conversation/stubsession.js';
import { windowOpen } from './conversation/window.js';
import type { OperatorLetter } from './conversation-outbound.js';
import { conversationIdOf } from './profile.js';

const params = z.strictObject({ profile: z.string().max(64), client: z.string().max(150) });
const holdSchema = z.object({ stubref: z.string(), until: time, feedback_action: z.string() }).nullable();
const conversationSchema = z.object({
  profile: z.string(),
  client: z.string(),
  name: z.string(),
  number: z.string().nullable(),
  user_id: z.string().nullable(),
  window: z.object({ open: z.boolean(), until: time.nullable() }),
  consent: z.object({
    pending: z.boolean(),
    asked_at: time.nullable(),
    expires_at: time.nullable(),
    rejected_at: time.nullable(),
  }),
  stash: z.array(z.object({ delivery: z.string(), stubref: z.string().nullable() })),
  stubsession: holdSchema,
  nextreply: holdSchema,
});
const traceSchema = z.looseObject({ rule: z.string(), to: z.string() });
const accepted = z.object({ accepted: z.literal(true) });

/** `/api/conversations`: what is known of each client on each profile, why messages landed where they did, and the operator's verbs. */
@injectable()
export class ConversationRoutes implements HttpRoutes {
  readonly name = 'conversations';
  readonly access = 'token';

  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Keys) private readonly keys: Keys,
    @inject(RedisClock) private readonly clock: RedisClock,
    @inject(ActorMail) private readonly mail: ActorMail,
    @inject(StubStore) private readonly stubs: StubStore,
  ) {}

  register(scope: FastifyInstance): void {
    const app = scope.withTypeProvider<ZodTypeProvider>();
    const list = { querystring: z.strictObject(pageQuery), response: { 200: pageSchema(conversationSchema) } };
    app.get('/api/conversations', { schema: list }, ({ query }) =>
      this.redis.orAway(
        pageOf(this.redis.client, this.keys.conversations(), query.cursor, query.limit, (ids) =>
          Promise.all(ids.map((id) => this.view(id))),
        ),
      ),
    );
    const one = { params, response: { 200: conversationSchema.extend({ routing: z.array(traceSchema) }) } };
    app.get('/api/conversations/:profile/:client', { schema: one }, async ({ params: { profile, client } }) => {
      const id = conversationIdOf(profile, client);
      const view = await this.redis.orAway(this.known(id));
      const traces = await this.redis.orAway(this.redis.client.lrange(this.keys.routingTrace(id), 0, -1));
      return { ...view, routing: traces.reverse().map((trace) => JSON.parse(trace) as z.output<typeof traceSchema>) };
    });
    this.registerVerbs(scope);
  }

  private registerVerbs(scope: FastifyInstance): void {
    const app = scope.withTypeProvider<ZodTypeProvider>();
    const path = '/api/conversations/:profile/:client';
    const session = z.strictObject({
      stubref: z.string(),
      hours: z.number().int().min(1).max(8_760).default(24),
      feedback_action: z.string().default(DEFAULT_FEEDBACK_ACTION),
    });
    app.put(
      `${path}/stubsession`,
      { schema: { params, body: session, response: { 202: accepted } } },
      async ({ params, body }, reply) => {
        const { stubref, hours, feedback_action: feedbackAction } = body;
        if (!(await this.redis.orAway(this.stubs.exists(stubref))))
          throw new StubwireError('stub_unknown', `There is no stub "${stubref}". GET /api/stubs lists them.`);
        return reply
          .code(202)
          .send(await this.tell(params, { type: 'operator', verb: 'set_session', stubref, hours, feedbackAction }));
      },
    );
    const verb = { schema: { params, response: { 202: accepted } } };
    app.delete(`${path}/stubsession`, verb, async ({ params }, reply) =>
      reply.code(202).send(await this.tell(params, { type: 'operator', verb: 'end_session' })),
    );
    app.post(`${path}/stash/release`, verb, async ({ params }, reply) =>
      reply.code(202).send(await this.tell(params, { type: 'operator', verb: 'release_stash' })),
    );
    app.post(`${path}/stash/drop`, verb, async ({ params }, reply) =>
      reply.code(202).send(await this.tell(params, { type: 'operator', verb: 'drop_stash' })),
    );
    app.post(`${path}/lift-rejection`, verb, async ({ params }, reply) =>
      reply.code(202).send(await this.tell(params, { type: 'operator', verb: 'lift_rejection' })),
    );
  }

  private async tell(
    { profile, client }: z.output<typeof params>,
    body: OperatorLetter,
  ): Promise<z.output<typeof accepted>> {
    const id = conversationIdOf(profile, client);
    await this.redis.orAway(this.known(id));
    await this.redis.orAway(
      this.mail.tell([{ to: { kind: 'conversation', id }, id: `operator:${randomUUID()}`, body }]),
    );
    return { accepted: true };
  }

  private async known(id: string): Promise<z.output<typeof conversationSchema>> {
    const view = await this.view(id);
    if (!view)
      throw new StubwireError(
        'conversation_unknown',
        `There is no conversation "${id}". GET /api/conversations lists them.`,
      );
    return view;
  }

  private async view(id: string): Promise<z.output<typeof conversationSchema> | undefined> {
    const [record, nowMs] = await Promise.all([
      this.redis.client.hget(this.keys.actor('conversation', id), 'state'),
      this.clock.nowMs(),
    ]);
    if (record === null) return undefined;
    const conversation = JSON.parse(record) as Conversation;
    const { request, rejectedAtMs, windowUntilMs } = conversation;
    const at = id.indexOf(':');
    return {
      profile: id.slice(0, at),
      client: id.slice(at + 1),
      name: conversation.name,
      number: conversation.number ?? null,
      user_id: conversation.userId ?? null,
      window: { open: windowOpen(conversation, nowMs), until: iso(windowUntilMs || undefined) },
      consent: {
        pending: request !== undefined,
        asked_at: iso(request?.askedAtMs),
        expires_at: iso(request?.untilMs),
        rejected_at: iso(rejectedAtMs),
      },
      stash: conversation.stash.map(({ delivery, stubref }) => ({ delivery, stubref: stubref ?? null })),
      stubsession: holdView(conversation.session, nowMs),
      nextreply: holdView(conversation.nextreply, nowMs),
    };
  }
}

const iso = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString());

const holdView = (held: Hold | undefined, nowMs: number): z.output<typeof holdSchema> =>
  isOpen(held, nowMs)
    ? { stubref: held.stubref, until: new Date(held.untilMs).toISOString(), feedback_action: held.feedbackAction }
    : null;

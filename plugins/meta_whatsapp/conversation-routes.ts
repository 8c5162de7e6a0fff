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
import type { OperatorLetter } from './conversation-operator.js';
import { ConversationReader } from './conversation-reader.js';
import { isUserId } from './identity/client-id.js';
import { conversationIdOf } from './profile.js';

/** A number may stand here as people write it; records have its digits. */
const asStored = (client: string): string => (/^[+\d\s().-]+$/.test(client) ? client.replace(/\D/g, '') : client);
const params = z.strictObject({ profile: z.string().max(64), client: z.string().max(150).overwrite(asStored) });
const holdSchema = z.object({ stubref: z.string(), until: time, feedback_action: z.string() }).nullable();
const conversationSchema = z.object({
  profile: z.string(),
  client: z.string(),
  name: z.string(),
  number: z.string().nullable(),
  user_id: z.string().nullable(),
  aliases: z.array(z.string()),
  window: z.object({ open: z.boolean(), until: time.nullable() }),
  consent: z.object({
    pending: z.boolean(),
    asked_at: time.nullable(),
    expires_at: time.nullable(),
    rejected_at: time.nullable(),
    opted_out: z.object({ scope: z.enum(['all', 'marketing']), by: z.enum(['word', 'meta']), at: time }).nullable(),
  }),
  stash: z.array(z.object({ delivery: z.string(), stubref: z.string().nullable() })),
  stubsession: holdSchema,
  nextreply: holdSchema,
});
const DEFAULT_SESSION_HOURS = 24;
const MAX_SESSION_HOURS = 8_760;
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
    @inject(ConversationReader) private readonly conversations: ConversationReader,
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
      const view = await this.redis.orAway(this.known(conversationIdOf(profile, client)));
      // A trace may have stayed at a user id of this person; a number may be somebody else's by now.
      const places = [view.client, ...view.aliases.filter(isUserId)].map((place) => conversationIdOf(profile, place));
      const lists = await this.redis.orAway(
        Promise.all(places.map((id) => this.redis.client.lrange(this.keys.routingTrace(id), 0, -1))),
      );
      const traces = lists.flat();
      const routing = traces.map((trace) => JSON.parse(trace) as z.output<typeof traceSchema>);
      routing.sort((a, b) => String(a['stored_at']).localeCompare(String(b['stored_at'])));
      return { ...view, routing: routing.reverse() };
    });
    this.registerVerbs(scope);
  }

  private registerVerbs(scope: FastifyInstance): void {
    const app = scope.withTypeProvider<ZodTypeProvider>();
    const path = '/api/conversations/:profile/:client';
    const session = z.strictObject({
      stubref: z.string(),
      hours: z.number().int().min(1).max(MAX_SESSION_HOURS).optional().describe('Default: 24, unless until is given'),
      until: time.optional().describe('When it ends, as GET returns it. Do not give hours with it'),
      feedback_action: z.string().default(DEFAULT_FEEDBACK_ACTION),
    });
    app.put(
      `${path}/stubsession`,
      { schema: { params, body: session, response: { 202: accepted } } },
      async (request, reply) => {
        const { params, body } = request;
        const { stubref, feedback_action: feedbackAction } = body;
        const end = await this.sessionEnd(body);
        if (!(await this.redis.orAway(this.stubs.exists(stubref))))
          throw new StubwireError('stub_unknown', `There is no stub "${stubref}". GET /api/stubs lists them.`);
        request.concerned = { stubref };
        return reply
          .code(202)
          .send(await this.tell(params, { type: 'operator', verb: 'set_session', stubref, ...end, feedbackAction }));
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
    app.post(`${path}/lift-opt-out`, verb, async ({ params }, reply) =>
      reply.code(202).send(await this.tell(params, { type: 'operator', verb: 'lift_opt_out' })),
    );
  }

  /** Errors: `validation_failed`. */
  private async sessionEnd({ hours, until }: { hours?: number | undefined; until?: string | undefined }) {
    if (until === undefined) return { hours: hours ?? DEFAULT_SESSION_HOURS };
    const untilMs = Date.parse(until);
    const leftMs = untilMs - (await this.redis.orAway(this.clock.nowMs()));
    if (hours === undefined && leftMs > 0 && leftMs <= MAX_SESSION_HOURS * 3_600_000) return { untilMs };
    const problem = hours === undefined ? `is ${until}` : 'is given with hours';
    throw new StubwireError(
      'validation_failed',
      `body.until ${problem}. Give one of hours and until; until must be a time in the next ${MAX_SESSION_HOURS} hours.`,
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

  /** The conversation at this address, or at the address to which it has moved. */
  private async view(asked: string): Promise<z.output<typeof conversationSchema> | undefined> {
    const nowMs = await this.clock.nowMs();
    const at = asked.indexOf(':');
    const profile = asked.slice(0, at);
    const found = await this.conversations.at(profile, asked.slice(at + 1));
    return found && conversationView(profile, found.client, found.conversation, nowMs);
  }
}

function conversationView(
  profile: string,
  client: string,
  conversation: Conversation,
  nowMs: number,
): z.output<typeof conversationSchema> {
  const { requests, rejectedAtMs, windowUntilMs, optedOut: out } = conversation;
  return {
    profile,
    client,
    name: conversation.name,
    number: conversation.number ?? null,
    user_id: conversation.userId ?? null,
    aliases: addressesBeside(client, conversation),
    window: { open: windowOpen(conversation, nowMs), until: iso(windowUntilMs || undefined) },
    consent: {
      pending: requests.length > 0,
      asked_at: iso(requests[0]?.askedAtMs),
      expires_at: iso(requests.at(-1)?.untilMs),
      rejected_at: iso(rejectedAtMs),
      opted_out: out ? { scope: out.scope, by: out.by, at: new Date(out.atMs).toISOString() } : null,
    },
    stash: conversation.stash.map(({ delivery, stubref }) => ({ delivery, stubref: stubref ?? null })),
    stubsession: holdView(conversation.session, nowMs),
    nextreply: holdView(conversation.nextreply, nowMs),
  };
}

const addressesBeside = (client: string, { number, userId, aliases }: Conversation): string[] =>
  [...new Set([number, userId, ...aliases])].filter(
    (address) => address !== undefined && address !== client,
  ) as string[];

const iso = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString());

const holdView = (held: Hold | undefined, nowMs: number): z.output<typeof holdSchema> =>
  isOpen(held, nowMs)
    ? { stubref: held.stubref, until: new Date(held.untilMs).toISOString(), feedback_action: held.feedbackAction }
    : null;

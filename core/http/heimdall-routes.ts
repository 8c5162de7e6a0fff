import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { inject, injectable } from 'inversify';
import { z } from 'zod';
import type { HttpRoutes } from '../contract/http-routes.js';
import { StubwireError } from '../errors.js';
import { EventBus } from '../heimdall/event-bus.js';
import { EventStream } from '../heimdall/event-stream.js';
import { checkPath } from '../heimdall/path-pattern.js';
import { type Registration, Registrations } from '../heimdall/registrations.js';
import { jsonObject } from './json-schema.js';
import { pageOfArray, pageQuery, pageSchema } from './paging.js';
import { ServerSentEvents } from './server-sent-events.js';

const emission = z.strictObject({
  path: z.string().min(1).max(1_000),
  mechanism: z.enum(['evt', 'cbh', 'rra', 'rnd', 'evb', '*']).default('evt'),
  data: jsonObject.optional(),
});
const registrationSchema = z.object({
  uuid: z.string(),
  registration_name: z.string(),
  template: z.string(),
  path: z.string(),
  mechanism: z.enum(['evt', 'cbh']),
  create_stub: jsonObject.optional(),
  trigger_stubaction: jsonObject.optional(),
});

/** `/api/heimdall`: events emitted, watched, and who handles them. */
@injectable()
export class HeimdallRoutes implements HttpRoutes {
  readonly name = 'heimdall';
  readonly access = 'token';

  constructor(
    @inject(EventBus) private readonly bus: EventBus,
    @inject(EventStream) private readonly stream: EventStream,
    @inject(Registrations) private readonly registrations: Registrations,
  ) {}

  register(scope: FastifyInstance): void {
    const app = scope.withTypeProvider<ZodTypeProvider>();

    const emitted = z.object({ id: z.string(), handlers: z.number().int() });
    app.post(
      '/api/heimdall/emit',
      { schema: { body: emission, response: { 202: emitted } } },
      async ({ body, derivedKey }, reply) => {
        checkPath(body.path);
        return reply.code(202).send(await this.bus.emit({ ...body, data: body.data ?? {} }, derivedKey));
      },
    );

    const list = { querystring: z.strictObject(pageQuery), response: { 200: pageSchema(registrationSchema) } };
    app.get('/api/heimdall/registrations', { schema: list }, async ({ query }) =>
      pageOfArray(this.registrations.all().map(registrationView), query.cursor, query.limit),
    );

    const watch = {
      querystring: z.strictObject({
        path: z.string().min(1).max(1_000).describe('A pattern: "#" is any segment, "*" everything deeper'),
      }),
      description: 'Server-sent events, with a heart-beat. The header Last-Event-ID goes on where a stream ended.',
    };
    app.get('/api/heimdall/events', { schema: watch }, async (request, reply) => {
      const subscription = await this.stream.watch(request.query.path, lastEventId(request.headers['last-event-id']));
      const events = new ServerSentEvents(reply, () => subscription.close('done'));
      for await (const { entryId, ...event } of subscription) await events.send('event', event, entryId);
      if (subscription.closedBecause !== 'done') await events.send('end', { reason: subscription.closedBecause });
      events.end();
    });
    scope.addHook('preClose', async () => this.stream.close());
  }
}

function lastEventId(header: string | string[] | undefined): string | undefined {
  if (header === undefined || header === '') return undefined;
  if (typeof header === 'string' && /^\d{1,15}-\d{1,10}$/.test(header)) return header;
  throw new StubwireError(
    'validation_failed',
    'The header Last-Event-ID is no id of this stream. Send the id of the last event as it came.',
  );
}

function registrationView({
  uuid,
  name,
  template,
  path,
  mechanism,
  createStub,
  triggerStubaction,
}: Registration): z.output<typeof registrationSchema> {
  return {
    uuid,
    registration_name: name,
    template,
    path,
    mechanism,
    ...(createStub && {
      create_stub: {
        subject: createStub.subject,
        stubsession_hours: createStub.stubsessionHours,
        run: createStub.run,
        data: createStub.data,
      },
    }),
    ...(triggerStubaction && { trigger_stubaction: { ...triggerStubaction } }),
  };
}

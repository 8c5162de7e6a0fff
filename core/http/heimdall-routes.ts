import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { inject, injectable } from 'inversify';
import { z } from 'zod';
import type { HttpRoutes } from '../contract/http-routes.js';
import { MECHANISMS } from '../contract/stub-template.js';
import { StubwireError } from '../errors.js';
import { EventAnswers } from '../heimdall/event-answers.js';
import { EventBus } from '../heimdall/event-bus.js';
import { EventStream } from '../heimdall/event-stream.js';
import { jsonObject } from './json-schema.js';
import { ServerSentEvents } from './server-sent-events.js';
import { postSchema } from './stub-schema.js';

const MAX_WAIT_MS = 30_000;

const emission = z.strictObject({
  path: z.string().min(1).max(1_000),
  mechanism: z
    .enum([...MECHANISMS, '*'])
    .default('evt')
    .describe('Which registrations take it: those of this mechanism; * is all of them'),
  data: jsonObject.optional(),
});
const emitQuery = z.strictObject({
  wait: z.coerce
    .number()
    .int()
    .min(0)
    .max(MAX_WAIT_MS)
    .optional()
    .describe('ms to wait for the answers of registrations with the mechanism evb: the stubposts of what they ran'),
});
const emitted = { id: z.string(), handlers: z.number().int().describe('Registrations that match as it is taken in') };
const answered = z.object({
  ...emitted,
  complete: z.boolean().describe('Every answer is there'),
  answers: z
    .array(
      z.object({
        registration_uuid: z.string(),
        registration_name: z.string(),
        stubref: z.string(),
        stubpostuuid: z.string(),
        stubpost: postSchema.optional().describe('Absent where it was not stored in time'),
      }),
    )
    .readonly(),
});

/** `/api/heimdall`: events emitted and watched. */
@injectable()
export class HeimdallRoutes implements HttpRoutes {
  readonly name = 'heimdall';
  readonly access = 'token';

  constructor(
    @inject(EventBus) private readonly bus: EventBus,
    @inject(EventStream) private readonly stream: EventStream,
    @inject(EventAnswers) private readonly answers: EventAnswers,
  ) {}

  register(scope: FastifyInstance): void {
    const app = scope.withTypeProvider<ZodTypeProvider>();

    const emit = {
      description:
        'Emits an event. 202 once it is safe; with wait 200 and the answers, of the mechanisms evb and *: what is not there in time stays pending and is found by its stubpostuuid.',
      querystring: emitQuery,
      body: emission,
      response: { 200: answered, 202: z.object(emitted) },
    };
    app.post('/api/heimdall/emit', { schema: emit }, async ({ body, query, derivedKey }, reply) => {
      const given = { ...body, data: body.data ?? {} };
      const { wait = 0 } = query;
      const event = await this.bus.emit(given, { idempotencyKey: derivedKey, collect: wait > 0 });
      if (wait === 0) return reply.code(202).send(event);
      return reply.code(200).send({ ...event, ...(await this.answers.collect(event.id, wait)) });
    });

    const watch = {
      querystring: z.strictObject({
        path: z.string().min(1).max(1_000).describe('A pattern: "#" is any segment, "*" everything deeper'),
      }),
      description:
        'Server-sent events, with a heart-beat. The header Last-Event-ID goes on where a stream ended. The minutes of the clock are among them; those of its zones only for a path that begins with global.time.',
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

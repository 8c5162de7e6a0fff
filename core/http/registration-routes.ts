import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { inject, injectable } from 'inversify';
import { z } from 'zod';
import type { HttpRoutes } from '../contract/http-routes.js';
import type { JsonObject } from '../contract/json.js';
import { MECHANISMS } from '../contract/stub-template.js';
import type { Registration, StoredRegistration } from '../heimdall/registration.js';
import { RegistrationDesk } from '../heimdall/registration-desk.js';
import { REGISTRATION, RegistrationName, TRIGGER } from '../heimdall/registration-form.js';
import { derivedUuid } from '../stub/ids.js';
import { jsonObject, readOnlyKeys, time } from './json-schema.js';
import { pageOfArray, pageQuery, pageSchema } from './paging.js';

const asked = z.strictObject({
  ...REGISTRATION,
  registration_name: RegistrationName.describe('For people; it need not be unique'),
  trigger_stubaction: z
    .strictObject({ stubref: z.string().min(1).max(40).describe('The stub it runs on'), ...TRIGGER })
    .describe('What runs when an event comes. It is data: placeholders are not filled in'),
  ...readOnlyKeys('template', 'registered_at'),
});
const registrationSchema = z.object({
  uuid: z.string(),
  registration_name: z.string(),
  on_trigger_method: z.enum(['keep', 'remove']),
  template: z.string().optional().describe('The template that declares it; absent for one that was registered'),
  events: z.record(
    z.string(),
    z.object({ path: z.string(), mechanism: z.enum(MECHANISMS), timeout_seconds: z.number().int().optional() }),
  ),
  create_stub: jsonObject.optional(),
  trigger_stubaction: jsonObject.optional(),
  registered_at: time.optional(),
});
const listQuery = z.strictObject({
  ...pageQuery,
  stubref: z.string().max(40).optional().describe('Only those that run an action on this stub'),
});

/** `/api/heimdall/registrations`: who waits for which events. */
@injectable()
export class RegistrationRoutes implements HttpRoutes {
  readonly name = 'registrations';
  readonly access = 'token';

  constructor(@inject(RegistrationDesk) private readonly desk: RegistrationDesk) {}

  register(scope: FastifyInstance): void {
    const app = scope.withTypeProvider<ZodTypeProvider>();

    const list = {
      description: 'Registrations in force: the newest first, those of templates last.',
      querystring: listQuery,
      response: { 200: pageSchema(registrationSchema) },
    };
    app.get('/api/heimdall/registrations', { schema: list }, async ({ query: { stubref, cursor, limit } }) => {
      const all = await this.desk.inForce();
      const wanted = stubref === undefined ? all : all.filter((one) => one.triggerStubaction?.stubref === stubref);
      const page = pageOfArray(wanted, cursor, limit);
      return { ...page, items: page.items.map(viewOf) };
    });

    const register = {
      description:
        'Registers for events, or replaces the registration of the same uuid. It is in force, in every process, before the answer: an event that is emitted after it meets it.',
      body: asked,
      response: { 200: registrationSchema, 201: registrationSchema },
    };
    app.post('/api/heimdall/registrations', { schema: register }, async ({ body, derivedKey }, reply) => {
      const uuid = body.uuid ?? (derivedKey === undefined ? randomUUID() : derivedUuid('registration', derivedKey));
      const { template: _template, registered_at: _registeredAt, ...given } = body;
      const { stored, replaced } = await this.desk.register({ ...given, uuid } as Omit<
        StoredRegistration,
        'v' | 'registered_at'
      >);
      return reply.code(replaced ? 200 : 201).send(storedView(stored));
    });

    const remove = {
      description: 'Ends a registration. An event that is emitted after the answer does not meet it.',
      params: z.strictObject({ uuid: z.string().max(100) }),
      response: { 204: z.null() },
    };
    app.delete('/api/heimdall/registrations/:uuid', { schema: remove }, async ({ params }, reply) => {
      await this.desk.remove(params.uuid);
      return reply.code(204).send(null);
    });
  }
}

const storedView = ({
  v: _,
  registered_by: __,
  ...stored
}: StoredRegistration): z.output<typeof registrationSchema> => ({
  ...stored,
  trigger_stubaction: { ...stored.trigger_stubaction },
});

function viewOf(registration: Registration): z.output<typeof registrationSchema> {
  const { stored, uuid, name, template, events, createStub, triggerStubaction } = registration;
  if (stored) return storedView(stored);
  const [{ path, mechanism }] = events as [(typeof events)[number]];
  return {
    uuid,
    registration_name: name,
    on_trigger_method: 'keep',
    ...(template !== undefined && { template }),
    events: { [name]: { path, mechanism } },
    ...(createStub && {
      create_stub: {
        subject: createStub.subject,
        ...(createStub.stubsessionHours !== undefined && { stubsession_hours: createStub.stubsessionHours }),
        ...(createStub.run !== undefined && { run: createStub.run }),
        data: createStub.data,
      },
    }),
    ...(triggerStubaction && { trigger_stubaction: { ...triggerStubaction } as JsonObject }),
  };
}

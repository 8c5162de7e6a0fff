import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { inject, injectable } from 'inversify';
import { z } from 'zod';
import type { HttpRoutes } from '../contract/http-routes.js';
import { StubwireError } from '../errors.js';
import { RedisConnection } from '../redis/connection.js';
import { ContactBook } from '../stub/contact-book.js';
import { contactChangeSchema, contactSchema, contactView, newContactSchema } from './contact-schema.js';
import { pageQuery, pageSchema } from './paging.js';

const ONE = '/api/contacts/:contactuuid';
const contactParams = z.strictObject({ contactuuid: z.string().max(100) });
const contactFilter = z.strictObject({ mobile: z.string().min(1).max(40).optional(), ...pageQuery });

/** `/api/contacts`: the people that stubs are about. */
@injectable()
export class ContactRoutes implements HttpRoutes {
  readonly name = 'contacts';
  readonly access = 'token';

  constructor(
    @inject(ContactBook) private readonly contacts: ContactBook,
    @inject(RedisConnection) private readonly redis: RedisConnection,
  ) {}

  register(scope: FastifyInstance): void {
    const app = scope.withTypeProvider<ZodTypeProvider>();

    const list = { querystring: contactFilter, response: { 200: pageSchema(contactSchema) } };
    app.get('/api/contacts', { schema: list }, async ({ query: { cursor, limit, ...filter } }) => {
      const page = await this.redis.orAway(this.contacts.list(filter, cursor, limit));
      return { ...page, items: page.items.map(contactView) };
    });

    app.post(
      '/api/contacts',
      { schema: { body: newContactSchema, response: { 201: contactSchema } } },
      async (request, reply) => {
        const contact = await this.redis.orAway(this.contacts.create(request.body, request.derivedKey));
        return reply.code(201).send(contactView(contact));
      },
    );

    app.get(
      ONE,
      { schema: { params: contactParams, response: { 200: contactSchema } } },
      async ({ params: { contactuuid } }) => {
        const contact = await this.redis.orAway(this.contacts.get(contactuuid));
        if (contact) return contactView(contact);
        throw new StubwireError('contact_unknown', 'No contact has this id. GET /api/contacts lists them.');
      },
    );

    const change = { params: contactParams, body: contactChangeSchema, response: { 200: contactSchema } };
    app.patch(ONE, { schema: change }, async ({ params, body }) =>
      contactView(await this.redis.orAway(this.contacts.update(params.contactuuid, body))),
    );

    app.delete(ONE, { schema: { params: contactParams, response: { 204: z.null() } } }, async ({ params }, reply) => {
      await this.redis.orAway(this.contacts.remove(params.contactuuid));
      return reply.code(204).send(null);
    });
  }
}

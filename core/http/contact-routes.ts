import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { inject, injectable } from 'inversify';
import { z } from 'zod';
import type { HttpRoutes } from '../contract/http-routes.js';
import { StubwireError } from '../errors.js';
import { RedisConnection } from '../redis/connection.js';
import { ContactBook } from '../stub/contact-book.js';
import { People } from '../stub/people.js';
import { contactChangeSchema, contactSchema, contactView, newContactSchema } from './contact-schema.js';
import { time } from './json-schema.js';
import { pageQuery, pageSchema } from './paging.js';

const ONE = '/api/contacts/:contactuuid';
const contactParams = z.strictObject({ contactuuid: z.string().max(100) });
const contactFilter = z.strictObject({
  mobile: z.string().min(1).max(40).optional(),
  email: z.string().min(3).max(320).optional(),
  whatsapp_user: z.string().min(1).max(140).optional(),
  ...pageQuery,
});
const erasedSchema = z.object({
  contactuuid: z.string(),
  erased_at: time,
  done: z.boolean(),
  rewriting: z.literal(true).optional().describe('All is deleted; the append-only file of Redis is being rewritten'),
  warning: z.string().optional().describe('What may keep data that this program cannot remove'),
});

/** `/api/contacts`: the people that stubs are about. */
@injectable()
export class ContactRoutes implements HttpRoutes {
  readonly name = 'contacts';
  readonly access = 'token';

  constructor(
    @inject(ContactBook) private readonly contacts: ContactBook,
    @inject(People) private readonly people: People,
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
        request.concerned = { contactuuid: contact.contactuuid };
        return reply.code(201).send(contactView(contact));
      },
    );

    app.get(
      ONE,
      { schema: { params: contactParams, response: { 200: contactSchema } } },
      async ({ params: { contactuuid } }) => {
        const contact = await this.redis.orAway(this.contacts.get(contactuuid));
        if (contact) return contactView(contact);
        const erased = await this.redis.orAway(this.contacts.erased(contactuuid));
        if (erased) throw this.people.erasedError(erased);
        throw new StubwireError('contact_unknown', 'No contact has this id. GET /api/contacts lists them.');
      },
    );

    const change = { params: contactParams, body: contactChangeSchema, response: { 200: contactSchema } };
    app.patch(ONE, { schema: change }, async ({ params, body }) =>
      contactView(await this.redis.orAway(this.contacts.update(params.contactuuid, body))),
    );

    const merge = {
      params: contactParams,
      body: z.strictObject({ contactuuid: z.string().min(1).max(100).describe('Who is the same person') }),
      response: { 200: contactSchema },
    };
    app.post(`${ONE}/merge`, { schema: merge }, async (request) => {
      const { params, body } = request;
      request.concerned = { merged: body.contactuuid };
      return contactView(await this.redis.orAway(this.people.merge(params.contactuuid, body.contactuuid)));
    });

    const erase = {
      params: contactParams,
      querystring: z.strictObject({ files: z.stringbool().default(false).describe('The files too that they sent') }),
      response: { 202: erasedSchema },
    };
    app.delete(ONE, { schema: erase }, async ({ params, query }, reply) => {
      const left = await this.redis.orAway(this.people.erase(params.contactuuid, query.files));
      return reply.code(202).send({ contactuuid: left.contactuuid, ...this.people.progress(left) });
    });
  }
}

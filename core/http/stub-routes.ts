import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { inject, injectable } from 'inversify';
import { z } from 'zod';
import type { HttpRoutes } from '../contract/http-routes.js';
import { StubwireError } from '../errors.js';
import { RedisConnection } from '../redis/connection.js';
import { ContactBook } from '../stub/contact-book.js';
import { StubDesk } from '../stub/stub-desk.js';
import { StubStore } from '../stub/stub-store.js';
import { pageQuery, pageSchema } from './paging.js';
import { postedBy } from './posted-by.js';
import { newStubSchema, postSchema, stubSchema } from './stub-schema.js';

const stubParams = z.strictObject({ stubref: z.string().max(40) });
const stubFilter = z.strictObject({
  template: z.string().max(200).optional(),
  state: z.string().max(200).optional(),
  contact: z.string().max(100).optional().describe('A contactuuid'),
  ...pageQuery,
});

/** `/api/stubs`: made, listed, read, with their logs. */
@injectable()
export class StubRoutes implements HttpRoutes {
  readonly name = 'stubs';
  readonly access = 'token';

  constructor(
    @inject(StubDesk) private readonly desk: StubDesk,
    @inject(StubStore) private readonly store: StubStore,
    @inject(ContactBook) private readonly contacts: ContactBook,
    @inject(RedisConnection) private readonly redis: RedisConnection,
  ) {}

  register(scope: FastifyInstance): void {
    const app = scope.withTypeProvider<ZodTypeProvider>();
    const made = z.object({ stubref: z.string(), stubpostuuid: z.string() });

    app.post('/api/stubs', { schema: { body: newStubSchema, response: { 201: made } } }, async (request, reply) => {
      const { contact_lists: lists = {}, posted_by, ...rest } = request.body;
      const by = await this.redis.orAway(postedBy(request, posted_by, this.contacts));
      const contact_lists = await this.redis.orAway(this.resolve(lists));
      const stub = { ...rest, contact_lists, posted_by: by };
      const created = await this.desk.create(stub, request.derivedKey);
      request.concerned = created;
      return reply.code(201).send(created);
    });

    app.get(
      '/api/stubs',
      { schema: { querystring: stubFilter, response: { 200: pageSchema(stubSchema) } } },
      async ({ query }) => {
        const { cursor, limit, contact, ...rest } = query;
        // The id of a contact that was merged means the one that it is now.
        const known = contact === undefined ? undefined : await this.redis.orAway(this.contacts.get(contact));
        const filter = { ...rest, contact: known?.contactuuid ?? contact };
        const { items, next_cursor } = await this.redis.orAway(this.store.list(filter, cursor, limit));
        return { items: items.map((stub) => this.desk.view(stub)), next_cursor };
      },
    );

    app.get(
      '/api/stubs/:stubref',
      { schema: { params: stubParams, response: { 200: stubSchema } } },
      async ({ params }) => this.desk.view(await this.redis.orAway(this.require(params.stubref))),
    );

    const posts = {
      params: stubParams,
      querystring: z.strictObject(pageQuery),
      response: { 200: pageSchema(postSchema) },
    };
    app.get('/api/stubs/:stubref/posts', { schema: posts }, async ({ params, query }) => {
      await this.redis.orAway(this.require(params.stubref));
      return this.redis.orAway(this.store.posts(params.stubref, query.cursor, query.limit));
    });
  }

  private async require(stubref: string) {
    const stub = await this.store.get(stubref);
    if (!stub) throw new StubwireError('stub_unknown', `There is no stub "${stubref}". GET /api/stubs lists them.`);
    return stub;
  }

  private async resolve(
    lists: z.output<typeof newStubSchema>['contact_lists'] & object,
  ): Promise<Record<string, string[]>> {
    const resolved = Object.entries(lists).map(
      async ([list, entries]) => [list, await this.contacts.resolveList(entries)] as const,
    );
    return Object.fromEntries(await Promise.all(resolved));
  }
}

import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { inject, injectable } from 'inversify';
import { z } from 'zod';
import type { HttpRoutes } from '../../../core/index.js';
import { ClientBook } from '../chat/client-book.js';
import { ClientDesk } from '../chat/client-desk.js';
import { USER_ID } from '../message/recipient.js';
import { ClientParams as Params } from './client-routes.js';

const tags = ['emulator'];

const userId = z.string().regex(USER_ID, 'two capital letters, a dot, and up to 128 letters and digits');

const profile = {
  name: z.string().min(1).max(128).optional(),
  username: z
    .string()
    .regex(/^[a-z0-9._]{3,35}$/, '3 to 35 of a to z, 0 to 9, dot and underscore')
    .nullish(),
  hide_number: z.boolean().optional().describe('Webhooks name the user id only'),
  parent_user_id: userId.nullish().describe('As in a portfolio that Meta has enrolled'),
};
const Profile = z.strictObject(profile);
const NewClient = z.strictObject({
  number: z.string().max(40).optional(),
  user_id: userId.optional().describe('A client whose number nobody knows'),
  new_person: z.boolean().optional().describe('Another person has this number from now on'),
  ...profile,
});

const Announced = z.object({
  announce: z
    .array(z.enum(['user_id_update', 'system']))
    .max(2)
    .default(['system'])
    .describe('Which webhooks tell of the new user id, in this order; none: it is withheld'),
  after_next_message: z.boolean().default(false).describe('They leave after the first message from the new id'),
});
const NewNumber = Announced.extend({ to: z.string().max(40) }).strict();

/** Who the clients are to Meta: names, hidden numbers, new numbers, new user ids, marketing stopped. */
@injectable()
export class IdentityRoutes implements HttpRoutes {
  readonly name = 'whatsapp emulator: who the clients are';
  readonly access = 'token';

  constructor(
    @inject(ClientBook) private readonly book: ClientBook,
    @inject(ClientDesk) private readonly desk: ClientDesk,
  ) {}

  register(scope: FastifyInstance): void {
    const routes = scope.withTypeProvider<ZodTypeProvider>();

    routes.post(
      '/emulator/clients',
      { schema: { tags, summary: 'A client, by number or by user id alone', body: NewClient } },
      async ({ body }, reply) => reply.code(201).send(await this.desk.create(body)),
    );

    const describe = { schema: { tags, summary: 'What is known of the client', params: Params, body: Profile } };
    routes.patch('/emulator/clients/:client', describe, async ({ params, body }) =>
      this.desk.describe(await this.book.writing(params.client), body),
    );
    routes.put('/emulator/clients/:client', describe, async ({ params, body }) =>
      this.desk.describe(await this.book.writing(params.client), body),
    );

    routes.post(
      '/emulator/clients/:client/change-number',
      { schema: { tags, summary: 'The same person has another number', params: Params, body: NewNumber } },
      async ({ params, body: { to, ...how } }) =>
        this.desk.changeNumber(await this.book.writing(params.client), to, how),
    );
    routes.post(
      '/emulator/clients/:client/rotate-user-id',
      { schema: { tags, summary: 'The same person has another user id', params: Params, body: Announced.strict() } },
      async ({ params, body }) => this.desk.rotateUserId(await this.book.writing(params.client), body),
    );

    const Marketing = z
      .strictObject({
        stop: z.boolean(),
        signup_id: z.string().min(1).max(128).optional().describe('With `stop: false`: an In-App Signup'),
      })
      .refine(({ stop, signup_id }) => !stop || signup_id === undefined, 'signup_id: give it with stop: false only');
    routes.post(
      '/emulator/clients/:client/marketing',
      {
        schema: { tags, summary: 'Stops, resumes or signs up for marketing messages', params: Params, body: Marketing },
      },
      async ({ params, body: { stop, signup_id } }) =>
        this.desk.marketing(
          await this.book.writing(params.client),
          signup_id === undefined ? { value: stop ? 'stop' : 'resume' } : { value: 'signup', signup_id },
        ),
    );
    routes.post(
      '/emulator/clients/:client/change-identity-key',
      { schema: { tags, summary: 'The client has another identity key, as on a new phone', params: Params } },
      async ({ params }) => this.desk.changeIdentityKey(await this.book.writing(params.client)),
    );
  }
}

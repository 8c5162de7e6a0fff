import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { inject, injectable } from 'inversify';
import { z } from 'zod';
import type { HttpRoutes } from '../../../core/index.js';
import { AccountBook } from '../accounts/account-book.js';
import { AccountCommands } from '../accounts/account-commands.js';
import { ChatReader } from '../chat/chat-reader.js';
import { ClientBook } from '../chat/client-book.js';
import { ClientErasure } from '../chat/client-erasure.js';
import { ClientPhone } from '../chat/client-phone.js';
import { ClientWrite } from '../chat/client-write.js';

const tags = ['emulator'];
/** A picture or a document as base64 in JSON. */
const BODY_BYTES = 25_000_000;

export const ClientParams = z.object({
  client: z.string().min(1).max(140).describe('A number, or a user id that has been seen'),
});

/** The phones: who is there, their chats, and writing as one of them. */
@injectable()
export class ClientRoutes implements HttpRoutes {
  readonly name = 'whatsapp emulator: clients';
  readonly access = 'token';

  constructor(
    @inject(ChatReader) private readonly reader: ChatReader,
    @inject(ClientBook) private readonly book: ClientBook,
    @inject(ClientPhone) private readonly phone: ClientPhone,
    @inject(ClientErasure) private readonly erasure: ClientErasure,
    @inject(AccountBook) private readonly accounts: AccountBook,
    @inject(AccountCommands) private readonly commands: AccountCommands,
  ) {}

  register(scope: FastifyInstance): void {
    const routes = scope.withTypeProvider<ZodTypeProvider>();

    routes.get(
      '/emulator/accounts',
      { schema: { tags, summary: 'The business numbers that are played, with their commands' } },
      async () => {
        const { all } = this.accounts;
        const commands = await this.commands.ofNumbers(all.map(({ phoneNumberId }) => phoneNumberId));
        return all.map(({ profile, phoneNumberId, displayPhoneNumber }, at) => ({
          profile,
          phone_number_id: phoneNumberId,
          display_phone_number: displayPhoneNumber,
          commands: commands[at] ?? [],
        }));
      },
    );

    const Limit = z.object({ limit: z.coerce.number().int().min(1).max(1_000).default(200) });
    routes.get(
      '/emulator/clients',
      { schema: { tags, summary: 'Clients, the one with the newest message first', querystring: Limit } },
      ({ query }) => this.reader.clients(query.limit),
    );

    routes.get(
      '/emulator/clients/:client/messages',
      { schema: { tags, summary: 'The chat, oldest first', params: ClientParams } },
      async ({ params }) => {
        const client = await this.reader.resolve(params.client);
        return client === undefined ? [] : this.reader.chat(client);
      },
    );

    routes.post(
      '/emulator/clients/:client/messages',
      {
        bodyLimit: BODY_BYTES,
        schema: { tags, summary: 'Writes as the client', params: ClientParams, body: ClientWrite },
      },
      async ({ params, body }, reply) =>
        reply.code(201).send(await this.phone.write(await this.book.writing(params.client), body)),
    );

    routes.post(
      '/emulator/clients/:client/read',
      { schema: { tags, summary: 'The client looks at the chat', params: ClientParams } },
      async ({ params }, reply) => {
        await this.phone.openChat(await this.book.writing(params.client));
        return reply.code(204).send();
      },
    );

    routes.delete(
      '/emulator/clients/:client',
      { schema: { tags, summary: 'Forgets the client: chat, files, calls, webhooks', params: ClientParams } },
      async ({ params }, reply) => {
        await this.erasure.forget(await this.book.writing(params.client));
        return reply.code(204).send();
      },
    );

    const Played = z.strictObject({ message_id: z.string().min(1).max(512) });
    routes.post(
      '/emulator/clients/:client/played',
      { schema: { tags, summary: 'The client listens to a voice message', params: ClientParams, body: Played } },
      async ({ params, body }, reply) => {
        await this.phone.play(await this.book.writing(params.client), body.message_id);
        return reply.code(204).send();
      },
    );
  }
}

import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { inject, injectable } from 'inversify';
import { z } from 'zod';
import { type HttpRoutes, StubwireError } from '../../../core/index.js';
import { AccountBook } from '../accounts/account-book.js';
import { ChatReader } from '../chat/chat-reader.js';
import { ClientPhone } from '../chat/client-phone.js';

const TEXT_MAX = 65_536;
const tags = ['emulator'];

const Params = z.object({ client: z.string().min(1).max(140).describe('A number, or a user id that has been seen') });

const Write = z
  .strictObject({
    text: z.string().min(1).max(TEXT_MAX).optional(),
    tap: z.string().min(1).max(256).optional().describe('Title or id of a button'),
    reply_to: z.string().min(1).max(256).optional().describe('Id of the message that is quoted, or that is tapped on'),
    media: z.unknown().optional(),
    location: z.unknown().optional(),
    reaction: z.unknown().optional(),
    profile: z.string().max(64).optional(),
    name: z.string().min(1).max(128).optional(),
  })
  .refine((write) => write.text === undefined || write.tap === undefined, 'Give either text or tap');

/** The phones: who is there, their chats, and writing as one of them. */
@injectable()
export class ClientRoutes implements HttpRoutes {
  readonly name = 'whatsapp emulator: clients';
  readonly access = 'token';

  constructor(
    @inject(ChatReader) private readonly reader: ChatReader,
    @inject(ClientPhone) private readonly phone: ClientPhone,
    @inject(AccountBook) private readonly accounts: AccountBook,
  ) {}

  register(scope: FastifyInstance): void {
    const routes = scope.withTypeProvider<ZodTypeProvider>();

    routes.get('/emulator/accounts', { schema: { tags, summary: 'The business numbers that are played' } }, () =>
      this.accounts.all.map(({ profile, phoneNumberId, displayPhoneNumber }) => ({
        profile,
        phone_number_id: phoneNumberId,
        display_phone_number: displayPhoneNumber,
      })),
    );

    const Limit = z.object({ limit: z.coerce.number().int().min(1).max(1_000).default(200) });
    routes.get(
      '/emulator/clients',
      { schema: { tags, summary: 'Clients that have a chat, newest first', querystring: Limit } },
      ({ query }) => this.reader.clients(query.limit),
    );

    routes.get(
      '/emulator/clients/:client/messages',
      { schema: { tags, summary: 'The chat, oldest first', params: Params } },
      async ({ params }) => {
        const client = await this.reader.resolve(params.client);
        return client === undefined ? [] : this.reader.chat(client);
      },
    );

    routes.post(
      '/emulator/clients/:client/messages',
      { schema: { tags, summary: 'Writes as the client', params: Params, body: Write } },
      async ({ params, body }, reply) => {
        const { media, location, reaction, ...write } = body;
        if (media !== undefined || location !== undefined || reaction !== undefined)
          throw new StubwireError(
            'not_yet',
            'A client can send text and taps so far; media, location and reaction follow.',
          );
        return reply.code(201).send(await this.phone.write(await this.client(params.client), write));
      },
    );

    routes.post(
      '/emulator/clients/:client/read',
      { schema: { tags, summary: 'The client looks at the chat', params: Params } },
      async ({ params }, reply) => {
        await this.phone.openChat(await this.client(params.client));
        return reply.code(204).send();
      },
    );
  }

  private async client(written: string): Promise<string> {
    const client = await this.reader.resolve(written);
    if (client !== undefined) return client;
    throw new StubwireError(
      'number_invalid',
      `"${written}" is neither a number of 7 to 15 digits nor a user id seen here.`,
    );
  }
}

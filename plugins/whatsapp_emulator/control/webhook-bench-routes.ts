import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { inject, injectable } from 'inversify';
import { z } from 'zod';
import { type HttpRoutes, StubwireError } from '../../../core/index.js';
import { type Account, AccountBook } from '../accounts/account-book.js';
import { WebhookDesk } from '../webhook/webhook-desk.js';

const tags = ['emulator'];
const BODY_BYTES = 4_000_000;

const target = { profile: z.string().max(64).optional().describe('Whose secret signs it; default: the first') };
const Asked = z.union([
  z.strictObject({
    field: z.string().min(1).max(128),
    value: z.unknown(),
    metadata: z.boolean().default(false).describe('Puts messaging_product and metadata in front of the value'),
    ...target,
  }),
  z.strictObject({ body: z.unknown().describe('The whole body; a text is posted as it is'), ...target }),
]);

/** The way to the business by hand: what was posted, again or anything else. */
@injectable()
export class WebhookBenchRoutes implements HttpRoutes {
  readonly name = 'whatsapp emulator: webhooks';
  readonly access = 'token';

  constructor(
    @inject(WebhookDesk) private readonly desk: WebhookDesk,
    @inject(AccountBook) private readonly accounts: AccountBook,
  ) {}

  register(scope: FastifyInstance): void {
    const routes = scope.withTypeProvider<ZodTypeProvider>();

    const Limit = z.object({ limit: z.coerce.number().int().min(1).max(1_000).default(100) });
    routes.get(
      '/emulator/webhooks',
      { schema: { tags, summary: 'The newest webhooks that were taken, oldest first', querystring: Limit } },
      ({ query }) => this.desk.list(query.limit),
    );
    routes.post(
      '/emulator/webhooks',
      { bodyLimit: BODY_BYTES, schema: { tags, summary: 'Signs and posts any change', body: Asked } },
      async ({ body: { profile, ...asked } }, reply) => {
        await this.desk.post(this.accountOf(profile), asked);
        return reply.code(202).send();
      },
    );
    const Replay = z.strictObject({ last: z.int().min(1).max(1_000) });
    routes.post(
      '/emulator/webhooks/replay',
      { schema: { tags, summary: 'Posts the newest webhooks again', body: Replay } },
      async ({ body }, reply) => reply.code(202).send({ replayed: await this.desk.replay(body.last) }),
    );
  }

  private accountOf(profile: string | undefined): Account {
    const account = profile === undefined ? this.accounts.all[0] : this.accounts.ofProfile(profile);
    if (account) return account;
    const played = this.accounts.all.map((each) => each.profile).join(', ') || 'none';
    throw new StubwireError('validation_failed', `profile: "${profile}" is not played here. There are: ${played}.`);
  }
}

import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { inject, injectable } from 'inversify';
import { z } from 'zod';
import { type HttpRoutes, StubwireError } from '../../../core/index.js';
import { type Account, AccountBook } from '../accounts/account-book.js';
import { TemplateCatalogue, templateId } from '../message/template-catalogue.js';
import { TemplateStatus } from '../message/template-definition.js';
import { TemplateReview } from '../message/template-review.js';

const tags = ['emulator'];
const profile = z.string().max(64).optional().describe('Whose business account; default: the first that is played');
const Params = z.object({ name: z.string().max(512), language: z.string().max(16) });
const Query = z.object({ profile });
const Change = z.strictObject({
  status: TemplateStatus,
  reason: z
    .string()
    .regex(/^[A-Z_]{1,100}$/, 'a word of Meta’s, such as TAG_CONTENT_MISMATCH')
    .optional(),
  profile,
});

/** WhatsApp templates as Meta's reviewers handle them. */
@injectable()
export class TemplateRoutes implements HttpRoutes {
  readonly name = 'whatsapp emulator: WhatsApp templates';
  readonly access = 'token';

  constructor(
    @inject(AccountBook) private readonly accounts: AccountBook,
    @inject(TemplateCatalogue) private readonly templates: TemplateCatalogue,
    @inject(TemplateReview) private readonly review: TemplateReview,
  ) {}

  register(scope: FastifyInstance): void {
    const routes = scope.withTypeProvider<ZodTypeProvider>();

    routes.get(
      '/emulator/templates',
      { schema: { tags, summary: 'The WhatsApp templates of a business account', querystring: Query } },
      async ({ query }) => {
        const { wabaId } = this.account(query.profile);
        return (await this.templates.all(wabaId)).map((each) => ({ ...each, id: templateId(wabaId, each) }));
      },
    );

    routes.post(
      '/emulator/templates/:name/:language/status',
      { schema: { tags, summary: 'Moves a template to another status, with a webhook', params: Params, body: Change } },
      async ({ params: { name, language }, body }) => {
        const account = this.account(body.profile);
        const template = await this.templates.find(account.wabaId, name, language);
        if (!template)
          throw new StubwireError(
            'item_unknown',
            `The account of "${account.profile}" has no template "${name}" in "${language}".`,
          );
        return this.review.change(account, template, body.status, body.reason);
      },
    );
  }

  private account(wanted: string | undefined): Account {
    const account = wanted === undefined ? this.accounts.all[0] : this.accounts.ofProfile(wanted);
    if (account) return account;
    throw new StubwireError('validation_failed', `profile: "${wanted ?? ''}" is not played here.`);
  }
}

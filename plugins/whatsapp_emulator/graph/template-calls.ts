import { inject, injectable } from 'inversify';
import { z } from 'zod';
import { type Account } from '../accounts/account-book.js';
import { EmulatorConfig } from '../emulator-config.js';
import type { JsonBody } from '../message/check-send.js';
import { shaped } from '../message/shape.js';
import { TemplateCatalogue, templateId } from '../message/template-catalogue.js';
import { TemplateDefinition } from '../message/template-definition.js';
import { TemplateReview } from '../message/template-review.js';
import type { GraphAnswer } from './graph-answer.js';
import { badParam, GraphError } from './graph-error.js';

const PAGE_DEFAULT = 25;
const PAGE_MAX = 1_000;
const DEFAULT_FIELDS = ['name', 'parameter_format', 'components', 'language', 'status', 'category'];
const FIELDS = [...DEFAULT_FIELDS, 'id', 'rejected_reason', 'quality_score'];

const Creation = TemplateDefinition.omit({ status: true, rejected_reason: true }).extend({
  allow_category_change: z.boolean().optional(),
});

type Query = { readonly [name: string]: string | undefined };

const cursorOf = (name: string, language: string): string => Buffer.from(`${name} ${language}`).toString('base64url');

const subcoded = (details: string, subcode: number): GraphError =>
  new GraphError(100, details, { message: 'Invalid parameter', subcode });

/** Calls about the WhatsApp templates of a business account. */
@injectable()
export class TemplateCalls {
  constructor(
    @inject(TemplateCatalogue) private readonly templates: TemplateCatalogue,
    @inject(TemplateReview) private readonly review: TemplateReview,
    @inject(EmulatorConfig) private readonly config: EmulatorConfig,
  ) {}

  /** One page, in order of making. `name`, `language`, `status`, `category` filter; `limit`, `after`, `fields`. */
  async list({ wabaId }: Account, query: Query, self: string): Promise<GraphAnswer> {
    const limit = query.limit === undefined ? PAGE_DEFAULT : Number(query.limit);
    if (!Number.isInteger(limit) || limit < 1) throw badParam('Param limit must be a positive integer.');
    const fields = query.fields?.split(',').map((field) => field.trim()) ?? DEFAULT_FIELDS;
    const unknown = fields.find((field) => !FIELDS.includes(field));
    if (unknown !== undefined) throw badParam(`Tried accessing nonexisting field (${unknown})`);
    const all = (await this.templates.all(wabaId)).filter((template) =>
      (['name', 'language', 'status', 'category'] as const).every(
        (field) => query[field] === undefined || query[field]?.toLowerCase() === template[field].toLowerCase(),
      ),
    );
    const from = 1 + all.findIndex(({ name, language }) => cursorOf(name, language) === query.after);
    if (query.after !== undefined && from === 0) throw badParam('Invalid cursors values');
    const page = all.slice(from, from + Math.min(limit, PAGE_MAX));
    const data = page.map((template) => this.view(wabaId, template, fields));
    return { status: 200, body: { data, ...this.paging(page, all.length > from + page.length, self, query) } };
  }

  /** A new template is PENDING; it is approved at once unless the configuration leaves that to somebody. */
  async create(account: Account, body: JsonBody): Promise<GraphAnswer> {
    const { allow_category_change: _, ...given } = shaped(Creation, body, 'message_template');
    if (await this.templates.find(account.wabaId, given.name, given.language))
      throw subcoded('Content in this language already exists', 2388024);
    const template: TemplateDefinition = { ...given, status: 'PENDING' };
    await this.templates.put(account.wabaId, template);
    if (this.config.template_approval === 'at_once') await this.review.change(account, template, 'APPROVED');
    const id = templateId(account.wabaId, template);
    return { status: 200, body: { id, status: 'PENDING', category: template.category } };
  }

  /** All languages of a name, or with `hsm_id` the one template. */
  async remove({ wabaId }: Account, { name, hsm_id }: Query): Promise<GraphAnswer> {
    if (!name) throw badParam('The parameter name is required.');
    const all = await this.templates.all(wabaId);
    const ours = all.filter(
      (each) => each.name === name && (hsm_id === undefined || templateId(wabaId, each) === hsm_id),
    );
    if (ours.length === 0) throw subcoded("Message template isn't found", 2593002);
    for (const template of ours) await this.templates.remove(wabaId, template);
    return { status: 200, body: { success: true } };
  }

  private view(wabaId: string, template: TemplateDefinition, fields: readonly string[]) {
    const record: { readonly [field: string]: unknown } = {
      ...template,
      rejected_reason: template.rejected_reason ?? 'NONE',
      quality_score: { score: 'UNKNOWN' },
    };
    return { ...Object.fromEntries(fields.map((field) => [field, record[field]])), id: templateId(wabaId, template) };
  }

  private paging(page: readonly TemplateDefinition[], more: boolean, self: string, query: Query) {
    const [first, last] = [page[0], page.at(-1)];
    if (!first || !last) return {};
    const after = cursorOf(last.name, last.language);
    const search = Object.entries({ ...query, after }).filter(
      (pair): pair is [string, string] => pair[1] !== undefined,
    );
    const next = more
      ? { next: `${self}?${new URLSearchParams(search.filter(([name]) => name !== 'access_token'))}` }
      : {};
    return { paging: { cursors: { before: cursorOf(first.name, first.language), after }, ...next } };
  }
}

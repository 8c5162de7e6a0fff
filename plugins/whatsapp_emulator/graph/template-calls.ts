import { inject, injectable } from 'inversify';
import { type Account, AccountBook } from '../accounts/account-book.js';
import { EmulatorConfig } from '../emulator-config.js';
import { withPresetTexts } from '../message/authentication-texts.js';
import { DIRECT_SEND_SOURCE } from '../message/check-direct-send.js';
import { shaped } from '../message/shape.js';
import { TemplateCatalogue, templateId } from '../message/template-catalogue.js';
import { NewTemplate, type TemplateDefinition } from '../message/template-definition.js';
import { TemplateReview } from '../message/template-review.js';
import type { GraphAnswer } from './graph-answer.js';
import { badParam, GraphError, objectUnknown } from './graph-error.js';
import { type FieldRecord, healthStatus, namesIn, selected, valuesIn } from './graph-fields.js';
import type { JsonBody } from './graph-parameters.js';
import { notPlayed } from './not-played.js';

const PAGE_DEFAULT = 25;
const PAGE_MAX = 1_000;
/** Meta's limit for a verified business account. */
const TEMPLATES_MAX = 6_000;
const UNASKED = ['name', 'parameter_format', 'components', 'language', 'status', 'category', 'sub_category'];

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
    @inject(AccountBook) private readonly accounts: AccountBook,
    @inject(EmulatorConfig) private readonly config: EmulatorConfig,
  ) {}

  /** The account of the template with this id. */
  async ownerOf(id: string): Promise<Account | undefined> {
    return (await this.byId(id))?.account;
  }

  async describe(id: string, fields: string | undefined): Promise<GraphAnswer> {
    const found = await this.byId(id);
    if (!found) throw objectUnknown('get', id);
    const { account, template } = found;
    return { status: 200, body: selected(id, recordOf(account.wabaId, template), fields, UNASKED) };
  }

  /** One page, in order of creation. Supports filters, `limit`, `after` or `before`, `fields`, `summary`. */
  async list({ wabaId }: Account, query: Query, self: string): Promise<GraphAnswer> {
    const limit = query.limit === undefined ? PAGE_DEFAULT : Number(query.limit);
    if (!Number.isInteger(limit) || limit < 1) throw badParam('Param limit must be a positive integer.');
    const templates = await this.templates.all(wabaId);
    const all = templates.filter((template) => passes(template, query));
    const [from, to] = rangeOf(all, query, Math.min(limit, PAGE_MAX));
    const page = all.slice(from, to);
    const data = page.map((template) =>
      selected(templateId(wabaId, template), recordOf(wabaId, template), query.fields, UNASKED),
    );
    const paging = pagingOf(page, { previous: from > 0, next: to < all.length }, self, query);
    const summary = query.summary && { summary: summaryOf(query.summary, all.length, templates.length) };
    return { status: 200, body: { data, ...paging, ...summary } };
  }

  /** A new template is PENDING; it is approved at once unless the configuration leaves that to somebody. */
  async create(account: Account, body: JsonBody): Promise<GraphAnswer> {
    if (body.library_template_name !== undefined && body.components === undefined)
      throw notPlayed('templates of the library');
    const { allow_category_change: _, ...given } = created(body);
    if (await this.templates.find(account.wabaId, given.name, given.language))
      throw subcoded('Content in this language already exists', 2388024);
    const template: TemplateDefinition = { ...given, status: 'PENDING' };
    await this.templates.put(account.wabaId, template);
    if (this.config.template_approval === 'at_once') await this.review.change(account, template, 'APPROVED');
    const id = templateId(account.wabaId, template);
    return { status: 200, body: { id, status: 'PENDING', category: template.category } };
  }

  /** Deletes all languages of a name; with `hsm_id` one template, with `hsm_ids` those. */
  async remove({ wabaId }: Account, { name, hsm_id, hsm_ids }: Query): Promise<GraphAnswer> {
    if (!name && !hsm_ids) throw badParam('The parameter name is required.');
    const ids = hsm_ids ? valuesIn(hsm_ids) : hsm_id === undefined ? undefined : [hsm_id];
    const ours = (await this.templates.all(wabaId)).filter(
      (each) => (!name || each.name === name) && (!ids || ids.includes(templateId(wabaId, each))),
    );
    if (ours.length === 0) throw subcoded("Message template isn't found", 2593002);
    if (ours.some(({ source }) => source === DIRECT_SEND_SOURCE))
      throw subcoded('A template that Direct Send made cannot be deleted', 2388330);
    for (const template of ours) await this.templates.remove(wabaId, template);
    return { status: 200, body: { success: true } };
  }

  private async byId(id: string) {
    for (const account of this.accounts.all) {
      const all = await this.templates.all(account.wabaId);
      const template = all.find((each) => templateId(account.wabaId, each) === id);
      if (template) return { account, template };
    }
    return undefined;
  }
}

/** Reads the definition of a new template. Every error in it gets code 100. */
function created(body: JsonBody) {
  try {
    return shaped(NewTemplate, withPresetTexts(body), 'message_template');
  } catch (error) {
    if (error instanceof GraphError && error.code !== 100) throw badParam(error.details);
    throw error;
  }
}

/** Every field of Meta's template object. */
const recordOf = (wabaId: string, template: TemplateDefinition): FieldRecord => ({
  name: template.name,
  parameter_format: template.parameter_format,
  components: template.components,
  language: template.language,
  status: template.status,
  category: template.category,
  sub_category: template.sub_category,
  message_send_ttl_seconds: template.message_send_ttl_seconds,
  correct_category: template.correct_category,
  previous_category: template.previous_category,
  rejected_reason: template.rejected_reason ?? 'NONE',
  library_template_name: template.library_template_name,
  quality_score: template.quality_score ?? { score: 'UNKNOWN' },
  cta_url_link_tracking_opted_out: template.cta_url_link_tracking_opted_out ?? false,
  degrees_of_freedom_spec: template.degrees_of_freedom_spec,
  health_status: healthStatus(['MESSAGE_TEMPLATE', templateId(wabaId, template)], ['WABA', wabaId]),
  source: template.source,
});

/** The visible text of all components. */
const contentOf = ({ components }: TemplateDefinition): string =>
  components.map((component) => ('text' in component ? String(component.text ?? '') : '')).join('\n');

/** Whether a template matches the filters. */
function passes(template: TemplateDefinition, query: Query): boolean {
  const [name, content] = [template.name, contentOf(template)].map((text) => text.toLowerCase());
  const holds = (filter: string | undefined, ...texts: (string | undefined)[]) =>
    filter === undefined || texts.some((text) => text?.includes(filter.toLowerCase()));
  const is = (filter: string | undefined, value: string | undefined) =>
    filter === undefined || valuesIn(filter).includes(value?.toLowerCase() ?? '');
  return (
    is(query.name, template.name) &&
    holds(query.content, content) &&
    holds(query.name_or_content, name, content) &&
    is(query.language, template.language) &&
    is(query.category, template.category) &&
    is(query.status, template.status) &&
    is(query.quality_score, template.quality_score?.score ?? 'UNKNOWN') &&
    is(query.source, template.source) &&
    is(query.correct_category, template.correct_category)
  );
}

function rangeOf(all: readonly TemplateDefinition[], { after, before }: Query, limit: number): [number, number] {
  const placeOf = (cursor: string): number => {
    const place = all.findIndex(({ name, language }) => cursorOf(name, language) === cursor);
    if (place < 0) throw badParam('Invalid cursors values');
    return place;
  };
  if (after === undefined && before !== undefined) {
    const to = placeOf(before);
    return [Math.max(0, to - limit), to];
  }
  const from = after === undefined ? 0 : placeOf(after) + 1;
  return [from, from + limit];
}

function summaryOf(asked: string, found: number, all: number): FieldRecord {
  const known: FieldRecord = {
    total_count: found,
    message_template_count: all,
    message_template_limit: TEMPLATES_MAX,
    are_translations_complete: true,
  };
  const wanted = asked === 'true' || asked === '1' ? ['total_count'] : namesIn(asked.replace(/[[\]"]/g, ''));
  const unknown = wanted.find((name) => !(name in known));
  if (unknown !== undefined) throw badParam(`Tried accessing nonexisting summary field (${unknown})`);
  return Object.fromEntries(wanted.map((name) => [name, known[name]]));
}

function pagingOf(
  page: readonly TemplateDefinition[],
  more: { readonly previous: boolean; readonly next: boolean },
  self: string,
  { after: _, before: __, access_token: ___, ...query }: Query,
) {
  const [first, last] = [page[0], page.at(-1)];
  if (!first || !last) return {};
  const cursors = { before: cursorOf(first.name, first.language), after: cursorOf(last.name, last.language) };
  const linkTo = (place: { readonly [name: string]: string }) => {
    const search = Object.entries({ ...query, ...place }).filter(
      (pair): pair is [string, string] => pair[1] !== undefined,
    );
    return `${self}?${new URLSearchParams(search)}`;
  };
  return {
    paging: {
      cursors,
      ...(more.previous && { previous: linkTo({ before: cursors.before }) }),
      ...(more.next && { next: linkTo({ after: cursors.after }) }),
    },
  };
}

import type { JsonObject, Problem } from '../../../core/index.js';
import type { GraphClient } from '../graph-client.js';
import { graphProblem } from '../graph-problem.js';
import type { WhatsAppTemplate } from '../messages/whatsapp-template.js';
import type { Profile } from '../profile.js';

const FIELDS = 'name,language,status,category,components,parameter_format,rejected_reason';
const PAGE_SIZE = 200;
/** An account holds some thousands of templates at most; a provider that never ends its pages is cut off here. */
const MAX_PAGES = 100;

export type Listing =
  | { readonly ok: true; readonly templates: readonly WhatsAppTemplate[] }
  | { readonly ok: false; readonly problem: Problem };

/**
 * All WhatsApp templates of a business account, page by page.
 * https://developers.facebook.com/docs/graph-api/reference/whats-app-business-account/message_templates/
 */
export async function listTemplates(
  graph: GraphClient,
  name: string,
  profile: Profile,
  signal: AbortSignal,
): Promise<Listing> {
  const path = `${profile.waba_id}/message_templates`;
  const templates: WhatsAppTemplate[] = [];
  let after: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const query = { limit: String(PAGE_SIZE), fields: FIELDS, ...(after !== undefined && { after }) };
    const answer = await graph.call(name, { method: 'GET', target: 'account', path, query, signal });
    if (!answer.ok) return { ok: false, problem: graphProblem(answer) };
    const { data, paging } = answer.body;
    if (!Array.isArray(data)) return { ok: false, problem: NO_LIST };
    templates.push(...data.flatMap((item) => templateOf(item) ?? []));
    const next = nextCursor(paging);
    if (next === undefined || next === after) return { ok: true, templates };
    after = next;
  }
  const message = `The account's list of WhatsApp templates goes on after ${MAX_PAGES} pages of ${PAGE_SIZE}; it was not taken.`;
  return { ok: false, problem: { code: 'provider_refused', message } };
}

const NO_LIST: Problem = {
  code: 'provider_refused',
  message: 'The answer holds no list "data". Check graph_url and graph_version of the profile.',
};

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Meta's item as ours; what has no name or language is none. Unknown keys are left behind. */
function templateOf(item: unknown): WhatsAppTemplate | undefined {
  if (!isObject(item) || text(item['name']) === '' || text(item['language']) === '') return undefined;
  const reason = text(item['rejected_reason']);
  return {
    name: text(item['name']),
    language: text(item['language']),
    status: text(item['status']).toUpperCase(),
    category: text(item['category']).toUpperCase(),
    parameter_format: item['parameter_format'] === 'NAMED' ? 'NAMED' : 'POSITIONAL',
    components: Array.isArray(item['components']) ? item['components'].filter(isObject) : [],
    ...(reason !== '' && reason !== 'NONE' && { rejected_reason: reason }),
  };
}

/** The cursor of the next page: Meta names one on the last page too, but `next` only where there is one. */
function nextCursor(paging: unknown): string | undefined {
  if (!isObject(paging) || text(paging['next']) === '') return undefined;
  const after = isObject(paging['cursors']) ? text(paging['cursors']['after']) : '';
  return after === '' ? (new URL(text(paging['next'])).searchParams.get('after') ?? undefined) : after;
}

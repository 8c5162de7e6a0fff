import { inject, injectable } from 'inversify';
import { Diagnosis, type Finding, HostAddress, type JsonObject, Templates } from '../../core/index.js';
import { listTemplates } from './catalogue/template-listing.js';
import { stubTemplateFindings } from './doctor-stub-templates.js';
import { templateFindings } from './doctor-templates.js';
import { type GraphAnswer, GraphClient } from './graph-client.js';
import { graphProblem } from './graph-problem.js';
import { versionFindings } from './graph-versions.js';
import { type Profile, WhatsAppConfig } from './profile.js';
import { wantedCommands } from './profiles/profile-commands.js';

const CALL_MS = 10_000;
const FIELDS = 'display_phone_number,verified_name,quality_rating,throughput,platform_type,conversational_automation';
/** Meta's code of a token that is expired, revoked or none. */
const TOKEN_CODES = [0, 190];
/** Messages per second, sent and received together, of a number with this throughput. */
const THROUGHPUT: ReadonlyMap<string, number> = new Map([
  ['STANDARD', 80],
  ['HIGH', 1_000],
  ['NOT_APPLICABLE', 20], // the Business app uses the number too
]);

const objects = (value: unknown): readonly JsonObject[] => (Array.isArray(value) ? (value as JsonObject[]) : []);
const objectOf = (value: unknown): JsonObject =>
  typeof value === 'object' && value !== null ? (value as JsonObject) : {};
const digitsOf = (value: unknown): string => String(value ?? '').replace(/\D/g, '');

/** Asks Meta about the number, the WhatsApp templates and the webhooks of each profile, and reads only. */
@injectable()
export class AccountDiagnosis implements Diagnosis {
  readonly name = 'meta_whatsapp';

  constructor(
    @inject(WhatsAppConfig) private readonly config: WhatsAppConfig,
    @inject(GraphClient) private readonly graph: GraphClient,
    @inject(HostAddress) private readonly host: HostAddress,
    @inject(Templates) private readonly stubTemplates: Templates,
  ) {}

  async run(): Promise<readonly Finding[]> {
    const found = await Promise.all(
      Object.entries(this.config.profiles).map(async ([name, profile]) =>
        (await this.ofProfile(name, profile)).map((finding) => ({
          ...finding,
          message: `${name}: ${finding.message}`,
        })),
      ),
    );
    await this.graph.close();
    return found.flat();
  }

  private async ofProfile(name: string, profile: Profile): Promise<readonly Finding[]> {
    const isEmulated = profile.graph_url === 'emulator';
    const number = await this.get(name, 'number', profile.phone_number_id, { fields: FIELDS });
    if (!number.ok) return [this.noNumber(profile, number, isEmulated)];
    const findings = [...numberFindings(profile, number.body), ...commandFindings(profile, number.body)];
    if (!isEmulated) findings.push(...versionFindings(profile.graph_version, Date.now()));
    if (isEmulated) findings.unshift({ level: 'ok', message: 'is emulated, and the emulator answers' });
    const listing = await listTemplates(this.graph, name, profile, AbortSignal.timeout(2 * CALL_MS));
    if (listing.ok) {
      findings.push(...templateFindings(profile, listing.templates));
      findings.push(...stubTemplateFindings(name, this.config, listing.templates, this.stubTemplates.all()));
    } else
      findings.push({
        level: 'problem',
        message: `the list of WhatsApp templates: ${listing.problem.message}`,
        todo: WABA_TODO,
      });
    if (!isEmulated) findings.push(await this.subscription(name, profile)); // the emulator posts its webhooks here anyway
    return findings;
  }

  private noNumber(
    profile: Profile,
    answer: Exclude<GraphAnswer, { readonly ok: true }>,
    isEmulated: boolean,
  ): Finding {
    const { message } = graphProblem(answer);
    if (answer.kind === 'unreachable' && isEmulated) {
      const text = `is emulated; nothing answers at ${this.host.url}, so it was not looked at`;
      return {
        level: 'ok',
        message: text,
        todo: 'Start the program first ("npm start"), then run this beside it.',
      };
    }
    if (answer.kind === 'unreachable')
      return {
        level: 'problem',
        message,
        todo: `Check graph_url (${profile.graph_url}) and the way out to the internet.`,
      };
    if (answer.status === 401 || (answer.code !== undefined && TOKEN_CODES.includes(answer.code))) {
      const todo =
        'Make a system user’s token with whatsapp_business_messaging and whatsapp_business_management, and set it as access_token.';
      return { level: 'problem', message: `the access token is not taken: ${message}`, todo };
    }
    const todo = `Check phone_number_id (${profile.phone_number_id}), and that the token’s system user has this account.`;
    return { level: 'problem', message: `the number cannot be read: ${message}`, todo };
  }

  /** Which apps get the account's webhooks, and whether the token's own app is one of them, where Meta tells. */
  private async subscription(name: string, profile: Profile): Promise<Finding> {
    const path = `${profile.waba_id}/subscribed_apps`;
    const [apps, own] = await Promise.all([
      this.get(name, 'account', path),
      this.get(name, 'account', 'app', { fields: 'id' }),
    ]);
    const todo = `Subscribe it: POST ${profile.graph_url}/${profile.graph_version}/${path} with the access token, and no body.`;
    if (!apps.ok) {
      const { message } = graphProblem(apps);
      return { level: 'problem', message: `the subscribed apps cannot be read: ${message}`, todo: WABA_TODO };
    }
    const known = objects(apps.body['data']).map((item) => objectOf(item['whatsapp_business_api_data']));
    if (known.length === 0) return { level: 'problem', message: 'no app is subscribed: no webhook comes', todo };
    const names = known.map((app) => `${app['name'] ?? '?'} (${app['id'] ?? '?'})`).join(', ');
    const ownId = own.ok ? own.body['id'] : undefined;
    if (ownId !== undefined && !known.some(({ id }) => id === ownId))
      return { level: 'problem', message: `the token’s app ${ownId} is not subscribed; subscribed: ${names}`, todo };
    return { level: 'ok', message: `subscribed to the account’s webhooks: ${names}` };
  }

  private get(
    profile: string,
    target: 'number' | 'account',
    path: string,
    query?: { readonly [name: string]: string },
  ): Promise<GraphAnswer> {
    return this.graph.call(profile, { method: 'GET', target, path, timeoutMs: CALL_MS, ...(query && { query }) });
  }
}

const WABA_TODO = 'Check waba_id, and that the token has whatsapp_business_management for this account.';

function numberFindings(profile: Profile, body: JsonObject): Finding[] {
  const findings: Finding[] = [];
  const [shown, configured] = [digitsOf(body['display_phone_number']), digitsOf(profile.display_phone_number)];
  if (shown === configured)
    findings.push({
      level: 'ok',
      message: `the token is good, and the number is +${shown} ("${body['verified_name'] ?? ''}")`,
    });
  else {
    const message = `phone_number_id ${profile.phone_number_id} is the number +${shown}; display_phone_number says +${configured}`;
    findings.push({ level: 'problem', message, todo: 'Correct the one that is wrong.' });
  }
  const quality = body['quality_rating'];
  if (quality === 'RED' || quality === 'YELLOW')
    findings.push({
      level: 'warning',
      message: `Meta rates the number’s quality ${quality}: clients block or report it`,
    });
  const level = String(objectOf(body['throughput'])['level'] ?? '');
  const most = THROUGHPUT.get(level);
  if (most !== undefined && profile.messages_per_second > most) {
    const message = `messages_per_second is ${profile.messages_per_second}; with the throughput ${level} Meta takes ${most}, sent and received together`;
    findings.push({ level: 'warning', message, todo: `Set it to ${most}, or ask Meta for more.` });
  }
  return findings;
}

function commandFindings(profile: Profile, body: JsonObject): Finding[] {
  const wanted = wantedCommands(profile).body.commands.map(({ command_name }) => command_name);
  const stored = objects(objectOf(body['conversational_automation'])['commands']);
  const there = stored.map(({ command_name }) => String(command_name));
  const same = [...wanted].sort().join('\n') === [...there].sort().join('\n');
  if (same)
    return wanted.length === 0 ? [] : [{ level: 'ok', message: `Meta shows the commands: ${wanted.join(', ')}` }];
  const message = `Meta shows the commands (${there.join(', ') || 'none'}); configured are (${wanted.join(', ') || 'none'})`;
  return [{ level: 'warning', message, todo: 'The next start of the program tells Meta.' }];
}

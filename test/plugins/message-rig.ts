import { readYaml } from '../../core/config/load-yaml.js';
import { readValue } from '../../core/config/read-value.js';
import type { FileObject } from '../../core/contract/stub.js';
import { type CheckedTemplate, checkTemplate } from '../../core/template/checked-template.js';
import { type BuiltMessage, buildMessage } from '../../plugins/meta_whatsapp/messages/build-message.js';
import type { Sender } from '../../plugins/meta_whatsapp/messages/message-type.js';
import { settingsProblem } from '../../plugins/meta_whatsapp/messages/settings-problem.js';
import type { TemplateLookup, WhatsAppTemplate } from '../../plugins/meta_whatsapp/messages/whatsapp-template.js';
import { WhatsAppConfigSchema } from '../../plugins/meta_whatsapp/profile.js';
import { settingsSchema } from '../../plugins/meta_whatsapp/settings.js';
import { assertAsMetaDescribes } from '../support/meta-openapi.js';
import { vocabulary } from '../support/template-vocabulary.js';

const schema = settingsSchema(WhatsAppConfigSchema.parse({}));

/** The files and the WhatsApp templates of an account, as values. Without templates nothing is synced. */
export interface World {
  readonly files?: readonly FileObject[];
  readonly templates?: readonly WhatsAppTemplate[] | undefined;
  readonly language?: string;
}

function senderIn({ files = [], templates, language = 'en' }: World): Sender {
  const lookup = (name: string, wanted: string): TemplateLookup => {
    if (templates === undefined) return { known: 'not_synced' };
    const named = templates.filter((each) => each.name === name);
    const template = named.find((each) => each.language === wanted);
    if (template !== undefined) return { known: 'found', template };
    if (named.length > 0) return { known: 'missing', languages: named.map((each) => each.language) };
    return { known: 'missing', near: templates[0]!.name };
  };
  return {
    profile: 'main',
    language,
    file: async (fileuuid) => files.find((file) => file.fileuuid === fileuuid),
    whatsappTemplate: lookup,
  };
}

/** As it leaves: uploaded files by Meta's id, and the envelope. */
export function asSent(payload: object): { readonly type: string } {
  const text = JSON.stringify(payload).replace(/"fileuuid":"[^"]*"/g, '"id":"1037543291543636"');
  const envelope = { messaging_product: 'whatsapp', recipient_type: 'individual', to: '+27825550101' };
  return { ...envelope, ...(JSON.parse(text) as { readonly type: string }) };
}

/**
 * What a notification with these settings, already filled in, puts on the wire; or its problem. What goes on the wire is
 * held against Meta's own description, in whatever test it is built; `raw` may be what that file does not know.
 */
export async function built(message_type: string, params: unknown, world: World = {}): Promise<BuiltMessage> {
  const settings = { message_type, params: { [message_type]: params } };
  const checked = readValue(schema, settings);
  if (!checked.success) return { ok: false, problem: settingsProblem(checked.error, settings), needsNoWindow: false };
  const message = await buildMessage(message_type, checked.data.params[message_type], senderIn(world));
  if (message.ok && message_type !== 'raw') assertAsMetaDescribes(asSent(message.payload));
  return message;
}

/** Filled-in settings as the channel reads them, or their problems. */
export function readSettings(settings: unknown): object | string {
  const read = readValue(schema, settings);
  return read.success ? read.data : settingsProblem(read.error, settings).message;
}

/** `code message` of each thing that the check of YAML finds wrong with a notification of these params. */
export const checkedYaml = (message_type: string, params: unknown): string[] =>
  checkedSettings({ message_type, params: { [message_type]: params } });

/** The same of all settings under `platforms.meta_whatsapp`. */
export function checkedSettings(settings: object): string[] {
  const checked = loaded(settings);
  return 'problems' in checked ? checked.problems.map(({ code, message }) => `${code} ${message}`) : [];
}

/** Settings of a loaded template; they are written as JSON, which is valid YAML. */
export function loadedSettings(settings: object): unknown {
  const checked = loaded(settings);
  if ('problems' in checked) throw new Error(checked.problems.map(({ message }) => message).join('\n'));
  return checked.template.actions.get('tell')!.notifications[0]!.platforms['meta_whatsapp'];
}

function loaded(settings: object): CheckedTemplate {
  const platforms = { meta_whatsapp: settings };
  const send_to = { client: { type: 'contact_list', value: '_created_by' } };
  const template = {
    initial_state: 'open',
    states: { open: {} },
    actions: { tell: { notifications: { n: { send_to, platforms } } } },
  };
  const { documents, problems } = readYaml('test.yaml', JSON.stringify(template));
  const channels = new Map(vocabulary.channels).set('meta_whatsapp', schema);
  const checked = checkTemplate(documents[0]!, { ...vocabulary, channels });
  return 'problems' in checked ? { problems: [...problems, ...checked.problems] } : checked;
}

import { inject, injectable } from 'inversify';
import { type CheckAround, type Json, type Remark, TemplateCheck, type TemplateOutline } from '../../../core/index.js';
import { WhatsAppTemplates } from '../catalogue/whatsapp-templates.js';
import { template as templateMessage } from '../messages/template.js';
import { chooseTemplate } from '../messages/template-language.js';
import { resolveTemplate } from '../messages/template-parameters.js';
import { slotsOf } from '../messages/template-slots.js';
import type { WhatsAppTemplate } from '../messages/whatsapp-template.js';
import { profileOf, WhatsAppConfig } from '../profile.js';
import { isLiteral, type WrittenMessage, writtenMessages } from './whatsapp-settings.js';

const TYPE = 'template';
const MEDIA = ['image', 'video', 'document'];
/** Stand in for what is filled in later: of the right kind for its place. */
const SOME_LINK = 'https://example.org/file';
const SOME_CODE = 'CODE';

const isFilledIn = (value: Json): boolean => typeof value === 'string' && !isLiteral(value);

/** The values with something fitting for each that is filled in later; undefined where their number is not known. */
function standIns(given: Json | undefined, whatsappTemplate: WhatsAppTemplate): Json[] | undefined {
  if (given === undefined) return [];
  if (!Array.isArray(given)) return undefined;
  const { header, body, buttons } = slotsOf(whatsappTemplate);
  const kinds = [...header, ...body, ...buttons].map(({ kind }) => kind);
  return given.map((value, at) => {
    if (!isFilledIn(value)) return value;
    if (MEDIA.includes(kinds[at] ?? '')) return SOME_LINK;
    return kinds[at] === 'copy_code' ? SOME_CODE : 'x';
  });
}

const messagesOf = ({ actions }: TemplateOutline): WrittenMessage[] =>
  actions.flatMap(writtenMessages).filter(({ type }) => type === TYPE);

/**
 * Holds the WhatsApp templates that a stub template names against the catalogue of the profile's account, as it was last
 * read from Meta. The catalogue is in Redis: where that does not run, or nothing was read yet, it says so once.
 */
@injectable()
export class WhatsAppTemplateFit implements TemplateCheck {
  readonly id = 'whatsapp-template-fit';
  readonly level = 'warning';
  readonly means = 'A WhatsApp template is not there, not approved, or takes other values';
  readonly help =
    'GET /api/whatsapp-templates lists the account’s WhatsApp templates and what each takes: values in the order header, body, buttons. The list is as last read from Meta; run the check while the program runs, or its Redis.';

  /** The checks that were told what cannot be looked at, and the one catalogue that each looks at. */
  private readonly told = new WeakSet<CheckAround>();
  private readonly refreshed = new WeakMap<CheckAround, Promise<void>>();

  constructor(
    @inject(WhatsAppConfig) private readonly config: WhatsAppConfig,
    @inject(WhatsAppTemplates) private readonly catalogue: WhatsAppTemplates,
  ) {}

  async check(template: TemplateOutline, around: CheckAround): Promise<readonly Remark[]> {
    const messages = messagesOf(template);
    const [first] = messages;
    if (first === undefined) return [];
    if (!around.storeAnswers) {
      if (this.told.has(around)) return [];
      this.told.add(around);
      const message =
        'WhatsApp templates are not checked: their list is in Redis, which does not answer. Run this while the program runs ("npm start").';
      return [{ path: [...first.path, 'message_type'], message, level: 'info' }];
    }
    if (!this.refreshed.has(around)) this.refreshed.set(around, this.catalogue.refresh());
    await this.refreshed.get(around);
    return messages.flatMap((message) => this.remarks(message));
  }

  private remarks({ settings, params, path }: WrittenMessage): Remark[] {
    const profile = settings['whatsapp_profile_name'] ?? this.config.default_profile;
    const name = params['whatsapp_template_name'];
    const language = params['language'];
    if (!isLiteral(profile) || !isLiteral(name) || (language !== undefined && !isLiteral(language))) return [];
    const configured = profileOf(this.config, profile);
    if (configured === undefined) return [];
    const at = [...path, 'params', TYPE, 'whatsapp_template_name'];
    const chosen = chooseTemplate(name, language, {
      language: configured.language,
      whatsappTemplate: (each, inLanguage) => this.catalogue.lookup(profile, each, inLanguage),
    });
    if (!chosen.ok) return [{ path: at, message: chosen.problem.message }];
    if (chosen.template === undefined) {
      const message = `"${name}" is not checked: the WhatsApp templates of the profile "${profile}" have not been read from Meta yet.`;
      return [{ path: at, message, level: 'info' }];
    }
    const elsewise = `"${name}" is not there in "${language ?? configured.language}": it goes out in "${chosen.language}".`;
    const note: Remark[] = chosen.warning === undefined ? [] : [{ path: at, message: elsewise, level: 'info' }];
    const values = standIns(params['whatsapp_template_params_array'], chosen.template);
    const read = templateMessage.params.safeParse({
      whatsapp_template_name: name,
      whatsapp_template_params_array: values,
    });
    if (values === undefined || !read.success) return note;
    const built = resolveTemplate(chosen, read.data.whatsapp_template_params_array);
    if (built.ok) return note;
    return [
      ...note,
      { path: [...path, 'params', TYPE, 'whatsapp_template_params_array'], message: built.problem.message },
    ];
  }
}

import type { Problem } from '../../../core/index.js';
import type { Sender } from './message-type.js';
import type { TemplateLookup, WhatsAppTemplate } from './whatsapp-template.js';

/** Which of a template's languages goes out. `template` is absent while the account's catalogue is not known. */
export type ChosenTemplate =
  | {
      readonly ok: true;
      readonly name: string;
      readonly language: string;
      readonly template?: WhatsAppTemplate;
      readonly warning?: string;
    }
  | { readonly ok: false; readonly problem: Problem };

const baseOf = (language: string): string => language.split('_')[0]!;
/** Of the same base: `en` and `en_US`. */
export const isLike = (one: string, other: string): boolean => baseOf(one) === baseOf(other);
const isApproved = ({ status }: WhatsAppTemplate): boolean => status === 'APPROVED';

const refused = (code: string, message: string): ChosenTemplate => ({ ok: false, problem: { code, message } });

/**
 * The language that was asked for, else one with the same base (`en` → `en_US`), else the profile's, else of the
 * profile's base. Only what Meta has approved goes out; of several the first that is approved.
 */
export function chooseTemplate(
  name: string,
  asked: string | undefined,
  sender: Pick<Sender, 'language' | 'whatsappTemplate'>,
): ChosenTemplate {
  const wanted = asked ?? sender.language;
  const exact = sender.whatsappTemplate(name, wanted);
  if (exact.known === 'not_synced') return { ok: true, name, language: wanted };
  if (exact.known === 'found') return judged(exact.template);
  const languages = [...(exact.languages ?? [])].sort();
  if (languages.length === 0) return unknown(name, exact);
  const likeIt = (language: string) => languages.filter((other) => isLike(other, language));
  const own = languages.filter((language) => language === sender.language);
  const candidates = [...new Set([...likeIt(wanted), ...own, ...likeIt(sender.language)])]
    .map((language) => sender.whatsappTemplate(name, language))
    .flatMap((lookup) => (lookup.known === 'found' ? [lookup.template] : []));
  const best = candidates.find(isApproved) ?? candidates[0];
  if (best === undefined) {
    const message = `The WhatsApp template "${name}" is not there in "${wanted}"; it has: ${languages.join(', ')}. Name one of them as language, or have it translated at Meta.`;
    return refused('whatsapp_template_language_missing', message);
  }
  const judgement = judged(best);
  const warning = `The WhatsApp template "${name}" is not there in "${wanted}" and went out in "${best.language}".`;
  return judgement.ok ? { ...judgement, warning } : judgement;
}

function judged(template: WhatsAppTemplate): ChosenTemplate {
  const { name, language, status, rejected_reason } = template;
  if (isApproved(template)) return { ok: true, name, language, template };
  const why = rejected_reason && rejected_reason !== 'NONE' ? ` (${rejected_reason})` : '';
  const message = `The WhatsApp template "${name}" in "${language}" is ${status}${why}; Meta sends APPROVED ones only. See it in the WhatsApp Manager.`;
  return refused('whatsapp_template_not_approved', message);
}

function unknown(name: string, { near }: Extract<TemplateLookup, { known: 'missing' }>): ChosenTemplate {
  const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
  const message = `The profile’s account has no WhatsApp template "${name}".${hint} GET /api/whatsapp-templates lists them.`;
  return refused('whatsapp_template_unknown', message);
}

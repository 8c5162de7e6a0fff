import type { Finding, StubTemplate } from '../../core/index.js';
import { isLiteral } from './checks/whatsapp-settings.js';
import { chooseTemplate } from './messages/template-language.js';
import { missingIn, type WhatsAppTemplate } from './messages/whatsapp-template.js';
import { PLUGIN, type WhatsAppConfig } from './profile.js';
import { objectOf } from './webhook-json.js';

/** A WhatsApp template that a notification names, and its place in the YAML. */
interface Named {
  readonly name: string;
  readonly language?: string;
  readonly where: string;
}

/** Checks that the account has approved the WhatsApp templates that stub templates send from this profile. Pure. */
export function stubTemplateFindings(
  profile: string,
  config: WhatsAppConfig,
  listed: readonly WhatsAppTemplate[],
  stubTemplates: readonly StubTemplate[],
): readonly Finding[] {
  const named = stubTemplates.flatMap((template) => namedIn(template, profile, config.default_profile));
  const sender = {
    language: config.profiles[profile]!.language,
    whatsappTemplate: (name: string, language: string) => {
      const template = listed.find((each) => each.name === name && each.language === language);
      return template ? ({ known: 'found', template } as const) : missingIn(listed, name);
    },
  };
  const wrong = new Map<string, string[]>();
  for (const { name, language, where } of named) {
    const chosen = chooseTemplate(name, language, sender);
    if (!chosen.ok) wrong.set(chosen.problem.message, [...(wrong.get(chosen.problem.message) ?? []), where]);
  }
  if (wrong.size > 0)
    return [...wrong].map(([message, places]) => ({ level: 'warning', message: `${places.join(', ')}: ${message}` }));
  if (named.length === 0) return [];
  return [{ level: 'ok', message: 'the WhatsApp templates that the stub templates name are there and approved' }];
}

function namedIn({ name: template, actions }: StubTemplate, profile: string, defaultProfile: string): Named[] {
  const notifications = [...actions.values()].flatMap((action) =>
    action.notifications.map((notification) => ({ action, notification })),
  );
  return notifications.flatMap(({ action, notification }) => {
    const settings = objectOf(notification.platforms[PLUGIN]);
    const { whatsapp_template_name: name, language } = objectOf(objectOf(settings['params'])['template']);
    if (settings['message_type'] !== 'template' || !isLiteral(name)) return [];
    if ((settings['whatsapp_profile_name'] ?? defaultProfile) !== profile) return [];
    const where = `${template}, action ${action.name}, notification ${notification.key}`;
    if (language === undefined) return [{ name, where }];
    return isLiteral(language) ? [{ name, language, where }] : [];
  });
}

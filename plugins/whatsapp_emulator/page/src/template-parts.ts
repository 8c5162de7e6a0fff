import type { Header, Payload, TemplateDefinition } from './payload.js';
import { templates } from './phone.js';

type Sent = NonNullable<Payload['template']>;

export const definitionOf = (name: string, language: string): TemplateDefinition | undefined =>
  templates.value.find((each) => each.name === name && each.language === language) ??
  templates.value.find((each) => each.name === name);

/** The fixed text of a header or footer; one with places to fill in is left out. */
export function partText(definition: TemplateDefinition | undefined, type: 'HEADER' | 'FOOTER'): string | undefined {
  const text = definition?.components.find((part) => part.type === type)?.text;
  return text?.includes('{{') ? undefined : text;
}

/** What was sent for the header: a file, or the text for its place. */
export const headerMedia = (template: Sent | undefined): Header | undefined =>
  template?.components?.find((part) => part.type.toLowerCase() === 'header')?.parameters?.[0];

/** Buttons of the template that lead elsewhere: a tap on them is not told to the business. */
export const otherButtons = (definition: TemplateDefinition | undefined): readonly string[] =>
  (definition?.components.find((part) => part.type === 'BUTTONS')?.buttons ?? [])
    .filter(({ type }) => type !== 'QUICK_REPLY')
    .map(({ text, type }) => text ?? type.toLowerCase().replaceAll('_', ' '));

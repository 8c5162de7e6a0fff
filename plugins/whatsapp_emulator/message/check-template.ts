import { z } from 'zod';
import { GraphError } from '../graph/graph-error.js';
import type { CheckedMessage, TapButton } from './checked-message.js';
import { shaped } from './shape.js';
import type { TemplateCatalogue, TemplateComponent, TemplateDefinition } from './template-catalogue.js';
import { TemplateParameter } from './template-parameter.js';
import { fill, placeholdersOf } from './template-text.js';

const SentComponent = z.strictObject({
  type: z
    .string()
    .transform((type) => type.toLowerCase())
    .pipe(z.enum(['header', 'body', 'button'])),
  sub_type: z
    .string()
    .transform((type) => type.toLowerCase())
    .optional(),
  index: z
    .union([z.string().regex(/^\d$/), z.int().min(0).max(9)])
    .transform(Number)
    .optional(),
  parameters: z.array(TemplateParameter).max(50).default([]),
});
type SentComponent = z.output<typeof SentComponent>;

const Template = z.strictObject({
  name: z.string(),
  language: z.strictObject({ code: z.string(), policy: z.literal('deterministic').optional() }),
  namespace: z.string().optional(),
  components: z.array(SentComponent).max(20).default([]),
});

/** Meta's refusal of a template that may not be sent. */
const REFUSED = { PAUSED: 132015, DISABLED: 132016, PENDING: 132001, REJECTED: 132001 } as const;

function approved(catalogue: TemplateCatalogue, name: string, language: string): TemplateDefinition {
  const found = catalogue.find(name, language);
  if (!found) {
    const others = catalogue.languagesOf(name).join(', ');
    const hint = others ? ` It exists in: ${others}.` : '';
    throw new GraphError(132001, `template name (${name}) does not exist in ${language}.${hint}`);
  }
  if (found.status !== 'APPROVED') throw new GraphError(REFUSED[found.status], `template ${name} is ${found.status}.`);
  return found;
}

function expectCount(what: string, given: number, expected: number): void {
  if (given === expected) return;
  const details = `${what}: number of localizable_params (${given}) does not match the expected number of params (${expected})`;
  throw new GraphError(132000, details);
}

const partOf = <Type extends TemplateComponent['type']>(template: TemplateDefinition, type: Type) =>
  template.components.find((part): part is Extract<TemplateComponent, { type: Type }> => part.type === type);

function checkHeader(template: TemplateDefinition, given: readonly TemplateParameter[]): void {
  const header = partOf(template, 'HEADER');
  const media = header !== undefined && header.format !== 'TEXT';
  expectCount('header', given.length, media ? 1 : placeholdersOf(header?.text ?? '').length);
  if (media && given[0]!.type !== header.format.toLowerCase())
    throw new GraphError(132012, `header: Format mismatch, expected ${header.format}, received ${given[0]!.type}`);
}

/** The buttons as they can be tapped: a quick reply reports the payload that was sent with it, else its text. */
function buttonsOf(template: TemplateDefinition, sent: readonly SentComponent[]): readonly TapButton[] {
  const buttons = partOf(template, 'BUTTONS')?.buttons ?? [];
  for (const { index, sub_type } of sent) {
    const button = buttons[index ?? -1];
    if (!button) throw new GraphError(132018, `buttons: the template has no button with index ${index}.`);
    if (sub_type !== button.type.toLowerCase())
      throw new GraphError(132018, `buttons: button ${index} is of type ${button.type}, not ${sub_type}.`);
  }
  return buttons.flatMap((button, index) => {
    const parameters = sent.find((component) => component.index === index)?.parameters ?? [];
    if (button.type === 'URL') expectCount('button', parameters.length, placeholdersOf(button.url ?? '').length);
    if (button.type !== 'QUICK_REPLY') return [];
    const payload = parameters.find((parameter) => parameter.type === 'payload')?.payload;
    return [{ id: payload ?? button.text, title: button.text }];
  });
}

/** Meta's template object, held against the catalogue: it exists, is approved, and the parameters fit. */
export function checkTemplate(value: unknown, catalogue: TemplateCatalogue): CheckedMessage {
  const { name, language, components } = shaped(Template, value, 'template');
  const template = approved(catalogue, name, language.code);
  const parametersOf = (type: string) => components.find((part) => part.type === type)?.parameters ?? [];
  checkHeader(template, parametersOf('header'));
  const body = partOf(template, 'BODY')!.text;
  const parameters = parametersOf('body');
  expectCount('body', parameters.length, placeholdersOf(body).length);
  return {
    type: 'template',
    freeForm: false,
    category: template.category.toLowerCase(),
    text: fill(body, parameters),
    buttons: buttonsOf(
      template,
      components.filter((part) => part.type === 'button'),
    ),
  };
}

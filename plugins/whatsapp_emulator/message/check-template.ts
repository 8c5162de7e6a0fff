import { z } from 'zod';
import { GraphError } from '../graph/graph-error.js';
import type { CheckedMessage } from './checked-message.js';
import { shaped } from './shape.js';
import type { TemplateDefinition } from './template-definition.js';
import { fillParts } from './template-fill.js';
import { SentComponent } from './template-parameter.js';

/** The templates of the account that sends. */
export interface TemplateShelf {
  find(name: string, language: string): Promise<TemplateDefinition | undefined>;
  languagesOf(name: string): Promise<readonly string[]>;
}

const Template = z.strictObject({
  name: z.string(),
  language: z.strictObject({
    code: z.string(),
    policy: z.literal('deterministic', 'must be deterministic').optional(),
  }),
  namespace: z.string().optional(),
  components: z.array(SentComponent).max(20).default([]),
});

/** Meta's refusal of a template that may not be sent. */
const REFUSED = { PAUSED: 132015, DISABLED: 132016, PENDING: 132001, REJECTED: 132001 } as const;

async function approved(templates: TemplateShelf, name: string, language: string): Promise<TemplateDefinition> {
  const found = await templates.find(name, language);
  if (!found) {
    const others = (await templates.languagesOf(name)).join(', ');
    const hint = others ? ` It exists in: ${others}.` : '';
    throw new GraphError(132001, `template name (${name}) does not exist in ${language}.${hint}`);
  }
  if (found.status !== 'APPROVED') throw new GraphError(REFUSED[found.status], `template ${name} is ${found.status}.`);
  return found;
}

/** Meta's template object, held against the catalogue: it exists, is approved, and the parameters fit. */
export async function checkTemplate(value: unknown, templates: TemplateShelf): Promise<CheckedMessage> {
  const { name, language, components } = shaped(Template, value, 'template');
  const template = await approved(templates, name, language.code);
  const named = template.parameter_format === 'NAMED';
  return {
    type: 'template',
    freeForm: false,
    category: template.category.toLowerCase(),
    ...fillParts(template.components, components, named, "template['components']"),
    ...(template.category === 'AUTHENTICATION' && { numberOnly: true as const }),
  };
}

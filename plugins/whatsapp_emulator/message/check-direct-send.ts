import { createHash } from 'node:crypto';
import { z } from 'zod';
import { badParam, invalid } from '../graph/graph-error.js';
import type { CheckedMessage } from './checked-message.js';
import { TemplateDefinition } from './template-definition.js';

/** `source` of the templates that Direct Send makes. */
export const DIRECT_SEND_SOURCE = 'AUTO_GENERATED';
/** Seconds that Meta tries for, by category. */
const TTL = { utility: [30, 43_200], authentication: [30, 900] } as const;
const BODY_MAX = 1_024;
/** What a message of utility may be, besides a text. */
const INTERACTIVE = new Set(['button', 'cta_url', 'voice_call']);

/** Keys that a send has where Meta is to make a template of it. */
export const DirectSendParameters = {
  category: z.enum(['utility', 'authentication'], 'must be utility or authentication').optional(),
  ttl_seconds: z.int('must be a whole number').optional(),
  direct_send_config: z.strictObject({ template_name: z.string().min(1, 'must not be empty') }).optional(),
};

/** What Direct Send makes of a message. */
export interface DirectSend {
  /** Passes as a template does, and costs what its category costs. */
  readonly message: Pick<CheckedMessage, 'freeForm' | 'category' | 'numberOnly'>;
  readonly category: 'utility' | 'authentication';
  /** The template that the sender names: one that Direct Send made before. */
  readonly templateName?: string;
}

interface Asked {
  readonly category?: 'utility' | 'authentication' | undefined;
  readonly ttl_seconds?: number | undefined;
  readonly direct_send_config?: { readonly template_name: string } | undefined;
}

function fits({ type }: CheckedMessage, category: DirectSend['category'], content: unknown): boolean {
  if (type === 'text') return true;
  const kind = (content as { readonly type?: string }).type ?? '';
  return category === 'utility' && type === 'interactive' && INTERACTIVE.has(kind);
}

/** Direct Send: a message without a template, also outside the window. Undefined for an ordinary message. */
export function checkDirectSend(asked: Asked, message: CheckedMessage, content: unknown): DirectSend | undefined {
  const { category, ttl_seconds, direct_send_config } = asked;
  if (category === undefined) {
    if (ttl_seconds !== undefined) throw badParam('Param ttl_seconds needs a category.');
    if (direct_send_config) throw badParam('Param direct_send_config needs the category utility.');
    return undefined;
  }
  const [least, most] = TTL[category];
  if (ttl_seconds !== undefined && (ttl_seconds < least || ttl_seconds > most))
    throw badParam(`Param ttl_seconds must be ${least} to ${most} for the category ${category}.`);
  if (direct_send_config && category !== 'utility')
    throw badParam('Param direct_send_config needs the category utility.');
  if (!fits(message, category, content))
    throw badParam(`Param category ${category} is not supported for this message of type ${message.type}.`);
  if ([...message.text].length > BODY_MAX) throw invalid(`${message.type}: must be 1 to ${BODY_MAX} characters.`);
  return {
    category,
    message: { freeForm: false, category, ...(category === 'authentication' && { numberOnly: true }) },
    ...(direct_send_config && { templateName: direct_send_config.template_name }),
  };
}

/** The template that Direct Send makes of a message: the same for the same words. */
export function madeTemplate({ text }: CheckedMessage, { category }: DirectSend): TemplateDefinition {
  const hash = createHash('sha256').update(`${category} ${text}`).digest('hex').slice(0, 16);
  return TemplateDefinition.parse({
    name: `auto_generated_${hash}`,
    language: 'en',
    category: category.toUpperCase(),
    source: DIRECT_SEND_SOURCE,
    components: [{ type: 'BODY', text }],
  });
}

import { createHash } from 'node:crypto';
import { z } from 'zod';
import { badParam, invalid } from '../graph/graph-error.js';
import type { CheckedMessage } from './checked-message.js';
import { TemplateDefinition } from './template-definition.js';

/** `source` of templates made by Direct Send. */
export const DIRECT_SEND_SOURCE = 'AUTO_GENERATED';
/** Limits of `ttl_seconds`, by category. */
const TTL = { utility: [30, 43_200], authentication: [30, 900] } as const;
const BODY_MAX = 1_024;
/** Types of utility messages, besides text. */
const INTERACTIVE = new Set(['button', 'cta_url', 'voice_call']);

/** Keys of a message for Direct Send. */
export const DirectSendParameters = {
  category: z.enum(['utility', 'authentication'], 'must be utility or authentication').optional(),
  ttl_seconds: z.int('must be a whole number').optional(),
  direct_send_config: z.strictObject({ template_name: z.string().min(1, 'must not be empty') }).optional(),
};

/** The reading of a Direct Send message. */
export interface DirectSend {
  /** The message is allowed like a template, and costs the price of its category. */
  readonly message: Pick<CheckedMessage, 'freeForm' | 'category' | 'numberOnly'>;
  readonly category: 'utility' | 'authentication';
  /** The template named by the sender, made by an earlier Direct Send. */
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

/** The template that Direct Send makes of a message; equal text gives the same template. */
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

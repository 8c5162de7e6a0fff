import { type JsonObject, nearest } from '../../../core/index.js';

/** One WhatsApp template in one language, as Meta lists it (`GET /<waba_id>/message_templates`). */
export interface WhatsAppTemplate {
  readonly name: string;
  /** Meta's code: `en`, `en_US`. */
  readonly language: string;
  /** `APPROVED` is the only one that sends. */
  readonly status: string;
  readonly category: string;
  /** Whether its places are `{{1}}` or `{{order_id}}`. */
  readonly parameter_format: 'POSITIONAL' | 'NAMED';
  /** Meta's as listed: `{type: 'BODY', text: …}`. */
  readonly components: readonly JsonObject[];
  readonly rejected_reason?: string;
}

/** What is known of a WhatsApp template in a language. */
export type TemplateLookup =
  /** The catalogue of the profile's account has not been read yet: nothing can be said. */
  | { readonly known: 'not_synced' }
  /** No such name (`near`: the nearest that is there), or not in that language (`languages`: those it has). */
  | { readonly known: 'missing'; readonly near?: string; readonly languages?: readonly string[] }
  | { readonly known: 'found'; readonly template: WhatsAppTemplate };

/** What is known about a template name that lacks the requested language. Pure. */
export function missingIn(templates: readonly WhatsAppTemplate[], name: string): TemplateLookup {
  const languages = templates.filter((other) => other.name === name).map((other) => other.language);
  if (languages.length > 0) return { known: 'missing', languages };
  const near = nearest(name, new Set(templates.map((other) => other.name)));
  return { known: 'missing', ...(near !== undefined && { near }) };
}

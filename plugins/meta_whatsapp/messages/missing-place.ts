import type { DeliveryRequest, Problem } from '../../../core/index.js';
import { messageType } from './message-types.js';

/**
 * The problem of a message in whose list of places a `~~` referred to nothing: without that item all the values behind it
 * would stand one place too early.
 */
export function missingPlace(type: string, leftOut: DeliveryRequest['leftOut'] = []): Problem | undefined {
  const positional = messageType(type)?.positional;
  const missing = leftOut.find(
    ({ path: [params, ofType, key, ...rest] }) =>
      params === 'params' && ofType === type && key === positional && typeof rest.at(-1) === 'number',
  );
  if (missing === undefined) return undefined;
  const place = missing.path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
  return {
    code: 'whatsapp_template_params',
    message: `${place.slice(1)} is ${missing.reference}, and nothing is there. The values behind it would take the wrong places. Set it before this runs, or write a text with {{ }} and what stands there instead: {{#if …}}…{{else}}…{{/if}}.`,
  };
}

import { badParam } from './graph-error.js';

/** Parameters of a call, by name. */
export type JsonBody = { readonly [key: string]: unknown };

/** The input of a call: its body as text with the content type, and its query. */
export interface GivenParameters {
  readonly text: string;
  readonly contentType: string | undefined;
  readonly query: { readonly [name: string]: unknown };
}

/** Parameters about the call itself, which are ignored. */
const OF_ANY_CALL = new Set([
  'access_token',
  'appsecret_proof',
  'appsecret_time',
  'debug',
  'format',
  'locale',
  'pretty',
]);

function bodyOf({ text, contentType }: GivenParameters): object {
  if (text.trim() === '') return {};
  if (contentType?.startsWith('application/x-www-form-urlencoded'))
    return Object.fromEntries(new URLSearchParams(text));
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw badParam('The body is not JSON.');
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw badParam('The body is not an object.');
  return body;
}

/** The parameters of a call, from its query and its body (JSON or a form). `null` counts as absent. */
export function readParameters(given: GivenParameters): JsonBody {
  const all = Object.entries({ ...given.query, ...bodyOf(given) });
  return Object.fromEntries(all.filter(([name, value]) => value !== null && !OF_ANY_CALL.has(name)));
}

/** The parameters of a POST to `…/messages`, which must name the product whatsapp. */
export function readMessageParameters(given: GivenParameters): JsonBody {
  const parameters = readParameters(given);
  const { messaging_product } = parameters;
  if (messaging_product === undefined) throw badParam('The parameter messaging_product is required.');
  if (String(messaging_product).toLowerCase() !== 'whatsapp')
    throw badParam('Param messaging_product must be one of {WHATSAPP}.');
  return parameters;
}

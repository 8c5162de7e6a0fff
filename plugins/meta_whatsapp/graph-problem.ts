import type { Problem } from '../../core/index.js';
import type { GraphAnswer } from './graph-client.js';
import type { Profile } from './profile.js';

/** A call that brought nothing, as it is shown to an operator. Meta's own words may repeat a token that it could not read. */
export function graphProblem({ access_token }: Profile, answer: Exclude<GraphAnswer, { readonly ok: true }>): Problem {
  const message = answer.message.replaceAll(access_token, '(the access token)');
  if (answer.kind === 'unreachable') return { code: 'provider_unreachable', message };
  return { code: 'provider_refused', message, ...(answer.code !== undefined && { provider_code: answer.code }) };
}

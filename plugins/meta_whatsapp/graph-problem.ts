import type { Problem } from '../../core/index.js';
import type { GraphAnswer } from './graph-client.js';

/** A call that brought nothing, as it is shown to an operator. */
export function graphProblem(answer: Exclude<GraphAnswer, { readonly ok: true }>): Problem {
  const { message } = answer;
  if (answer.kind === 'unreachable') return { code: 'provider_unreachable', message };
  return { code: 'provider_refused', message, ...(answer.code !== undefined && { provider_code: answer.code }) };
}

import type { JsonBody } from '../graph/graph-parameters.js';

interface Part {
  readonly type?: unknown;
  readonly text?: unknown;
  readonly add_security_recommendation?: unknown;
  readonly code_expiration_minutes?: unknown;
}

function textOf({ type, add_security_recommendation, code_expiration_minutes }: Part): string | undefined {
  const kind = String(type).toUpperCase();
  if (kind === 'FOOTER' && code_expiration_minutes) return `This code expires in ${code_expiration_minutes} minutes.`;
  if (kind !== 'BODY') return undefined;
  const advice = add_security_recommendation ? ' For your security, do not share this code.' : '';
  return `*{{1}}* is your verification code.${advice}`;
}

/** Templates of the category AUTHENTICATION have Meta's own text; their definition has none. */
export function withPresetTexts(template: JsonBody): JsonBody {
  const { category, components } = template;
  if (String(category).toUpperCase() !== 'AUTHENTICATION' || !Array.isArray(components)) return template;
  const filled = (components as readonly Part[]).map((part) => {
    const text = part && part.text === undefined ? textOf(part) : undefined;
    return text === undefined ? part : { ...part, text };
  });
  return { ...template, components: filled };
}

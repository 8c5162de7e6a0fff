import { GraphError } from '../graph/graph-error.js';
import type { TemplateParameter } from './template-parameter.js';

const PLACEHOLDER = /\{\{\s*(\w+)\s*\}\}/g;
const BODY_MAX = 1024;

/** The distinct placeholders of a template's text, in order: `{{1}}` or `{{name}}`. */
export const placeholdersOf = (text: string): readonly string[] => [
  ...new Set([...text.matchAll(PLACEHOLDER)].map((match) => match[1]!)),
];

function textOf(parameter: TemplateParameter): string {
  if (parameter.type === 'currency') return parameter.currency.fallback_value;
  if (parameter.type === 'date_time') return parameter.date_time.fallback_value;
  if (parameter.type !== 'text')
    throw new GraphError(132012, `body: Format mismatch, expected TEXT, received ${parameter.type}`);
  if (parameter.text === '') throw new GraphError(131008, 'Parameter of type text is missing text value');
  if (/[\n\r\t]| {5,}/.test(parameter.text))
    throw new GraphError(132018, 'Param text cannot have new-line/tab characters or more than 4 consecutive spaces');
  return parameter.text;
}

/** The body with its parameters in place, each by its name or its position. */
export function fill(body: string, parameters: readonly TemplateParameter[]): string {
  const values = new Map<string, string>();
  placeholdersOf(body).forEach((placeholder, position) => {
    const named = parameters.find((each) => 'parameter_name' in each && each.parameter_name === placeholder);
    const byPosition = parameters[/^\d+$/.test(placeholder) ? Number(placeholder) - 1 : position];
    const parameter = named ?? byPosition;
    if (!parameter) throw new GraphError(132000, `body: no parameter for {{${placeholder}}}`);
    values.set(placeholder, textOf(parameter));
  });
  const text = body.replace(PLACEHOLDER, (_, placeholder: string) => values.get(placeholder) ?? '');
  if ([...text].length > BODY_MAX)
    throw new GraphError(132005, `body: ${[...text].length} characters after substitution, ${BODY_MAX} are allowed`);
  return text;
}

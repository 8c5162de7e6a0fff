import { GraphError } from '../graph/graph-error.js';
import type { TemplateParameter } from './template-parameter.js';

const PLACEHOLDER = /\{\{\s*(\w+)\s*\}\}/g;

/** The distinct placeholders of a template's text, in order: `{{1}}` or `{{name}}`. */
export const placeholdersOf = (text: string): readonly string[] => [
  ...new Set([...text.matchAll(PLACEHOLDER)].map((match) => match[1]!)),
];

export const expectCount = (what: string, given: number, expected: number): void => {
  if (given === expected) return;
  const details = `${what}: number of localizable_params (${given}) does not match the expected number of params (${expected})`;
  throw new GraphError(132000, details);
};

/** The words of a parameter, without what Meta refuses in one. */
export function wordsOf(what: string, parameter: TemplateParameter): string {
  if (parameter.type === 'currency') return parameter.currency.fallback_value;
  if (parameter.type === 'date_time') return parameter.date_time.fallback_value;
  if (parameter.type !== 'text')
    throw new GraphError(132012, `${what}: Format mismatch, expected TEXT, received ${parameter.type.toUpperCase()}`);
  if (parameter.text === '') throw new GraphError(131008, `${what}: Parameter of type text is missing text value`);
  if (/[\n\r\t]| {5,}/.test(parameter.text))
    throw new GraphError(132018, 'Param text cannot have new-line/tab characters or more than 4 consecutive spaces');
  return parameter.text;
}

const nameOf = (parameter: TemplateParameter): string | undefined =>
  'parameter_name' in parameter ? parameter.parameter_name : undefined;

/** Which of the parameters is a placeholder's: by its name in a template of named ones, else by its place. */
function parameterOf(placeholder: string, at: number, given: readonly TemplateParameter[], named: boolean) {
  if (!named) return given[/^\d+$/.test(placeholder) ? Number(placeholder) - 1 : at];
  if (given.some((parameter) => !nameOf(parameter))) throw new GraphError(100, 'Parameter name is missing or empty');
  return given.find((parameter) => nameOf(parameter) === placeholder);
}

/** A text of the template with its parameters in place. `what` is the component, as errors name it. */
export function fill(
  what: string,
  text: string,
  given: readonly TemplateParameter[],
  { named, max }: { readonly named: boolean; readonly max: number },
): string {
  const placeholders = placeholdersOf(text);
  expectCount(what, given.length, placeholders.length);
  const values = new Map<string, string>();
  placeholders.forEach((placeholder, at) => {
    const parameter = parameterOf(placeholder, at, given, named);
    if (!parameter) throw new GraphError(132000, `${what}: no parameter for {{${placeholder}}}`);
    values.set(placeholder, wordsOf(what, parameter));
  });
  const filled = text.replace(PLACEHOLDER, (_, placeholder: string) => values.get(placeholder) ?? '');
  if ([...filled].length > max)
    throw new GraphError(132005, `${what}: ${[...filled].length} characters after substitution, ${max} are allowed`);
  return filled;
}

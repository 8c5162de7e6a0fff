import type { JsonSchema } from './json-schema-form.js';

/** "1 to 20 characters"; undefined where there is no limit worth telling. */
export function rangeOf(min: number | undefined, max: number | undefined, unit: string): string | undefined {
  const words = unit === '' ? '' : ` ${unit}`;
  if (max === undefined) return min === undefined || (unit !== '' && min <= 1) ? undefined : `at least ${min}${words}`;
  if (min === max) return `${max}${words}`;
  return min === undefined || (unit !== '' && min === 0) ? `at most ${max}${words}` : `${min} to ${max}${words}`;
}

const IS_SAFE_LIMIT = (limit: number | undefined): boolean =>
  limit === undefined || Math.abs(limit) === Number.MAX_SAFE_INTEGER;

function limits({ minimum, maximum, minLength, maxLength, minItems, maxItems, else: otherwise }: JsonSchema) {
  const number = rangeOf(
    IS_SAFE_LIMIT(minimum) ? undefined : minimum,
    IS_SAFE_LIMIT(maximum) ? undefined : maximum,
    '',
  );
  return (
    number ??
    rangeOf(minLength, maxLength, 'characters') ??
    rangeOf(minItems, maxItems ?? otherwise?.maxItems, 'entries')
  );
}

/** The schema with its limits and its default told behind its description, for editors show neither. */
export function withLimits(schema: JsonSchema): JsonSchema {
  const { description, default: value } = schema;
  if (description === undefined) return schema; // of a part: the whole has words
  const range = limits(schema);
  const isTold = value !== undefined && value !== '' && (typeof value !== 'object' || value === null);
  const sentences = [
    /[.?!)]$/.test(description) ? description : `${description}.`,
    range && `${range[0]!.toUpperCase()}${range.slice(1)}.`,
    isTold && `Default: ${String(value)}.`,
  ].filter(Boolean);
  return { ...schema, description: sentences.join(' ') };
}

import type { Json } from '../contract/json.js';
import type { FieldType } from '../contract/stub-template.js';
import { type FilledParams, MAX_TEXT_LENGTH } from '../template/field-params.js';
import { isDay, isMoment, spanOf } from './iso-date.js';

/** A posted value in its field's type, with the label of a chosen option; or what was expected in its place. */
export type TypedValue = { readonly value: Json; readonly label?: Json } | { readonly expected: string };

/** Options that a refusal names. */
const MAX_SHOWN = 20;

/**
 * Reads a posted value in its field's type. Forms send everything as text, so text is read too. Files and contacts are
 * looked up elsewhere; here any value passes for them.
 */
export function typedValue(fieldtype: FieldType, params: FilledParams, given: Json): TypedValue {
  switch (fieldtype) {
    case 'text':
      return typedText(params, given);
    case 'number':
      return typedNumber(params, given);
    case 'boolean': {
      const value =
        typeof given === 'boolean' ? given : given === 'true' ? true : given === 'false' ? false : undefined;
      return value === undefined ? { expected: 'true or false' } : { value };
    }
    case 'date':
      return typedDate(params, given);
    case 'select':
      return typedChoice(params, given);
    case 'file':
    case 'contact':
    case 'json':
      return { value: given };
  }
}

function typedText({ max_length: limit = MAX_TEXT_LENGTH }: FilledParams, given: Json): TypedValue {
  const isText = typeof given === 'string' || typeof given === 'number' || typeof given === 'boolean';
  const text = isText ? String(given) : undefined;
  if (text !== undefined && text.length <= limit) return { value: text };
  return { expected: limit === MAX_TEXT_LENGTH ? 'text' : `text of up to ${limit} characters` };
}

function typedNumber(
  { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY }: FilledParams,
  given: Json,
): TypedValue {
  const isWritten = typeof given === 'string' && given.trim() !== '';
  const number = isWritten ? Number(given) : given;
  if (typeof number === 'number' && Number.isFinite(number) && number >= min && number <= max) return { value: number };
  const bounds = [Number.isFinite(min) && `from ${min}`, Number.isFinite(max) && `up to ${max}`]
    .filter(Boolean)
    .join(' ');
  return { expected: `a number${bounds && ` ${bounds}`}` };
}

function typedDate({ earliest, latest, with_time: withTime }: FilledParams, given: Json): TypedValue {
  const form = {
    true: 'a time with its zone such as 2026-11-23T09:30:00+02:00',
    false: 'a date such as 2026-11-23',
    undefined: 'a date such as 2026-11-23, or a time with its zone such as 2026-11-23T09:30:00+02:00',
  }[`${withTime}`];
  const bounds = `${earliest ? `, not before ${earliest}` : ''}${latest ? `, not after ${latest}` : ''}`;
  const expected = `${form}${bounds}`;
  if (typeof given !== 'string') return { expected };
  const fits = (withTime !== true && isDay(given)) || (withTime !== false && isMoment(given));
  if (!fits) return { expected };
  const [firstMs, lastMs] = spanOf(given);
  if (earliest !== undefined && lastMs < spanOf(earliest)[0]) return { expected };
  if (latest !== undefined && firstMs > spanOf(latest)[1]) return { expected };
  return { value: given };
}

function typedChoice({ options = [], multiple = false }: FilledParams, given: Json): TypedValue {
  const names = options.slice(0, MAX_SHOWN).map(({ value }) => value);
  const more = options.length > MAX_SHOWN ? ` and ${options.length - MAX_SHOWN} more` : '';
  const expected = `${multiple ? 'some' : 'one'} of: ${names.join(', ') || 'nothing, for it has no options'}${more}`;
  const asked = multiple && Array.isArray(given) ? given : [given];
  const chosen = asked.map((one) =>
    typeof one === 'object' ? undefined : options.find(({ value }) => value === String(one)),
  );
  const known = chosen.filter((option) => option !== undefined);
  if (known.length < asked.length || new Set(known).size < known.length) return { expected };
  if (multiple) return { value: known.map(({ value }) => value), label: known.map(({ label }) => label) };
  return { value: known[0]!.value, label: known[0]!.label };
}

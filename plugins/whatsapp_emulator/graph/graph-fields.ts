import { badParam } from './graph-error.js';

/** The names in `fields`, without braces, brackets or `.limit(…)` after them. */
export function namesIn(fields: string): readonly string[] {
  let plain = fields;
  for (let before = ''; plain !== before; ) {
    before = plain;
    plain = plain.replace(/\{[^{}]*\}|\([^()]*\)/g, '');
  }
  return plain.split(',').map((name) => name.trim().split('.')[0]!);
}

/** An object's fields by name; undefined is a field without a value. */
export type FieldRecord = { readonly [field: string]: unknown };

/** The requested `fields` with the id, or the `unasked` ones if none are requested. Fields without a value are left out. */
export function selected(
  id: string,
  record: FieldRecord,
  fields: string | undefined,
  unasked: readonly string[] = Object.keys(record),
): FieldRecord {
  const wanted = fields ? namesIn(fields) : unasked;
  const unknown = wanted.find((field) => !(field in record) && field !== 'id');
  if (unknown !== undefined) throw badParam(`Tried accessing nonexisting field (${unknown})`);
  const found = wanted.filter((field) => record[field] !== undefined).map((field) => [field, record[field]]);
  return { ...Object.fromEntries(found), id };
}

/** The values of a filter in lower case: one, several separated by commas, or a list as JSON text. */
export function valuesIn(filter: string): readonly string[] {
  let values: unknown;
  try {
    values = JSON.parse(filter);
  } catch {
    values = undefined;
  }
  const list = Array.isArray(values) ? values.map(String) : filter.split(',');
  return list.map((value) => value.trim().toLowerCase());
}

/** Meta's health status of an object and its owners; always good here. */
export const healthStatus = (...entities: readonly (readonly [type: string, id: string])[]) => ({
  can_send_message: 'AVAILABLE',
  entities: entities.map(([entity_type, id]) => ({ entity_type, id, can_send_message: 'AVAILABLE' })),
});

import type { BatchShape } from './receiving-faults.js';
import { escapedJson } from './webhook-body.js';

type Lists = { readonly [key: string]: unknown };
interface Change {
  readonly value: Lists;
  readonly field: string;
}
interface Entry {
  readonly id: string;
  readonly changes: readonly Change[];
}

/** Lists are put one after the other, the same contact once; anything else is the first one's. */
function mergedValue(values: readonly Lists[]): Lists {
  const merged: { [key: string]: unknown } = {};
  for (const [key, value] of values.flatMap((each) => Object.entries(each))) {
    const before = merged[key];
    if (!Array.isArray(value)) merged[key] ??= value;
    else if (!Array.isArray(before)) merged[key] = value;
    else {
      const seen = new Set(before.map((item) => JSON.stringify(item)));
      const isNew = (item: unknown) => key !== 'contacts' || !seen.has(JSON.stringify(item));
      merged[key] = [...before, ...value.filter(isNew)];
    }
  }
  return merged;
}

/** Several webhooks of one business account as one body; the same ones give the same bytes. */
export function mergedBody(bodies: readonly string[], shape: BatchShape): string {
  const entry = bodies.flatMap((body) => (JSON.parse(body) as { entry: readonly Entry[] }).entry);
  const object = 'whatsapp_business_account';
  if (shape === 'entries') return escapedJson({ object, entry });
  const changes = entry.flatMap((each) => each.changes);
  const { id } = entry[0]!;
  if (shape === 'changes') return escapedJson({ object, entry: [{ id, changes }] });
  const fields = [...new Set(changes.map(({ field }) => field))];
  const joined = fields.map((field) => ({
    value: mergedValue(changes.filter((change) => change.field === field).map(({ value }) => value)),
    field,
  }));
  return escapedJson({ object, entry: [{ id, changes: joined }] });
}

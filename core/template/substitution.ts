import type { Json, JsonObject } from '../contract/json.js';
import { StubwireError } from '../errors.js';
import { parseReference, REFERENCE, type Roots, valueAt } from './reference.js';
import { fillText } from './text-template.js';

export type { Roots } from './reference.js';

/** How deep template data may nest. Deeper is no notification that anybody wrote. */
const MAX_DEPTH = 32;

/** How one piece of a template is filled in; undefined as a result leaves its key out. */
type Plan = (roots: Roots) => Json | undefined;

/** Plans of frozen pieces, which are those of loaded templates: they cannot change behind the plan. */
const plans = new WeakMap<object, Plan>();

/**
 * Fills in a piece of a template (model §4). `~~path` as a whole value becomes the value it refers to, its type kept, or
 * its key is left out where nothing is there; `{{path}}` inside a text becomes text. What is filled in is only ever
 * data: it is never looked at for placeholders itself. The result may share parts with both arguments; do not change it.
 *
 * Throws `substitution_failed`: a text grew over 64 KiB, data nests over 32 levels, or Handlebars refused a text.
 */
export function substitute(value: Json, roots: Roots): Json {
  return planFor(value, 0)(roots) ?? null;
}

function planFor(value: Json | undefined, depth: number): Plan {
  if (typeof value === 'string') return planText(value);
  if (value === null || typeof value !== 'object') return () => value;
  const known = plans.get(value);
  if (known !== undefined) return known;
  if (depth >= MAX_DEPTH) {
    throw new StubwireError(
      'substitution_failed',
      `The data nests deeper than ${MAX_DEPTH} levels. Nest less in the template.`,
    );
  }
  const plan = Array.isArray(value) ? planList(value, depth) : planMap(value, depth);
  if (Object.isFrozen(value)) plans.set(value, plan);
  return plan;
}

function planText(text: string): Plan {
  if (text.startsWith(REFERENCE)) {
    const path = parseReference(text);
    return path === undefined ? () => undefined : (roots) => valueAt(roots, path) as Json | undefined;
  }
  return text.includes('{{') ? (roots) => fillText(text, roots) : () => text;
}

function planList(list: readonly Json[], depth: number): Plan {
  const items = list.map((item) => planFor(item, depth + 1));
  return (roots) => {
    const filled: Json[] = [];
    for (const item of items) {
      const value = item(roots);
      if (value !== undefined) filled.push(value);
    }
    return filled;
  };
}

function planMap(map: JsonObject, depth: number): Plan {
  const entries = Object.keys(map)
    .filter((key) => key !== '__proto__')
    .map((key) => [key, planFor(map[key], depth + 1)] as const);
  return (roots) => {
    const filled: JsonObject = {};
    for (const [key, plan] of entries) {
      const value = plan(roots);
      if (value !== undefined) filled[key] = value;
    }
    return filled;
  };
}

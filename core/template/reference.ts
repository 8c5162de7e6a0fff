/** What templates can refer to. `heimdall`: the event that started the action; `lid`: the short id of a delivery. */
export const ROOT_NAMES = [
  'stub',
  'stubpost',
  'program',
  'template',
  'org',
  'actioningContact',
  'heimdall',
  'lid',
] as const;

/** The data that references and placeholders are filled from: plain JSON under each root name. Missing roots are unknown paths. */
export type Roots = { readonly [Name in (typeof ROOT_NAMES)[number]]?: unknown };

export const REFERENCE = '~~';

/** Does this text hold something that is filled in when an action runs? */
export const hasPlaceholder = (text: string): boolean => text.startsWith(REFERENCE) || text.includes('{{');

const REFERENCE_FORM = /^~~([^\s.[\](){}~#"']+)((?:\.[^\s.[\](){}"']+|\[\d+\])*)$/;
const STEP = /\.([^.[\]]+)|\[(\d+)\]/g;

/** The keys and indexes of `~~stub.data.files[0].name`; undefined where the text is no such reference. */
export function parseReference(text: string): readonly string[] | undefined {
  const [, root, rest] = REFERENCE_FORM.exec(text) ?? [];
  if (root === undefined || rest === undefined) return undefined;
  return [root, ...[...rest.matchAll(STEP)].map(([, key, index]) => (key ?? index)!)];
}

/** The value at a path, by own properties only: nothing of JavaScript's prototypes can be reached. */
export function valueAt(roots: Roots, path: readonly string[]): unknown {
  let value: unknown = roots;
  for (const key of path) {
    if (value === null || typeof value !== 'object' || key === '__proto__' || !Object.hasOwn(value, key))
      return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

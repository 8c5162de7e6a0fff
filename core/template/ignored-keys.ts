import type { Path } from '../config/yaml-document.js';
import type { YamlNode } from '../config/yaml-node.js';
import type { Json, JsonObject } from '../contract/json.js';

/** What the platform's editor keeps for itself: known names, and whatever else begins as its keys do. */
export const EDITOR_KEY = /^(?:action_meta|annotations|editor_.*|__(?!key$|order$|proto__$).*)$/;
/** Below these keys stand names of the author's own, each with a map of known keys. */
const HOLDS_NAMES: readonly string[] = [
  'states',
  'actions',
  'fields',
  'validations',
  'tasks',
  'notifications',
  'send_to',
  'metrics',
  'to_state',
  'heimdall',
];
/** The items below these keys may have a `name` of the editor's; that of a field counts. */
const REPEATS_NAME: readonly string[] = ['states', 'actions', 'tasks', 'notifications'];
/** Below these keys the author or a plugin says what stands there. */
export const FREE_DATA: readonly string[] = ['data', 'params', 'platforms', 'initvalue', 'structure'];

const isIgnored = (key: string, amongNames: boolean): boolean => !amongNames && EDITOR_KEY.test(key);

/** A template's data without the keys of the platform's editor. */
export function withoutIgnored(value: Json, amongNames = false): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const kept = Object.entries(value as JsonObject).filter(([key]) => !isIgnored(key, amongNames));
  return Object.fromEntries(
    kept.map(([key, inner]) => {
      const isFree = !amongNames && FREE_DATA.includes(key);
      return [key, isFree ? inner! : withoutIgnored(inner!, !amongNames && HOLDS_NAMES.includes(key))];
    }),
  );
}

/** Where each key of the platform's editor stands first. */
export function ignoredKeys(root: YamlNode): ReadonlyMap<string, Path> {
  const found = new Map<string, Path>();
  const visit = (node: YamlNode, path: Path, amongNames: boolean, itemOf?: string): void => {
    if (node.kind !== 'map') return;
    for (const [key, entry] of node.entries) {
      const at = [...path, key];
      const isName = key === 'name' && itemOf !== undefined && REPEATS_NAME.includes(itemOf);
      if (isName || isIgnored(key, amongNames)) {
        if (!found.has(key)) found.set(key, at);
      } else if (amongNames || !FREE_DATA.includes(key)) {
        const holder = amongNames ? String(path.at(-1)) : undefined;
        visit(entry.node, at, !amongNames && HOLDS_NAMES.includes(key), holder);
      }
    }
  };
  visit(root, [], false);
  return found;
}

/** One line about them; undefined where there are none. */
export const ignoredKeysLine = (names: readonly string[]): string | undefined =>
  names.length === 0
    ? undefined
    : `${names.join(', ')}: ${names.length === 1 ? 'a key' : 'keys'} of the platform's editor, ignored here.`;

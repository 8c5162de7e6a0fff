import { isSecretPath } from './source-text.js';
import type { YamlDocument } from './yaml-document.js';
import type { YamlNode } from './yaml-node.js';

/** A shorter value would be removed from log lines wherever its few letters occur by chance. */
const SECRET_CHARACTERS = 8;
/** The default secret with the emulator; many log lines contain this word. */
const STAND_IN = 'emulator';

/** The secrets of a loaded configuration, which the log leaves out: tokens, passwords, keys. Pure. */
export function secretValues(document: YamlDocument): readonly string[] {
  const found = new Set<string>();
  const visit = (node: YamlNode, path: readonly PropertyKey[]): void => {
    if (node.kind === 'map') for (const [key, entry] of node.entries) visit(entry.node, [...path, key]);
    else if (node.kind === 'list') for (const [index, item] of node.items.entries()) visit(item, [...path, index]);
    else if (isSecretPath(path)) found.add(node.source);
    else for (const password of passwordsIn(node.source)) found.add(password);
  };
  visit(document.root, []);
  return [...found].filter((value) => value.length >= SECRET_CHARACTERS && value !== STAND_IN);
}

/** The password of a URL, as written and as sent. */
function passwordsIn(text: string): string[] {
  if (!text.includes('://') || !URL.canParse(text)) return [];
  const { password } = new URL(text);
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password]; // a % that encodes nothing: `redisOptions` refuses it
  }
}

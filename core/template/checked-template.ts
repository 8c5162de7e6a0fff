import { inOrder } from '../config/problem.js';
import type { Path, YamlDocument } from '../config/yaml-document.js';
import type { YamlNode } from '../config/yaml-node.js';
import type { StubTemplate } from '../contract/stub-template.js';
import { StubwireError } from '../errors.js';
import { referenceProblems } from './check-references.js';
import { stepProblems } from './check-steps.js';
import { IGNORED_KEYS } from './schema-parts.js';
import { itemsAt, nameAt, namesIn } from './template-names.js';
import { toStubTemplate } from './to-stub-template.js';
import type { Vocabulary } from './vocabulary.js';
import { WrittenTemplate } from './written-form.js';

export type CheckedTemplate =
  | { readonly template: StubTemplate; readonly ignoredKeys: readonly string[] }
  | { readonly problems: readonly StubwireError[] };

/** Checks one written template in full: its form, the names in it, its conditions and texts, its channels and tasks. */
export function checkTemplate(document: YamlDocument, vocabulary: Vocabulary): CheckedTemplate {
  const form = document.check(WrittenTemplate);
  const problems = [
    ...(form.ok ? [] : form.problems),
    ...keyClashes(document),
    ...referenceProblems(document, namesIn(document, vocabulary)),
    ...stepProblems(document, vocabulary),
  ];
  if (problems.length > 0 || document.isBroken) return { problems: once(inOrder(problems)) };
  // Once more: the channels' schemas have since said which scalars are text.
  const settled = document.check(WrittenTemplate);
  if (!settled.ok) return { problems: settled.problems };
  return { template: toStubTemplate(settled.value, document), ignoredKeys: ignoredIn(document.root) };
}

/** Two items whose `__key` makes them the same. */
function keyClashes(document: YamlDocument): StubwireError[] {
  const clashes = (path: Path): StubwireError[] => {
    const seen = new Set<string>();
    return itemsAt(document, path).flatMap((item) => {
      const name = nameAt(document, item);
      if (!seen.has(name)) {
        seen.add(name);
        return [];
      }
      return [document.problem('value_invalid', `"${name}" is there already. Give each its own __key.`, item, 'key')];
    });
  };
  const inActions = itemsAt(document, ['actions']).flatMap((action) =>
    ['fields', 'tasks', 'notifications', 'metrics'].flatMap((part) => clashes([...action, part])),
  );
  return [...clashes(['states']), ...clashes(['actions']), ...clashes(['heimdall']), ...inActions];
}

/** Below these keys stand names of the author's own. */
const FREE_DATA: readonly string[] = ['data', 'params', 'platforms'];

function ignoredIn(root: YamlNode): string[] {
  const found = new Set<string>();
  const visit = (node: YamlNode): void => {
    if (node.kind === 'list') for (const item of node.items) visit(item);
    if (node.kind !== 'map') return;
    for (const [key, entry] of node.entries) {
      if ((IGNORED_KEYS as readonly string[]).includes(key)) found.add(key);
      if (!FREE_DATA.includes(key)) visit(entry.node);
    }
  };
  visit(root);
  return [...found];
}

/** Aliases and merges stand in several places at once; their problems are told once. */
function once(problems: readonly StubwireError[]): StubwireError[] {
  const told = new Set<string>();
  return problems.filter(({ code, message, options: { place } }) => {
    const key = `${place?.line}:${place?.column} ${code} ${message}`;
    return !told.has(key) && told.add(key);
  });
}

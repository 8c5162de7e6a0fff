import { listed, nearest } from '../config/nearest.js';
import { inOrder } from '../config/problem.js';
import type { Path, YamlDocument } from '../config/yaml-document.js';
import type { StubTemplate } from '../contract/stub-template.js';
import { StubwireError } from '../errors.js';
import { referenceProblems } from './check-references.js';
import { stepProblems } from './check-steps.js';
import { withoutIgnored } from './ignored-keys.js';
import { itemsAt, nameAt, namesIn } from './template-names.js';
import { toStubTemplate } from './to-stub-template.js';
import type { Vocabulary } from './vocabulary.js';
import { WrittenTemplate } from './written-form.js';

export type CheckedTemplate = { readonly template: StubTemplate } | { readonly problems: readonly StubwireError[] };

/** Checks one written template in full: its form, the names in it, its conditions and texts, its channels and tasks. */
export function checkTemplate(document: YamlDocument, vocabulary: Vocabulary): CheckedTemplate {
  const other = isOther(document);
  if (other !== undefined) return { problems: [other] };
  const form = document.check(WrittenTemplate, [], { reading: withoutIgnored });
  const problems = [
    ...(form.ok ? [] : form.problems),
    ...keyClashes(document),
    ...referenceProblems(document, namesIn(document, vocabulary)),
    ...stepProblems(document, vocabulary),
  ];
  if (problems.length > 0 || document.isBroken) return { problems: once(inOrder(problems)) };
  // Once more: the channels' schemas have since said which scalars are text.
  const settled = document.check(WrittenTemplate, [], { reading: withoutIgnored });
  if (!settled.ok) return { problems: settled.problems };
  return { template: toStubTemplate(settled.value, document) };
}

const OWN_KEYS: readonly string[] = ['template', 'initial_state', 'states', 'actions'];

/** Another kind of file, such as the configuration of a host: told once, and not key by key. */
function isOther(document: YamlDocument): StubwireError | undefined {
  const keys = document.keys([]);
  if (document.root.kind !== 'map' || keys.some((key) => nearest(key, OWN_KEYS) !== undefined)) return undefined;
  const message = `This is not a stub template: it has none of the keys ${listed(OWN_KEYS)}; it has: ${listed(keys.slice(0, 8))}. Move it out of the folder of templates. (The configuration of a host is named with --config.)`;
  return document.problem('value_invalid', message, []);
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

/** Aliases and merges stand in several places at once; their problems are told once. */
function once(problems: readonly StubwireError[]): StubwireError[] {
  const told = new Set<string>();
  return problems.filter(({ code, message, options: { place } }) => {
    const key = `${place?.line}:${place?.column} ${code} ${message}`;
    return !told.has(key) && told.add(key);
  });
}

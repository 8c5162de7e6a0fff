import { type LoadedYaml, loadYaml } from '../config/load-yaml.js';
import { shownFile } from '../config/problem.js';
import type { YamlDocument } from '../config/yaml-document.js';
import { StubwireError } from '../errors.js';
import { type CheckedTemplate, checkTemplate } from './checked-template.js';
import { templateName } from './template-names.js';
import type { Vocabulary } from './vocabulary.js';

/** A template as it was read, whether it loads or not. */
export interface ReadTemplate {
  readonly name: string;
  readonly document: YamlDocument;
  readonly checked: CheckedTemplate;
  /** Nothing is wrong with it, nor with the text of its file. */
  readonly isWhole: boolean;
}

export interface ReadTemplates {
  readonly templates: readonly ReadTemplate[];
  /** What keeps each of them from loading. */
  readonly problems: readonly StubwireError[];
}

/**
 * Reads files of stub templates: YAML or JSON, one or more documents (`---`) a file. Start, reload and check all read
 * this way; names that come twice are for `takenNames` to find. `load` is for files whose content is there already.
 */
export function readTemplates(
  files: readonly string[],
  vocabulary: Vocabulary,
  load: (file: string) => LoadedYaml = loadYaml,
): ReadTemplates {
  const problems: StubwireError[] = [];
  const templates = files.flatMap((file) => {
    const { documents, problems: ofText } = load(file);
    problems.push(...ofText);
    if (documents.length === 0 && ofText.length === 0) problems.push(nothingIn(file));
    return documents.map((document): ReadTemplate => {
      const checked = checkTemplate(document, vocabulary);
      if ('problems' in checked) problems.push(...checked.problems);
      const isWhole = ofText.length === 0 && !('problems' in checked);
      return { name: templateName(document), document, checked, isWhole };
    });
  });
  return { templates, problems };
}

/** Templates whose name one before them has, or one of those that stand beside them. */
export function takenNames(
  templates: readonly ReadTemplate[],
  beside: readonly ReadTemplate[] = [],
): readonly StubwireError[] {
  const first = new Map([...beside, ...templates].reverse().map((template) => [template.name, template]));
  return templates.flatMap((template) => {
    const { name, document } = template;
    const holder = first.get(name)!;
    if (holder === template) return [];
    const { file, line } = holder.document.place(['template']);
    const message = `There is already a template "${name}" in ${shownFile(file)}, line ${line}. Give this one another name with "template:".`;
    return [document.problem('template_duplicate', message, ['template'])];
  });
}

function nothingIn(file: string): StubwireError {
  const message = `${shownFile(file)} has no template in it. Begin with the keys template, initial_state, states and actions, or delete the file.`;
  return new StubwireError('value_invalid', message, { place: { file } });
}

import { loadYaml } from '../config/load-yaml.js';
import { shownFile } from '../config/problem.js';
import type { YamlDocument } from '../config/yaml-document.js';
import type { Org } from '../contract/org.js';
import type { TemplateCheck } from '../contract/template-check.js';
import type { TemplateOutline } from '../contract/template-outline.js';
import { StubwireError } from '../errors.js';
import { BASE_ACTIONS } from '../stub/base-actions.js';
import { checkTemplate } from '../template/checked-template.js';
import type { Vocabulary } from '../template/vocabulary.js';
import { type CheckFinding, findingOf, sortedFindings } from './check-finding.js';
import { outlineOf } from './outline.js';

export interface CheckTemplatesOptions {
  readonly vocabulary: Vocabulary;
  readonly rules: readonly TemplateCheck[];
  readonly org: Org;
  /** Whether rules may read what is stored. */
  readonly storeAnswers: boolean;
  /** Files that are looked at only for what those to check refer to. */
  readonly context?: readonly string[];
}

/** A template that was read, whether it loads or not. */
export interface ReadTemplate {
  readonly document: YamlDocument;
  readonly outline: TemplateOutline;
  readonly isWhole: boolean;
}

export interface CheckedTemplates {
  readonly templates: readonly ReadTemplate[];
  readonly findings: readonly CheckFinding[];
}

/** Everything there is to say about template files: what keeps each from loading, then what its rules say. */
export async function checkTemplates(
  files: readonly string[],
  options: CheckTemplatesOptions,
): Promise<CheckedTemplates> {
  const findings: CheckFinding[] = [];
  const templates: ReadTemplate[] = [];
  for (const file of files) templates.push(...readTemplates(file, options.vocabulary, findings));
  const beside = (options.context ?? []).flatMap((file) => readTemplates(file, options.vocabulary, []));
  findings.push(...sameNames([...beside, ...templates], templates));
  const all = [...beside, ...templates].map(({ outline }) => outline);
  const { feedbackActions } = options.vocabulary;
  const around = {
    org: options.org,
    templates: all,
    feedbackActions,
    everywhere: [...BASE_ACTIONS, ...feedbackActions],
    storeAnswers: options.storeAnswers,
  };
  for (const rule of options.rules) {
    for (const { document, outline, isWhole } of templates) {
      if (!isWhole && !rule.takesBroken) continue;
      for (const { message, path, at, level = rule.level } of await rule.check(outline, around)) {
        findings.push({ level, rule: rule.id, message, place: document.place(path, at) });
      }
    }
  }
  return { templates, findings: sortedFindings(findings) };
}

function readTemplates(file: string, vocabulary: Vocabulary, findings: CheckFinding[]): ReadTemplate[] {
  const { documents, problems } = loadYaml(file);
  findings.push(...problems.map(findingOf));
  if (documents.length === 0 && problems.length === 0) findings.push(findingOf(nothingIn(file)));
  return documents.map((document) => {
    const checked = checkTemplate(document, vocabulary);
    const isWhole = !('problems' in checked);
    if (!isWhole) findings.push(...checked.problems.map(findingOf));
    else if (checked.ignoredKeys.length > 0) {
      const message = `${checked.ignoredKeys.join(', ')} belong to the platform's editor and are ignored.`;
      findings.push({ level: 'info', rule: IGNORED_KEYS.id, message, place: document.place() });
    }
    return { document, outline: outlineOf(document), isWhole };
  });
}

export const IGNORED_KEYS = {
  id: 'ignored-keys',
  level: 'info',
  means: 'Keys of the platform’s editor are ignored',
  help: 'Nothing needs to be done: they say nothing about what the template does.',
} as const;

function sameNames(all: readonly ReadTemplate[], checked: readonly ReadTemplate[]): CheckFinding[] {
  const first = new Map<string, ReadTemplate>();
  return all.flatMap((template): CheckFinding[] => {
    const { outline, document } = template;
    const other = first.get(outline.name);
    if (other === undefined) first.set(outline.name, template);
    if (other === undefined || !checked.includes(template)) return [];
    const { file, line } = other.document.place(['template']);
    const message = `A template "${outline.name}" stands already in ${shownFile(file)}, line ${line}. Give this one another name with "template:".`;
    return [findingOf(document.problem('template_duplicate', message, ['template']))];
  });
}

function nothingIn(file: string): StubwireError {
  const message = `${file} has no template in it. Begin with the keys template, initial_state, states and actions, or delete the file.`;
  return new StubwireError('value_invalid', message, { place: { file } });
}

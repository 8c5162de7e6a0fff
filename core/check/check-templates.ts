import type { Org } from '../contract/org.js';
import type { CheckAround, TemplateCheck } from '../contract/template-check.js';
import type { TemplateOutline } from '../contract/template-outline.js';
import { BASE_ACTIONS } from '../stub/base-actions.js';
import { type ReadTemplate, readTemplates, takenNames } from '../template/read-templates.js';
import type { Vocabulary } from '../template/vocabulary.js';
import { type CheckFinding, findingOf, sortedFindings } from './check-finding.js';
import { outlineOf } from './outline.js';

export interface CheckTemplatesOptions {
  readonly vocabulary: Vocabulary;
  readonly rules: readonly TemplateCheck[];
  readonly org: Org;
  /** Whether rules may read what is stored. */
  readonly storeAnswers: boolean;
  /** The files that a start reads: those that are not to be checked are what the others may refer to. */
  readonly started?: readonly string[];
}

export interface CheckedTemplates {
  /** Names of the templates that were checked. */
  readonly names: readonly string[];
  readonly findings: readonly CheckFinding[];
  /** They and those that a start reads beside them, as their authors wrote them. */
  readonly outlines: readonly TemplateOutline[];
}

/** Everything there is to say about template files: what keeps each from loading, then what its rules say. */
export async function checkTemplates(
  files: readonly string[],
  { vocabulary, rules, org, storeAnswers, started = [] }: CheckTemplatesOptions,
): Promise<CheckedTemplates> {
  const { templates, problems } = readTemplates(files, vocabulary);
  const { templates: others } = readTemplates(
    started.filter((file) => !files.includes(file)),
    vocabulary,
  );
  const beside = others.filter(({ name }) => !isStoodInFor(name, templates, started));
  const outlines = new Map(templates.map((template) => [template, outlineOf(template.document)]));
  const { feedbackActions } = vocabulary;
  const around: CheckAround = {
    org,
    templates: [...beside.map(({ document }) => outlineOf(document)), ...outlines.values()],
    feedbackActions,
    everywhere: [...BASE_ACTIONS, ...feedbackActions],
    storeAnswers,
  };
  const remarks = await Promise.all([...outlines].map((entry) => remarksOn(entry, rules, around)));
  return {
    names: templates.map(({ name }) => name),
    outlines: around.templates,
    findings: sortedFindings([...[...problems, ...takenNames(templates, beside)].map(findingOf), ...remarks.flat()]),
  };
}

/** A template from elsewhere, such as the next version of one that is in use, stands in for that one. */
const isStoodInFor = (name: string, templates: readonly ReadTemplate[], started: readonly string[]): boolean =>
  templates.some((template) => template.name === name && !started.includes(template.document.file));

async function remarksOn(
  [{ document, isWhole }, outline]: readonly [ReadTemplate, TemplateOutline],
  rules: readonly TemplateCheck[],
  around: CheckAround,
): Promise<CheckFinding[]> {
  const found = rules.map(async (rule): Promise<CheckFinding[]> => {
    if (!isWhole && !rule.takesBroken) return [];
    const remarks = await rule.check(outline, around);
    return remarks.map(({ message, path, at, level = rule.level }) => {
      return { level, rule: rule.id, message, place: document.place(path, at) };
    });
  });
  return (await Promise.all(found)).flat();
}

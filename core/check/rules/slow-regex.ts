import type { Remark, TemplateCheck } from '../../contract/template-check.js';
import type { OutlineText, TemplateOutline } from '../../contract/template-outline.js';
import { conditionTree } from '../condition-references.js';
import { conditionsOf } from '../outline-texts.js';

interface PlacedRegex extends Pick<OutlineText, 'path'> {
  readonly regex: RegExp;
}

export const slowRegex: TemplateCheck = {
  id: 'slow-regex',
  level: 'warning',
  means: 'A regular expression takes exponentially long for some texts',
  help: 'If a client sends such a text, the step fails (condition_failed): the expression is stopped after 100 ms. Write it so that a text can match in one way only: /^\\w+(\\s\\w+)*$/ and not /^(\\w+\\s?)*$/. The check does not find every such expression.',
  takesBroken: true,
  async check(template) {
    const found = regexesOf(template);
    if (found.length === 0) return [];
    const { analyse } = await import('scslre'); // loaded only when needed: loading takes a while
    return found.flatMap(({ regex, path }): Remark[] => {
      const { reports } = analyse(regex, { reportTypes: { Move: false } });
      const slow = reports.find(({ exponential }) => exponential);
      if (slow === undefined) return [];
      const shown = `/${regex.source}/${regex.flags.replace('g', '')}`; // JSONata adds the g
      const many = JSON.stringify(slow.character.pick);
      const message = `The regular expression ${shown} takes exponentially long for a text with many ${many} that does not match: there are too many ways to divide it between the repetitions. Write it so that a text can match in one way only, such as /^\\w+(\\s\\w+)*$/ instead of /^(\\w+\\s?)*$/.`;
      return [{ path, message }];
    });
  },
};

function regexesOf(template: TemplateOutline): PlacedRegex[] {
  const ofConditions = conditionsOf(template).flatMap(({ tree, path }) => placed(tree, path));
  const validations = template.actions.flatMap(({ fields }) => fields.flatMap((field) => field.validations));
  const ofFields = validations.flatMap(({ text, path, type, flags }) =>
    type === 'jsonata' ? placed(conditionTree(text), path) : regexOf(text, flags).map((regex) => ({ regex, path })),
  );
  return [...ofConditions, ...ofFields];
}

function regexOf(source: string, flags: string): RegExp[] {
  try {
    return [new RegExp(source, flags)];
  } catch {
    return []; // another check reports its syntax error
  }
}

const placed = (tree: unknown, path: OutlineText['path']): PlacedRegex[] =>
  regexesIn(tree).map((regex) => ({ regex, path }));

/** All regular expressions of a JSONata syntax tree. */
function regexesIn(node: unknown): RegExp[] {
  if (node instanceof RegExp) return [node];
  return typeof node === 'object' && node !== null ? Object.values(node).flatMap(regexesIn) : [];
}

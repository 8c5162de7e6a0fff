import type { Remark, TemplateCheck } from '../../contract/template-check.js';
import type { ConditionNode } from '../condition-references.js';
import { conditionsOf } from '../outline-texts.js';

/** What a condition that looks at nothing comes to; undefined for those that look at something. */
function constant({ type, value }: ConditionNode): boolean | undefined {
  return ['string', 'number', 'value'].includes(type) ? Boolean(value) : undefined;
}

export const conditionConstant: TemplateCheck = {
  id: 'condition-constant',
  level: 'warning',
  means: 'A condition is the same whatever the stub is like',
  help: 'A condition is JSONata over stub, stubpost and the other roots, such as stub.data.channel = "whatsapp". A path in quotes is only a text. A lone true is taken as meant.',
  takesBroken: true,
  check: (template) =>
    conditionsOf(template).flatMap(({ text, path, tree }): Remark[] => {
      const holds = tree && constant(tree);
      if (tree === undefined || holds === undefined || (holds && tree.type === 'value')) return [];
      if (!holds) {
        const message = `The condition ${text} never holds, so this never runs. Write what it is to depend on, such as stub.data.channel = "whatsapp", or take the part away.`;
        return [{ path, message }];
      }
      const what = tree.type === 'string' ? `is a text in quotes and not a path` : 'is a number';
      const message = `The condition ${text} ${what}, so it always holds. Write a comparison, such as stub.data.channel = "whatsapp".`;
      return [{ path, message }];
    }),
};

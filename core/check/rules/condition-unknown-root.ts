import { didYouMean, listed } from '../../config/nearest.js';
import type { TemplateCheck } from '../../contract/template-check.js';
import { ROOT_NAMES } from '../../template/reference.js';
import { conditionsOf } from '../outline-texts.js';

const ROOTS: readonly string[] = ROOT_NAMES.filter((name) => name !== 'lid');

export const conditionUnknownRoot: TemplateCheck = {
  id: 'condition-unknown-root',
  level: 'warning',
  means: 'A condition begins a path with a word that is no root',
  help: `A condition sees: ${listed(ROOTS)}. Another word is nothing to it, and what compares with nothing is false.`,
  takesBroken: true,
  check: (template) =>
    conditionsOf(template).flatMap(({ path, references }) => {
      const unknown = references.filter(([root]) => !ROOTS.includes(root!));
      return [...new Set(unknown.map((reference) => reference.join('.')))].map((written) => {
        const [root = ''] = written.split('.');
        const message = `The condition looks at "${written}", and there is no root "${root}": it finds nothing there.${didYouMean(root, ROOTS)} There are: ${listed(ROOTS)}.`;
        return { path, message };
      });
    }),
};

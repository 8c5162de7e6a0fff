import { didYouMean, listed } from '../../config/nearest.js';
import type { TemplateCheck } from '../../contract/template-check.js';
import { ROOT_NAMES } from '../../template/reference.js';
import { conditionsOf } from '../outline-texts.js';

const ROOTS: readonly string[] = ROOT_NAMES.filter((name) => name !== 'lid');
/** The condition of a field sees what was posted, too. */
const FIELD_ROOTS: readonly string[] = [...ROOTS, 'form'];

export const conditionUnknownRoot: TemplateCheck = {
  id: 'condition-unknown-root',
  level: 'warning',
  means: 'A path of a condition begins with an unknown word',
  help: `A condition sees: ${listed(ROOTS)}; one of a field also form.data, which is what was posted. Another word is nothing to it, and what compares with nothing is false.`,
  takesBroken: true,
  check: (template) =>
    conditionsOf(template).flatMap(({ path, references }) => {
      const roots = path[2] === 'fields' ? FIELD_ROOTS : ROOTS;
      const unknown = references.filter(([root]) => !roots.includes(root!));
      return [...new Set(unknown.map((reference) => reference.join('.')))].map((written) => {
        const [root = ''] = written.split('.');
        const message = `The condition reads "${written}", but "${root}" does not exist, so it finds nothing.${didYouMean(root, roots)} A path begins with one of: ${listed(roots)}.`;
        return { path, message };
      });
    }),
};

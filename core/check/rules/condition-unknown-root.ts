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
  means: 'A condition begins a path with a word that is no root',
  help: `A condition sees: ${listed(ROOTS)}; one of a field also form.data, which is what was posted. Another word is nothing to it, and what compares with nothing is false.`,
  takesBroken: true,
  check: (template) =>
    conditionsOf(template).flatMap(({ path, references }) => {
      const roots = path[2] === 'fields' ? FIELD_ROOTS : ROOTS;
      const unknown = references.filter(([root]) => !roots.includes(root!));
      return [...new Set(unknown.map((reference) => reference.join('.')))].map((written) => {
        const [root = ''] = written.split('.');
        const message = `The condition looks at "${written}", and there is no root "${root}": it finds nothing there.${didYouMean(root, roots)} There are: ${listed(roots)}.`;
        return { path, message };
      });
    }),
};

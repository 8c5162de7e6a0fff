import { formatPlaced } from '../config/problem.js';
import { type CheckFinding, countsOf } from './check-finding.js';

const counted = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;

/** For people: each finding with its line and a caret, the counts at the end. */
export function checkText(
  findings: readonly CheckFinding[],
  about: { readonly right: string; readonly files: number },
): string {
  const { error, warning, info } = countsOf(findings);
  const lines = findings.map(({ level, rule, message, place }) => formatPlaced(`${level} ${rule} ${message}`, place));
  if (error + warning === 0) return [...lines, about.right].join('\n\n');
  const counts = [
    counted(error, 'error'),
    counted(warning, 'warning'),
    ...(info > 0 ? [`${info} for information`] : []),
  ].join(', ');
  const where = about.files > 0 ? ` in ${counted(about.files, 'file')}` : '';
  return [...lines, `${counts}${where}.`].join('\n\n');
}

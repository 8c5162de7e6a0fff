import { formatPlaced } from '../config/problem.js';
import { type CheckFinding, countsOf, timesOf } from './check-finding.js';

const counted = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;

const MAX_LINES = 10;

/** ` (3 times: also at lines 5 and 9)`, for a finding at several places. */
function elsewhere(finding: CheckFinding): string {
  const lines = [...new Set((finding.also ?? []).map(({ line }) => line))].map(String);
  if (lines.length === 0) return '';
  const beyond = lines.length - MAX_LINES;
  const shown = beyond > 0 ? [...lines.slice(0, MAX_LINES), `${beyond} more`] : lines;
  const list = shown.length === 1 ? `line ${shown[0]}` : `lines ${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
  return ` (${timesOf(finding)} times: also at ${list})`;
}

/** For people: each finding with its line and a caret, the counts at the end. */
export function checkText(
  findings: readonly CheckFinding[],
  about: { readonly right: string; readonly files: number },
): string {
  const { error, warning, info } = countsOf(findings);
  const lines = findings.map((finding) => {
    const { level, rule, message, place } = finding;
    return formatPlaced(`${level} ${rule} ${message}${elsewhere(finding)}`, place);
  });
  if (error + warning === 0) return [...lines, about.right].join('\n\n');
  const counts = [
    counted(error, 'error'),
    counted(warning, 'warning'),
    ...(info > 0 ? [`${info} for information`] : []),
  ].join(', ');
  const where = about.files > 0 ? ` in ${counted(about.files, 'file')}` : '';
  return [...lines, `${counts}${where}.`].join('\n\n');
}

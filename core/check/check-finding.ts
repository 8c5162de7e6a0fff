import type { CheckLevel } from '../contract/template-check.js';
import { ERRORS, type Place, type StubwireError } from '../errors.js';

/** One thing that `stubwire check` found. */
export interface CheckFinding {
  readonly level: CheckLevel;
  /** Stable: of an error its code (`state_unknown`), else the id of the rule (`unreachable-state`). */
  readonly rule: string;
  readonly message: string;
  readonly place?: Place;
  /** Other places in the same file with the same finding. */
  readonly also?: readonly Place[];
}

/** How often a finding was made. */
export const timesOf = ({ also = [] }: CheckFinding): number => also.length + 1;

/** What a rule is, for tools that show it beside its findings. */
export interface RuleText {
  readonly id: string;
  readonly level: CheckLevel;
  readonly means: string;
  readonly help: string;
}

/** Every coded error is a rule too. */
export const ERROR_RULES: readonly RuleText[] = Object.entries(ERRORS).map(([id, { means }]) => ({
  id,
  level: 'error',
  means,
  help: 'The template does not load. The message says what was found, what there is, and what to write instead.',
}));

export const findingOf = ({ code, message, options: { place } }: StubwireError): CheckFinding => ({
  level: 'error',
  rule: code,
  message,
  ...(place && { place }),
});

export type Counts = { readonly [Level in CheckLevel]: number };

export const countsOf = (findings: readonly CheckFinding[]): Counts => {
  const count = (level: CheckLevel): number =>
    findings.filter((finding) => finding.level === level).reduce((sum, finding) => sum + timesOf(finding), 0);
  return { error: count('error'), warning: count('warning'), info: count('info') };
};

/**
 * Sorts by file, line and column; findings without a place come last. A finding about an aliased value is reported once.
 * Equal findings at several places of a file become one, at the first place.
 */
export function sortedFindings(findings: readonly CheckFinding[]): CheckFinding[] {
  const keyOf = ({ rule, message, place }: CheckFinding): string =>
    `${place?.file}:${place?.line}:${place?.column} ${rule} ${message}`;
  const distinct = [...new Map(findings.map((finding) => [keyOf(finding), finding])).values()];
  const sorted = distinct.sort((a, b) => {
    if (!a.place || !b.place) return Number(!a.place) - Number(!b.place);
    const byFile = a.place.file < b.place.file ? -1 : a.place.file > b.place.file ? 1 : 0;
    return byFile || (a.place.line ?? 0) - (b.place.line ?? 0) || (a.place.column ?? 0) - (b.place.column ?? 0);
  });
  return merged(sorted);
}

function merged(sorted: readonly CheckFinding[]): CheckFinding[] {
  const byWords = new Map<string, CheckFinding>();
  for (const finding of sorted) {
    const { level, rule, message, place, also = [] } = finding;
    const key = JSON.stringify([place?.file, level, rule, message]);
    const first = byWords.get(key);
    const places = [...(first?.also ?? []), ...(place ? [place] : []), ...also];
    byWords.set(key, first === undefined ? finding : { ...first, also: places });
  }
  return [...byWords.values()];
}

import { shownFile } from '../config/problem.js';
import type { CheckFinding } from './check-finding.js';

/** For programs: an array of `{level, rule, message, file?, line?, column?, excerpt?}`, in the order of the files. */
export const checkJson = (findings: readonly CheckFinding[]): string =>
  JSON.stringify(
    findings.map(({ place, ...finding }) => ({ ...finding, ...place, ...(place && { file: shownFile(place.file) }) })),
    undefined,
    2,
  );

import { shownFile } from '../config/problem.js';
import { type CheckFinding, timesOf } from './check-finding.js';

/**
 * For programs: an array of `{level, rule, message, file?, line?, column?, excerpt?, count?, also?}`, in the order of the
 * files. `also` lists the other places of the same file as `{line, column}`; `count` is the number of all places.
 */
export const checkJson = (findings: readonly CheckFinding[]): string =>
  JSON.stringify(
    findings.map((each) => {
      const { place, also, ...finding } = each;
      return {
        ...finding,
        ...place,
        ...(place && { file: shownFile(place.file) }),
        ...(also && { count: timesOf(each), also: also.map(({ line, column }) => ({ line, column })) }),
      };
    }),
    undefined,
    2,
  );

import type { Finding } from '../../core/index.js';

/** When Meta ends each major version of the Graph API. Newer ones have no end date yet. As of 2026-11-27. */
const ENDS: ReadonlyMap<number, string> = new Map([
  [20, '2026-09-24'],
  [21, '2027-01-21'],
  [22, '2027-05-20'],
  [23, '2027-10-08'],
  [24, '2028-02-18'],
  [25, '2028-07-29'],
]);
const OLDEST = Math.min(...ENDS.keys());
const SOON_MS = 90 * 86_400_000;
const TODO = 'Set graph_version to a newer one, such as v25.0, and try it with the emulator and a test number first.';

/** The finding of `stubwire doctor` about a profile's `graph_version`; none if its end is far away. Pure. */
export function versionFindings(version: string, nowMs: number): readonly Finding[] {
  const major = Number(/^v(\d+)\./.exec(version)?.[1]);
  const end = ENDS.get(major);
  if (major < OLDEST) {
    const message = `graph_version ${version} has ended (before ${ENDS.get(OLDEST)}): Meta may refuse its calls at any time`;
    return [{ level: 'warning', message, todo: TODO }];
  }
  if (end === undefined) return [];
  const leftMs = Date.parse(end) - nowMs;
  if (leftMs > SOON_MS) return [];
  const message =
    leftMs > 0
      ? `graph_version ${version} ends on ${end}`
      : `graph_version ${version} has ended on ${end}: Meta may refuse its calls at any time`;
  return [{ level: 'warning', message, todo: TODO }];
}

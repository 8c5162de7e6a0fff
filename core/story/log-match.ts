import type { PostView } from '../stub/stub-store.js';
import { type Found, foundOf } from './found-mismatch.js';
import { listProblem } from './message-match.js';
import { type Difference, differences, shownValue } from './partial-match.js';
import { postProblems } from './post-problems.js';
import { ANY_MORE, type Expectation, type ExpectedEntry } from './story.js';
import { textMatches } from './text-pattern.js';

/** Something of the run should have failed with this code, ours or the provider's: a task, a notification, a delivery. */
function failedDifference({ failed }: ExpectedEntry, post: PostView): Difference[] {
  const codes = postProblems(post).flatMap(({ problem: { code, provider_code } }) =>
    provider_code === undefined ? [code] : [code, String(provider_code)],
  );
  if (failed === undefined || codes.includes(failed)) return [];
  return [{ path: ['failed'], expected: failed, seen: codes.join(', ') || 'nothing failed' }];
}

function statusDifference({ status }: ExpectedEntry, { notifications }: PostView): Difference[] {
  const seen = Object.values(notifications).flatMap(({ deliveries }) => deliveries.map((each) => each.status));
  if (status === undefined || (seen.length > 0 && seen.every((each) => each === status))) return [];
  return [{ path: ['status'], expected: status, seen: seen.join(', ') || 'no delivery' }];
}

/** How the log of a stub is not as expected. Pure. */
export function logMismatches(expected: NonNullable<Expectation['log']>, log: readonly PostView[]): Found[] {
  const compare = (entry: ExpectedEntry, post: PostView): Difference[] => [
    ...differences(entry.action, post.action_name, ['action']),
    ...(entry.message !== undefined && !textMatches(entry.message, post.message)
      ? [{ path: ['message'], expected: entry.message, seen: post.message }]
      : []),
    ...failedDifference(entry, post),
    ...statusDifference(entry, post),
    ...(entry.refused === undefined ? [] : differences(entry.refused, post.refused?.code, ['refused'])),
    ...(entry.data ? differences(entry.data, post.data, ['data']) : []),
  ];
  const problem = listProblem(expected, log, compare);
  if (!problem) return [];
  const seen = log.map(({ action_name }) => action_name).join(', ');
  const wanted = expected.map((entry) => (entry === ANY_MORE ? entry : entry.action)).join(', ');
  if (problem.kind === 'different' && problem.differences[0]!.path[0] !== 'action')
    return problem.differences.map((each) => foundOf('log', { ...each, path: [problem.at, ...each.path] }));
  const at = problem.kind === 'too_many' ? [] : [problem.at];
  return [{ what: 'log', expected: wanted, seen: seen || shownValue(undefined), path: ['log', ...at] }];
}

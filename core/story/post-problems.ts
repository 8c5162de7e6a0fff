import type { Problem } from '../contract/stub.js';
import type { PostView } from '../stub/stub-store.js';

/** What went wrong in a run: the run itself, a task, a notification, a delivery. */
export interface PostProblem {
  /** `tell › to_customer › customer`. */
  readonly where: string;
  readonly problem: Problem;
}

/** All that went wrong in a run. Pure. */
export function postProblems({ action_name, refused, tasks, notifications }: PostView): PostProblem[] {
  const at = (problem: Problem | undefined, ...steps: readonly string[]): PostProblem[] =>
    problem ? [{ where: [action_name, ...steps].join(' › '), problem }] : [];
  return [
    ...at(refused),
    ...Object.entries(tasks).flatMap(([key, { error }]) => at(error, key)),
    ...Object.entries(notifications).flatMap(([key, { error, deliveries }]) => [
      ...at(error, key),
      ...deliveries.flatMap(({ recipient, history }) =>
        at(history.find(({ status }) => status === 'failed')?.error, key, recipient),
      ),
    ]),
  ];
}

import type { ServiceIdentifier } from 'inversify';
import type { ZodType } from 'zod';
import type { Tell } from './actor-kind.js';
import type { JsonObject } from './json.js';
import type { Problem, Stub, Stubpost } from './stub.js';

export interface TaskInput<Params> {
  /** `params` after substitution, checked again with the schema. */
  readonly params: Params;
  readonly stub: Stub;
  readonly stubpost: Stubpost;
  /** Unique for this task of this run and the same when it runs again: the key for anything done outside. */
  readonly idempotencyKey: string;
  readonly nowMs: number;
}

export type TaskResult =
  | {
      readonly success: true;
      readonly payload?: unknown;
      /** Merged into the run's `stub.data`, seen by later steps, stored at the commit. */
      readonly data?: JsonObject;
      /** Leave after the commit. */
      readonly tells?: readonly Tell[];
    }
  | { readonly success: false; readonly error: Problem };

/**
 * A step that an action can take, named by `tasktype`. `run` is called in the stub's turn and awaited; it may be called
 * again with the same input after a crash, so what it does outside is keyed by `idempotencyKey`. A throw is recorded
 * as a failed task and does not stop the others.
 */
export interface TaskType<Params = unknown> {
  readonly tasktype: string;
  /** Checks `params` when YAML is checked (before substitution: any string may hold a placeholder) and again after it. */
  readonly params: ZodType<Params>;
  run(input: TaskInput<Params>): TaskResult | Promise<TaskResult>;
}
// biome-ignore lint/suspicious/noExplicitAny: task types of different params share one registry
export const TaskType: ServiceIdentifier<TaskType<any>> = Symbol.for('stubwire.TaskType');

import type { ServiceIdentifier } from 'inversify';
import type { ZodType } from 'zod';
import type { Tell, Timer, Write } from './actor-kind.js';
import type { JsonObject } from './json.js';
import type { Contact, Problem, Stub, Stubpost } from './stub.js';
import type { StubTemplate } from './stub-template.js';

export interface TaskInput<Params> {
  /** `params` after substitution, checked again with the schema. */
  readonly params: Params;
  /** Keys of `params` that the template gives and that were left out, for what they refer to is not there. */
  readonly leftOut: readonly string[];
  readonly stub: Stub;
  readonly stubpost: Stubpost;
  readonly template: StubTemplate;
  readonly actioningContact?: Contact;
  /** Unique for this task of this run and the same when it runs again: the key for anything done outside. */
  readonly idempotencyKey: string;
  readonly nowMs: number;
  /** How many actions, each sent by the one before, led to this run. What the task sends is one further: `hops + 1`. */
  readonly hops: number;
  /** Names all that the first of those actions leads to. What the task sends belongs to it. */
  readonly chain: string;
  /** The run only shows what would happen: do nothing outside, and say in `payload` what would have been done. */
  readonly dryRun: boolean;
}

/** What a task changes of its stub beside the data. Each key replaces the whole of it. */
export type StubChange = Partial<
  Pick<Stub, 'subject' | 'contact_lists' | 'pointers' | 'attachments' | 'links' | 'timers'>
>;

export type TaskResult =
  | {
      readonly success: true;
      readonly payload?: unknown;
      /** Merged into the run's `stub.data`, seen by later steps, stored at the commit. */
      readonly data?: JsonObject;
      /** As `data`, of the stub's other parts. */
      readonly stub?: StubChange;
      /** Stored with the commit of the run. */
      readonly writes?: readonly Write[];
      /** Leave after the commit. Timers wait in the queue `stub-timers`, or in one that a kind names in `timerQueues`. */
      readonly tells?: readonly Tell[];
      readonly timers?: readonly Timer[];
    }
  | {
      readonly success: false;
      readonly error: Problem;
      readonly payload?: unknown;
      /** As above: what an attempt that failed leaves behind. */
      readonly writes?: readonly Write[];
    };

/**
 * A step that an action can take, named by `tasktype`. `run` is called in the stub's turn and awaited; it may be called
 * again with the same input after a crash, so what it does outside is keyed by `idempotencyKey`. A throw is recorded
 * as a failed task and does not stop the others; of `Postponed` the whole run is put off and begins anew. `params` of the schema are described (`.describe`), for an editor shows
 * them where the task is written.
 */
export interface TaskType<Params = unknown> {
  readonly tasktype: string;
  /** Checks `params` when YAML is checked (before substitution: any string may hold a placeholder) and again after it. */
  readonly params: ZodType<Params>;
  /**
   * Paths of keys in `params` that hold event paths; `*` matches any key. A filled-in value stays one segment there: its dots
   * and wildcards are percent-encoded, so that only the author's own text has separators and wildcards.
   */
  readonly eventPaths?: readonly (readonly string[])[];
  run(input: TaskInput<Params>): TaskResult | Promise<TaskResult>;
}
// biome-ignore lint/suspicious/noExplicitAny: task types of different params share one registry
export const TaskType: ServiceIdentifier<TaskType<any>> = Symbol.for('stubwire.TaskType');

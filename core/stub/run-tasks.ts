import { readValue } from '../config/read-value.js';
import { valueProblem } from '../config/value-problem.js';
import type { Json, JsonObject } from '../contract/json.js';
import type { Stub, TaskRecord } from '../contract/stub.js';
import type { TemplateTask } from '../contract/stub-template.js';
import type { StubChange, TaskResult } from '../contract/task-type.js';
import { StubwireError } from '../errors.js';
import { encodeSegment } from '../heimdall/path-pattern.js';
import { withEncodedPath } from './event-path-params.js';
import { filledIn, isOutage, problemOf, type RunDraft, rootsOf } from './run.js';
import { roomProblem } from './stub-room.js';

/** Runs the tasks in order. A failed one is recorded and does not stop the others, unless it says so. */
export async function runTasks(tasks: readonly TemplateTask[], draft: RunDraft): Promise<void> {
  for (const task of tasks) {
    const record = await runTask(task, draft);
    draft.post = { ...draft.post, tasks: { ...draft.post.tasks, [task.key]: record } };
    if (!record.success && task.stopOnFailure) return;
  }
}

async function runTask(task: TemplateTask, draft: RunDraft): Promise<TaskRecord> {
  const startedAt = performance.now();
  const duration = () => ({ task_duration_ms: Math.round(performance.now() - startedAt) });
  try {
    if (!(await draft.world.holds(task.conditions, rootsOf(draft))))
      return { success: true, skipped: true, ...duration() };
    const result = await start(task, draft);
    const payload = result.payload !== undefined && { payload: result.payload };
    draft.writes.push(...(result.writes ?? []));
    if (!result.success) return { success: false, ...payload, error: result.error, ...duration() };
    const stub = changed(draft.stub, result.data, result.stub);
    const full = result.data && roomProblem(stub.data);
    if (full) throw new StubwireError('validation_failed', `Nothing was saved: ${full}.`);
    draft.stub = stub;
    draft.tells.push(...(result.tells ?? []));
    draft.timers.push(...(result.timers ?? []));
    return { success: true, ...payload, ...duration() };
  } catch (error) {
    if (isOutage(error)) throw error;
    return { success: false, error: problemOf(error), ...duration() };
  }
}

async function start(task: TemplateTask, draft: RunDraft): Promise<TaskResult> {
  const type = draft.world.taskTypes.get(task.tasktype);
  if (!type)
    throw new StubwireError(
      'internal',
      `The task type "${task.tasktype}" was there when the template was loaded and is not now.`,
    );
  const fillEncoded = (text: string) => filledIn(text, draft, { encode: encodeSegment });
  const filled = (type.eventPaths ?? []).reduce<Json>(
    (params, keys) => withEncodedPath(task.params, params, keys, fillEncoded),
    filledIn(task.params, draft),
  ) as JsonObject;
  // A reference that gave null is not the same as a missing key: a task without its stubref would act on this stub.
  const params = readValue(type.params, filled, { keepNull: true });
  if (!params.success) {
    const message = `In the task "${task.key}", filled in: ${valueProblem(params.error, filled, ['params'])}`;
    throw new StubwireError('validation_failed', message);
  }
  return type.run({
    params: params.data,
    leftOut: Object.keys(task.params).filter((key) => filled[key] === undefined),
    stub: draft.stub,
    stubpost: draft.post,
    template: draft.template,
    ...(draft.actioningContact && { actioningContact: draft.actioningContact }),
    idempotencyKey: `${draft.post.stubpostuuid}:${task.key}`,
    nowMs: draft.world.nowMs,
    hops: draft.order.hops ?? 0,
    chain: draft.order.chain ?? draft.post.stubpostuuid,
    dryRun: draft.world.dryRun,
  });
}

const changed = (stub: Stub, data: Stub['data'] = {}, change: StubChange = {}): Stub => ({
  ...stub,
  ...change,
  data: { ...stub.data, ...data },
});

import { inject, injectable } from 'inversify';
import { z } from 'zod';
import type { JsonObject } from '../../contract/json.js';
import { MECHANISMS } from '../../contract/stub-template.js';
import type { TaskInput, TaskResult, TaskType } from '../../contract/task-type.js';
import { checkEmission, EventBus } from '../../heimdall/event-bus.js';
import { checkPath, pathProblem } from '../../heimdall/path-pattern.js';

const Params = z.strictObject({
  path: z
    .string()
    .min(1)
    .max(1_000)
    .superRefine((path, context) => {
      const problem = pathProblem(checkPath, path);
      if (problem) context.addIssue({ code: 'custom', message: problem });
    })
    .describe(
      'The event’s path: segments joined by dots, no wildcards. What is filled in is percent-encoded and stays one segment',
    ),
  mechanism: z
    .enum([...MECHANISMS, '*'])
    .default('evt')
    .describe('Which registrations take it: those of this mechanism; * is all of them'),
  data: z.record(z.string(), z.unknown()).default({}).describe('What the event says; handlers have it as heimdall'),
});

/** `heimdall_emit`: emits an event with this run’s commit, once. What was registered in the same run does not hear it. */
@injectable()
export class HeimdallEmit implements TaskType<z.infer<typeof Params>> {
  readonly tasktype = 'heimdall_emit';
  readonly params = Params;
  readonly eventPaths = [['path']];

  constructor(@inject(EventBus) private readonly bus: EventBus) {}

  async run(input: TaskInput<z.infer<typeof Params>>): Promise<TaskResult> {
    const { params, stub, idempotencyKey: id, nowMs, hops, chain, dryRun } = input;
    const { path, mechanism } = params;
    const data = params.data as JsonObject;
    checkEmission(path, data);
    const event = { id, paths: [path], mechanism, data, hops: hops + 1, chain };
    const { writes, tells, handlers, answers } = await this.bus.emission(event, {
      id: dryRun ? `dry run of ${stub.stubref}` : stub.stubref,
      nowMs,
    });
    const payload = {
      id,
      path,
      handlers: handlers.map(({ name }) => name),
      ...(answers.length > 0 && { answers }),
    };
    return { success: true, payload, writes, tells };
  }
}

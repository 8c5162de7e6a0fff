import { injectable } from 'inversify';
import { z } from 'zod';
import type { JsonObject } from '../../contract/json.js';
import type { TaskInput, TaskResult, TaskType } from '../../contract/task-type.js';
import type { StubLetter } from '../stub-actor.js';

const Params = z.strictObject({
  action_name: z.string().min(1),
  stubref: z.string().min(1).optional(),
  message: z.string().default(''),
  data: z.record(z.string(), z.unknown()).default({}),
});

/** `sendaction`: runs an action on this stub or another one, after this run is committed. */
@injectable()
export class SendAction implements TaskType<z.infer<typeof Params>> {
  readonly tasktype = 'sendaction';
  readonly params = Params;

  run({ params, stub, stubpost, idempotencyKey, hops }: TaskInput<z.infer<typeof Params>>): TaskResult {
    const stubref = params.stubref ?? stub.stubref;
    if (stubref === stub.stubref && params.action_name === stubpost.action_name) {
      const message = `The action "${params.action_name}" sends itself to its own stub, which would never end. Send another action, or the action to another stub.`;
      return { success: false, error: { code: 'sendaction_loop', message } };
    }
    const body: StubLetter = {
      type: 'run',
      action: params.action_name,
      message: params.message,
      data: params.data as JsonObject,
      posted_by: stubpost.posted_by,
      hops: hops + 1,
    };
    const tells = [{ to: { kind: 'stub', id: stubref }, id: idempotencyKey, body }];
    return { success: true, payload: { stubref, action_name: params.action_name }, tells };
  }
}

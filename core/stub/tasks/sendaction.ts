import { injectable } from 'inversify';
import { z } from 'zod';
import type { JsonObject } from '../../contract/json.js';
import type { TaskInput, TaskResult, TaskType } from '../../contract/task-type.js';
import { isStubref } from '../ids.js';
import type { StubLetter } from '../stub-letter.js';
import { lostAim } from './task-parts.js';

const Params = z
  .strictObject({
    action_name: z.string().min(1).max(100).describe('The action that runs, once this run is stored'),
    stubref: z.string().min(1).optional().describe('The stub that it runs on. Default: this one'),
    message: z.string().default('').describe('The message of its stubpost'),
    data: z.record(z.string(), z.unknown()).default({}).describe('The data of its stubpost'),
  })
  .describe('Runs an action on this stub or another one, after this run');

/** `sendaction`: runs an action on this stub or another one, after this run is committed. */
@injectable()
export class SendAction implements TaskType<z.infer<typeof Params>> {
  readonly tasktype = 'sendaction';
  readonly params = Params;

  run(input: TaskInput<z.infer<typeof Params>>): TaskResult {
    const lost = lostAim(input, 'stubref');
    if (lost) return lost;
    const { params, stub, stubpost, idempotencyKey, hops, chain } = input;
    const stubref = params.stubref ?? stub.stubref;
    if (!isStubref(stubref)) {
      const message = `stubref is "${stubref.slice(0, 60)}", which names no stub. Write one such as ${stub.stubref}; {{stubpost.tasks.<task>.payload.stubref}} is that of a stub which create_stub has made.`;
      return { success: false, error: { code: 'stub_unknown', message } };
    }
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
      chain,
    };
    const tells = [{ to: { kind: 'stub', id: stubref }, id: idempotencyKey, body }];
    return { success: true, payload: { stubref, action_name: params.action_name }, tells };
  }
}

import { inject, injectable } from 'inversify';
import { z } from 'zod';
import { numberOrText } from '../../config/number-or-text.js';
import type { JsonObject } from '../../contract/json.js';
import type { TaskInput, TaskResult, TaskType } from '../../contract/task-type.js';
import { Lids } from '../../lid/lids.js';

const HOUR_MS = 3_600_000;
const MAX_DATA = 64 * 1024;

const Params = z
  .strictObject({
    data: z.record(z.string(), z.unknown()).default({}).describe('What the LID stands for; the stubref joins it'),
    ttl_hours: numberOrText(z.number().positive().max(8_760))
      .default(168)
      .describe('How long it is kept, hours (a week)'),
  })
  .describe('Makes a short id that stands for data, for a link');

/** `create_lid`: a short id for data, to stand in a link. GET /api/lids/<lid> gives the data until its time is over. */
@injectable()
export class CreateLid implements TaskType<z.infer<typeof Params>> {
  readonly tasktype = 'create_lid';
  readonly params = Params;

  constructor(@inject(Lids) private readonly lids: Lids) {}

  async run({ params, stub, stubpost, idempotencyKey, nowMs }: TaskInput<z.infer<typeof Params>>): Promise<TaskResult> {
    const size = JSON.stringify(params.data).length;
    if (size > MAX_DATA) {
      const message = `data has ${size} characters as JSON; a LID holds at most ${MAX_DATA}. Keep it on the stub, and the stubref in the LID.`;
      return { success: false, error: { code: 'validation_failed', message } };
    }
    const lid = await this.lids.lidOf('task', idempotencyKey);
    const ttlMs = Math.ceil(params.ttl_hours * HOUR_MS);
    const data = { ...(params.data as JsonObject), stubref: stub.stubref, stubpostuuid: stubpost.stubpostuuid };
    return {
      success: true,
      payload: { lid, expires_at: new Date(nowMs + ttlMs).toISOString() },
      writes: this.lids.writes(lid, data, ttlMs, nowMs),
    };
  }
}

import { injectable } from 'inversify';
import { z } from 'zod';
import type { JsonObject } from '../../contract/json.js';
import type { TaskInput, TaskResult, TaskType } from '../../contract/task-type.js';

const Params = z
  .strictObject({
    data: z.record(z.string(), z.unknown()).describe('Keys and values that join stub.data; later steps see them'),
  })
  .describe('Merges data into the data of this stub');

/** `savedata`: merges `params.data` into the stub's data. */
@injectable()
export class SaveData implements TaskType<z.infer<typeof Params>> {
  readonly tasktype = 'savedata';
  readonly params = Params;

  run({ params }: TaskInput<z.infer<typeof Params>>): TaskResult {
    const data = params.data as JsonObject;
    return { success: true, data, payload: data };
  }
}

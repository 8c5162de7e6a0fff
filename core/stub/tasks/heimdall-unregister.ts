import { inject, injectable } from 'inversify';
import { z } from 'zod';
import type { TaskInput, TaskResult, TaskType } from '../../contract/task-type.js';
import { DecisionMemory } from '../../heimdall/decision-memory.js';
import { removalWrites, unchanged } from '../../heimdall/registration.js';
import { RegistrationName } from '../../heimdall/registration-form.js';
import { Registrations } from '../../heimdall/registrations.js';
import { Keys } from '../../redis/keys.js';
import { registrationUuid } from './heimdall-register.js';

const Params = z
  .strictObject({
    uuid: z.guid().optional().describe('The registration, as heimdall_register named it'),
    registration_name: RegistrationName.optional().describe(
      'Instead: a registration of this stub without a uuid of its own',
    ),
  })
  .superRefine(({ uuid, registration_name: name }, context) => {
    if ((uuid === undefined) !== (name === undefined)) return;
    context.addIssue({ code: 'custom', message: 'which registration? Give its uuid, or its registration_name' });
  });

/** `heimdall_unregister`: waits no longer. In force with this run's commit; one that is not there any more is no error. */
@injectable()
export class HeimdallUnregister implements TaskType<z.infer<typeof Params>> {
  readonly tasktype = 'heimdall_unregister';
  readonly params = Params;

  constructor(
    @inject(Registrations) private readonly registrations: Registrations,
    @inject(Keys) private readonly keys: Keys,
    @inject(DecisionMemory) private readonly memory: DecisionMemory,
  ) {}

  async run({ params, stub, idempotencyKey, nowMs, dryRun }: TaskInput<z.infer<typeof Params>>): Promise<TaskResult> {
    const uuid = params.uuid ?? registrationUuid(stub.stubref, params.registration_name!);
    await this.registrations.fresh();
    const known = this.registrations.get(uuid);
    const registeredNow = this.memory.before(stub.stubref, nowMs, idempotencyKey).replaced.has(uuid);
    const payload = { uuid, unregistered: known !== undefined || registeredNow };
    if (!payload.unregistered || dryRun) return { success: true, payload };
    return { success: true, payload, writes: [unchanged(this.keys, uuid, known), ...removalWrites(this.keys, uuid)] };
  }
}

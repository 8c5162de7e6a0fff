import { inject, injectable } from 'inversify';
import { z } from 'zod';
import type { JsonObject } from '../../contract/json.js';
import type { TaskInput, TaskResult, TaskType } from '../../contract/task-type.js';
import { DecisionMemory } from '../../heimdall/decision-memory.js';
import { wakeClock } from '../../heimdall/event-clock.js';
import { concernsClock, registrationWrites, type StoredRegistration, unchanged } from '../../heimdall/registration.js';
import { refuseOfTemplate, requireRoom } from '../../heimdall/registration-desk.js';
import { REGISTRATION, RegistrationName, TRIGGER } from '../../heimdall/registration-form.js';
import { Registrations } from '../../heimdall/registrations.js';
import { Keys } from '../../redis/keys.js';
import { derivedUuid } from '../ids.js';
import { StubStore } from '../stub-store.js';

const Params = z.strictObject({
  ...REGISTRATION,
  registration_name: RegistrationName.optional().describe(
    'Which registration of this stub, where no uuid is given: registering it again replaces it. Without: the action’s name',
  ),
  trigger_stubaction: z
    .strictObject({
      stubref: z.string().min(1).max(100).optional().describe('The stub it runs on; without it, this one'),
      ...TRIGGER,
    })
    .describe('What runs when the event comes'),
});

/** The uuid of a stub's registration that has none of its own. */
export const registrationUuid = (stubref: string, name: string): string =>
  derivedUuid('heimdall_register', stubref, name);

/**
 * `heimdall_register`: waits for events, and runs an action when one comes. In force with this run's commit. What is
 * registered is data: placeholders are filled in now, and not again when the event comes.
 */
@injectable()
export class HeimdallRegister implements TaskType<z.infer<typeof Params>> {
  readonly tasktype = 'heimdall_register';
  readonly params = Params;
  readonly eventPaths = [['events', '*', 'path']];

  constructor(
    @inject(Registrations) private readonly registrations: Registrations,
    @inject(StubStore) private readonly stubs: StubStore,
    @inject(Keys) private readonly keys: Keys,
    @inject(DecisionMemory) private readonly memory: DecisionMemory,
  ) {}

  async run(input: TaskInput<z.infer<typeof Params>>): Promise<TaskResult> {
    const { params, stub, stubpost, idempotencyKey, nowMs, dryRun } = input;
    const { events, on_trigger_method, trigger_stubaction: trigger } = params;
    const { stubref = stub.stubref } = trigger;
    const registration_name = params.registration_name ?? trigger.action_name;
    const uuid = params.uuid ?? registrationUuid(stub.stubref, registration_name);
    if (stubref !== stub.stubref && !(await this.stubs.exists(stubref))) {
      const message = `There is no stub "${stubref}" to run "${trigger.action_name}" on.`;
      return { success: false, error: { code: 'stub_unknown', message } };
    }
    await this.registrations.fresh();
    const known = this.registrations.get(uuid);
    if (!known) {
      refuseOfTemplate(this.registrations, uuid);
      requireRoom(this.registrations);
    }
    const stored: StoredRegistration = {
      v: 1,
      uuid,
      registration_name,
      on_trigger_method,
      events: Object.fromEntries(
        Object.entries(events).map(([name, { path, mechanism, timeout_seconds }]) => [
          name,
          { path, mechanism, ...(timeout_seconds !== undefined && { timeout_seconds }) },
        ]),
      ),
      trigger_stubaction: {
        stubref,
        action_name: trigger.action_name,
        message: trigger.message,
        data: trigger.data as JsonObject,
      },
      registered_at: new Date(nowMs).toISOString(),
      registered_by: stubpost.stubpostuuid,
    };
    const payload = { uuid, registration_name, replaced: known !== undefined };
    if (dryRun) return { success: true, payload };
    this.memory.note(stub.stubref, nowMs, idempotencyKey, { replaced: [uuid] });
    return {
      success: true,
      payload,
      writes: [unchanged(this.keys, uuid, known), ...registrationWrites(this.keys, stored)],
      ...(concernsClock(stored) && { tells: [wakeClock(`${uuid}:${nowMs}`, nowMs)] }),
    };
  }
}

import { inject, injectable } from 'inversify';
import { ActorMail } from '../actor/actor-mail.js';
import { RedisClock } from '../actor/redis-clock.js';
import type { Write } from '../contract/actor-kind.js';
import { StubwireError } from '../errors.js';
import { RedisConnection } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';
import { runProblem } from '../stub/base-actions.js';
import { StubStore } from '../stub/stub-store.js';
import { Templates } from '../template/templates.js';
import { wakeClock } from './event-clock.js';
import {
  concernsClock,
  endsAtMs,
  MAX_REGISTRATIONS,
  type Registration,
  registrationWrites,
  removalWrites,
  type StoredRegistration,
} from './registration.js';
import { Registrations } from './registrations.js';

/** Registrations as people ask for them: checked against what is there now, and in force before the answer. */
@injectable()
export class RegistrationDesk {
  constructor(
    @inject(Registrations) private readonly registrations: Registrations,
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Keys) private readonly keys: Keys,
    @inject(RedisClock) private readonly clock: RedisClock,
    @inject(StubStore) private readonly stubs: StubStore,
    @inject(Templates) private readonly templates: Templates,
    @inject(ActorMail) private readonly mail: ActorMail,
  ) {}

  /** Errors: `stub_unknown`, `action_unknown`, `registration_fixed`, `registrations_full`. */
  async register(
    asked: Omit<StoredRegistration, 'v' | 'registered_at'>,
  ): Promise<{ readonly stored: StoredRegistration; readonly replaced: boolean }> {
    await this.requireTarget(asked.trigger_stubaction);
    const [nowMs] = await this.redis.orAway(Promise.all([this.clock.nowMs(), this.registrations.fresh()]));
    if (!this.registrations.get(asked.uuid)) {
      refuseOfTemplate(this.registrations, asked.uuid);
      requireRoom(this.registrations);
    }
    const stored: StoredRegistration = { v: 1, ...asked, registered_at: new Date(nowMs).toISOString() };
    const [made] = await this.atOnce(registrationWrites(this.keys, stored));
    if (concernsClock(stored)) await this.redis.orAway(this.mail.tell([wakeClock(`${stored.uuid}:${nowMs}`, nowMs)]));
    return { stored, replaced: made === 0 };
  }

  /** Errors: `registration_unknown`, `registration_fixed`. */
  async remove(uuid: string): Promise<void> {
    const [removed] = await this.atOnce(removalWrites(this.keys, uuid));
    if (removed === 1) return;
    await this.redis.orAway(this.registrations.fresh());
    refuseOfTemplate(this.registrations, uuid);
    throw new StubwireError(
      'registration_unknown',
      `There is no registration "${uuid}": it was removed, has taken its event, or has expired. GET /api/heimdall/registrations lists them.`,
    );
  }

  /** Those in force, the newest first, those of templates last. */
  async inForce(): Promise<Registration[]> {
    const [nowMs] = await this.redis.orAway(Promise.all([this.clock.nowMs(), this.registrations.fresh()]));
    return this.registrations.all().filter((registration) => endsAtMs(registration) > nowMs);
  }

  private async requireTarget({ stubref, action_name }: StoredRegistration['trigger_stubaction']): Promise<void> {
    const stub = await this.redis.orAway(this.stubs.get(stubref));
    if (!stub) throw new StubwireError('stub_unknown', `There is no stub "${stubref}". GET /api/stubs lists them.`);
    const template = this.templates.get(stub.template);
    // The state may be another one when the event comes; an action that the template does not have never runs.
    const problem = template && runProblem(stub, template, action_name);
    if (problem?.code === 'action_unknown') throw new StubwireError('action_unknown', problem.message);
  }

  /** All of them or none; the answers of the commands. */
  private async atOnce(writes: readonly Write[]): Promise<unknown[]> {
    const transaction = this.redis.client.multi();
    for (const [command, ...args] of writes) transaction.call(command, ...args.map(String));
    const answers = await this.redis.orAway(transaction.exec());
    return answers!.map(([error, answer]) => {
      if (error) throw error;
      return answer;
    });
  }
}

/** Errors: `registration_fixed`. */
export function refuseOfTemplate(registrations: Registrations, uuid: string): void {
  const template = registrations.templateOf(uuid);
  if (template === undefined) return;
  throw new StubwireError(
    'registration_fixed',
    `The registration "${uuid}" is one of the template "${template}": change it there, under heimdall:.`,
  );
}

/** Errors: `registrations_full`. */
export function requireRoom({ storedCount }: Registrations): void {
  if (storedCount < MAX_REGISTRATIONS) return;
  throw new StubwireError(
    'registrations_full',
    `There are ${storedCount} registrations, and there may be ${MAX_REGISTRATIONS}. Give them a timeout_seconds, let them end with their event (on_trigger_method: remove), or remove some.`,
  );
}

import { inject, injectable } from 'inversify';
import type { ActorKind, Decision, Letter, Tell, Turn, Write } from '../contract/actor-kind.js';
import type { JsonObject } from '../contract/json.js';
import { Org } from '../contract/org.js';
import type { Mechanism } from '../contract/stub-template.js';
import type { StubLetter } from '../stub/stub-letter.js';
import { StubStore } from '../stub/stub-store.js';
import { filledMap, filledText } from '../template/filled-value.js';
import { isSubstitutionFailure, Substitution } from '../template/substitution.js';
import { type Registration, Registrations } from './registrations.js';
import { UnroutedInbox } from './unrouted-inbox.js';

interface EventLetter {
  readonly paths: readonly string[];
  readonly mechanism: Mechanism | '*';
  readonly data: JsonObject;
}

/** Hands events to the actions that registrations name; the events of one source in their order. Keeps no state. */
@injectable()
export class HeimdallActor implements ActorKind<null, EventLetter> {
  readonly kind = 'heimdall';
  readonly queue = 'heimdall';
  readonly stateVersion = 1;

  constructor(
    @inject(Registrations) private readonly registrations: Registrations,
    @inject(StubStore) private readonly stubs: StubStore,
    @inject(UnroutedInbox) private readonly inbox: UnroutedInbox,
    @inject(Org) private readonly org: Org,
    @inject(Substitution) private readonly substitution: Substitution,
  ) {}

  initial(): null {
    return null;
  }

  async decide(_turn: Turn<null>, letter: Letter<EventLetter>): Promise<Decision<null>> {
    const tells: Tell[] = [];
    const writes: Write[] = [];
    for (const registration of this.registrations.match(letter.body.paths, letter.body.mechanism)) {
      if (!registration.triggerStubaction) continue;
      const run = this.runOf(registration, letter);
      if (!('problem' in run) && (await this.stubs.exists(run.stubref))) {
        const body: StubLetter = { type: 'run', ...run.letter, posted_by: {}, heimdall: letter.body.data };
        tells.push({ to: { kind: 'stub', id: run.stubref }, id: `${letter.id}:${registration.uuid}`, body });
      } else {
        const why =
          'problem' in run
            ? `could not be filled in: ${run.problem}`
            : `runs "${run.letter.action}" on the stub "${run.stubref}", which does not exist.`;
        const reason = `The registration "${registration.name}" of "${registration.template}" ${why}`;
        writes.push(
          ...this.inbox.writes({
            id: `${letter.id}:${registration.uuid}`,
            atMs: letter.atMs,
            reason,
            path: letter.body.paths[0] ?? '',
            data: letter.body.data,
          }),
        );
      }
    }
    return { state: null, tells, writes };
  }

  private runOf(registration: Registration, { body, atMs }: Letter<EventLetter>) {
    const { stubref, action_name, message, data } = registration.triggerStubaction!;
    const roots = { heimdall: body.data, org: this.org, template: registration.templateRoot };
    const written = { stubref, action_name, message, data };
    let filled: JsonObject;
    try {
      filled = filledMap(this.substitution.fill(written, roots, { atMs }));
    } catch (error) {
      if (isSubstitutionFailure(error)) return { problem: error.message };
      throw error;
    }
    const letter = {
      action: filledText(filled['action_name']),
      message: filledText(filled['message']),
      data: filledMap(filled['data']),
    };
    return { stubref: filledText(filled['stubref']).trim(), letter };
  }
}

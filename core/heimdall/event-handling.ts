import type { Tell, Write } from '../contract/actor-kind.js';
import type { JsonObject } from '../contract/json.js';
import type { Org } from '../contract/org.js';
import type { StubwireError } from '../errors.js';
import type { Keys } from '../redis/keys.js';
import { derivedStubref, stubpostIdOf } from '../stub/ids.js';
import type { StubLetter } from '../stub/stub-letter.js';
import type { StubStore } from '../stub/stub-store.js';
import { filledMap, filledText } from '../template/filled-value.js';
import { isSubstitutionFailure, type Substitution } from '../template/substitution.js';
import type { EventAnswer, HeimdallEvent, MadeStub } from './heimdall-event.js';
import { endsWithIt, type Registration, removalWrites, unchanged } from './registration.js';
import { unroutedWrites } from './unrouted-item.js';

/** What the handlers of an event come to. */
export interface Handled {
  readonly writes: readonly Write[];
  readonly tells: readonly Tell[];
  readonly answers: readonly EventAnswer[];
  readonly made?: MadeStub;
  /** A registration that was to make a stub could not be filled in: which, and why. */
  readonly problem?: { readonly of: Registration; readonly error: StubwireError };
}

interface TriggeredRun {
  readonly stubref: string;
  readonly action: string;
  readonly message: string;
  readonly data: JsonObject;
}

/** What one registration makes of an event: letters to one stub, or why nothing came of it. */
type Outcome =
  | { readonly tells: readonly Tell[]; readonly made?: MadeStub }
  | { readonly lost: string; readonly error?: StubwireError };

/** Turns the registrations that take an event into letters to stubs. It reads which stubs there are, and writes nothing. */
export class EventHandling {
  constructor(
    private readonly keys: Keys,
    private readonly stubs: StubStore,
    private readonly org: Org,
    private readonly substitution: Substitution,
  ) {}

  /** `replaced`: those that the same decision has registered anew. They hear it as they were, and the new ones stay. */
  async handle(
    event: HeimdallEvent,
    registrations: readonly Registration[],
    nowMs: number,
    replaced?: ReadonlySet<string>,
  ): Promise<Handled> {
    const outcomes = await Promise.all(registrations.map((one) => this.outcomeOf(event, one, nowMs)));
    const writes: Write[] = [];
    const tells: Tell[] = [];
    const answers: EventAnswer[] = [];
    let made: MadeStub | undefined;
    let problem: Handled['problem'];
    for (const [at, outcome] of outcomes.entries()) {
      const registration = registrations[at]!;
      const { uuid, name } = registration;
      if (endsWithIt(registration)) {
        writes.push(unchanged(this.keys, uuid, registration));
        if (!replaced?.has(uuid)) writes.push(...removalWrites(this.keys, uuid));
      }
      if ('lost' in outcome) {
        if (registration.createStub && outcome.error) problem ??= { of: registration, error: outcome.error };
        if (registration.createStub && event.feedback) continue; // whoever emits a person's message keeps it whole
        const { paths, data } = event;
        // The event is not lost with it: somebody is to see it.
        const item = { id: `${event.id}:${uuid}`, atMs: nowMs, reason: outcome.lost, path: paths[0] ?? '', data };
        writes.push(...unroutedWrites(this.keys, item));
        continue;
      }
      tells.push(...outcome.tells);
      made ??= outcome.made;
      const { to, id } = outcome.tells.at(-1)!;
      const stubpostuuid = stubpostIdOf(to.id, id);
      answers.push({ registration_uuid: uuid, registration_name: name, stubref: to.id, stubpostuuid });
    }
    return { writes, tells, answers, ...(made && { made }), ...(problem && { problem }) };
  }

  private async outcomeOf(event: HeimdallEvent, registration: Registration, nowMs: number): Promise<Outcome> {
    try {
      if (registration.createStub) return this.stubOf(event, registration, nowMs);
      const run = this.runOf(event, registration, nowMs);
      if (!(await this.stubs.exists(run.stubref)))
        return {
          lost: `${called(registration)} runs "${run.action}" on the stub "${run.stubref}", which does not exist.`,
        };
      return { tells: [runTell(event, registration, run)] };
    } catch (error) {
      // A text of a template that cannot be filled in stops neither the other handlers nor who emits.
      if (!isSubstitutionFailure(error)) throw error;
      return { lost: `${called(registration)} could not be filled in: ${error.message}`, error };
    }
  }

  /** What a template wrote is filled in with the event. A stored registration is data already, and is not looked into. */
  private runOf(event: HeimdallEvent, registration: Registration, nowMs: number): TriggeredRun {
    const { triggerStubaction: trigger, stored } = registration;
    const { stubref, action_name, message, data } = stored
      ? (trigger as unknown as JsonObject)
      : this.filled({ ...trigger! }, event, registration, nowMs);
    return {
      stubref: filledText(stubref).trim(),
      action: filledText(action_name),
      message: filledText(message),
      data: filledMap(data),
    };
  }

  private filled(text: JsonObject, { data }: HeimdallEvent, { templateRoot }: Registration, nowMs: number): JsonObject {
    const roots = { heimdall: data, org: this.org, template: templateRoot };
    return filledMap(this.substitution.fill(text, roots, { atMs: nowMs }));
  }

  private stubOf(event: HeimdallEvent, registration: Registration, nowMs: number): Outcome {
    const { uuid, createStub, template } = registration;
    const { subject, data, run, stubsessionHours } = createStub!;
    const { client } = event;
    const stubref = derivedStubref(nowMs, `${event.id} ${uuid}`);
    const filled = this.filled({ subject, data }, event, registration, nowMs);
    const to = { kind: 'stub', id: stubref };
    const create: StubLetter = {
      type: 'create',
      template: template!,
      subject: filledText(filled['subject']),
      message: '',
      data: { ...filledMap(filled['data']), heimdall: event.data },
      contact_lists: {},
      ...(client && { created_by: client }),
      posted_by: {},
      ...ledTo(event),
    };
    const tells: Tell[] = [{ to, id: `${event.id}:create`, body: create }];
    if (run !== undefined) {
      const body: StubLetter = {
        type: 'feedback',
        action: run,
        feedback: event.feedback ?? { incoming: event.data },
        ...(client && { client }),
        heimdall: event.data,
        ...ledTo(event),
      };
      tells.push({ to, id: `${event.id}:run`, body });
    }
    return { tells, made: { stubref, ...(stubsessionHours !== undefined && { stubsessionHours }) } };
  }
}

const called = ({ name, template, uuid }: Registration): string =>
  `The registration "${name}" ${template === undefined ? `(${uuid})` : `of "${template}"`}`;

/** All that an event leads to is one chain, by whatever it began. */
const ledTo = ({ id, hops, chain = id }: HeimdallEvent) => ({ ...(hops !== undefined && { hops }), chain });

function runTell(event: HeimdallEvent, registration: Registration, { stubref, ...run }: TriggeredRun): Tell {
  const { uuid, registeredAtMs } = registration;
  const body: StubLetter = {
    type: 'run',
    ...run,
    posted_by: {},
    heimdall: event.data,
    ...ledTo(event),
  };
  // One that ends with it runs once for all events that may take it, also for two of one commit.
  const id = endsWithIt(registration) ? `taken:${uuid}:${registeredAtMs}` : `${event.id}:${uuid}`;
  return { to: { kind: 'stub', id: stubref }, id, body };
}

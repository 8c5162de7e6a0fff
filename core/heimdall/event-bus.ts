import { randomUUID } from 'node:crypto';
import { inject, injectable } from 'inversify';
import { ActorMail } from '../actor/actor-mail.js';
import { RedisClock } from '../actor/redis-clock.js';
import type { Tell, Write } from '../contract/actor-kind.js';
import type { Feedback } from '../contract/feedback-action.js';
import type { JsonObject } from '../contract/json.js';
import { Org } from '../contract/org.js';
import type { ContactPoint } from '../contract/stub.js';
import type { Mechanism } from '../contract/stub-template.js';
import type { StubwireError } from '../errors.js';
import { RedisConnection } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';
import { derivedStubref } from '../stub/ids.js';
import type { StubLetter } from '../stub/stub-letter.js';
import { filledMap, filledText } from '../template/filled-value.js';
import { isSubstitutionFailure, Substitution } from '../template/substitution.js';
import { type Registration, Registrations } from './registrations.js';

/** Events kept for watchers who come back. */
const EVENTS_KEPT = 10_000;

export interface HeimdallEvent {
  /** Stable: the same event emitted twice has the same id, and its handlers run once. */
  readonly id: string;
  /** One emission may have several paths; a registration that matches more than one takes it once. */
  readonly paths: readonly string[];
  readonly mechanism: Mechanism | '*';
  readonly data: JsonObject;
  /** Where a person's message is the event: the message, and who sent it, for `create_stub`. */
  readonly feedback?: Feedback;
  readonly client?: ContactPoint & { readonly name: string };
  /** How many actions, each sent by the one before, led to it. */
  readonly hops?: number;
}

/** What emitting an event comes to: commands and letters for the commit of whoever emits it. */
export interface Emission {
  readonly writes: readonly Write[];
  readonly tells: readonly Tell[];
  /** Registrations that take it. */
  readonly handlers: readonly Registration[];
  /** Why a `create_stub` handler makes none: its texts could not be filled in. It is not among the handlers. */
  readonly problem?: StubwireError;
  /** The stub that a `create_stub` handler makes of it. */
  readonly made?: { readonly stubref: string; readonly stubsessionHours?: number };
}

/** Emits events: to the live stream, and to the registrations that match. */
@injectable()
export class EventBus {
  constructor(
    @inject(Keys) private readonly keys: Keys,
    @inject(Registrations) private readonly registrations: Registrations,
    @inject(Org) private readonly org: Org,
    @inject(Substitution) private readonly substitution: Substitution,
    @inject(ActorMail) private readonly mail: ActorMail,
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(RedisClock) private readonly clock: RedisClock,
  ) {}

  /**
   * Writes nothing: what an actor adds to its decision to emit an event. `source` orders the actions that events of one source
   * start (a conversation's id).
   */
  async emission(event: HeimdallEvent, source: string, nowMs: number): Promise<Emission> {
    const { id, paths, mechanism, data } = event;
    const handlers = this.registrations.match(paths, mechanism);
    const at = new Date(nowMs).toISOString();
    const json = JSON.stringify(data);
    const writes = paths.map(
      (path): Write => [
        'XADD',
        this.keys.events(),
        'MAXLEN',
        '~',
        EVENTS_KEPT,
        '*',
        'id',
        id,
        'path',
        path,
        'mechanism',
        mechanism,
        'data',
        json,
        'at',
        at,
      ],
    );
    const tells: Tell[] = [];
    if (handlers.some(({ triggerStubaction }) => triggerStubaction)) {
      tells.push({ to: { kind: 'heimdall', id: source }, id, body: { paths, mechanism, data } });
    }
    const maker = handlers.find(({ createStub }) => createStub);
    if (!maker) return { writes, tells, handlers };
    try {
      const made = this.makeStub(event, maker, nowMs);
      return { writes, tells: [...tells, ...made.tells], handlers, made };
    } catch (error) {
      if (!isSubstitutionFailure(error)) throw error;
      return { writes, tells, handlers: handlers.filter((handler) => handler !== maker), problem: error };
    }
  }

  /** Emits an event that comes from outside any actor. Resolves when it is safe. */
  async emit(
    { path, mechanism, data }: { path: string; mechanism: Mechanism | '*'; data: JsonObject },
    idempotencyKey?: string,
  ) {
    const id = idempotencyKey ?? randomUUID();
    const nowMs = await this.redis.orAway(this.clock.nowMs());
    const { writes, tells, handlers, problem } = await this.emission({ id, paths: [path], mechanism, data }, id, nowMs);
    await this.redis.orAway(this.mail.tell(tells));
    for (const [command, ...args] of writes)
      await this.redis.orAway(this.redis.client.call(command, ...args.map(String)));
    if (problem) throw problem;
    return { id, handlers: handlers.length };
  }

  private makeStub(event: HeimdallEvent, registration: Registration, nowMs: number) {
    const { subject, data, run, stubsessionHours } = registration.createStub!;
    const stubref = derivedStubref(nowMs, `${event.id} ${registration.uuid}`);
    const roots = { heimdall: event.data, org: this.org, template: registration.templateRoot };
    const filled = filledMap(this.substitution.fill({ subject, data }, roots, { atMs: nowMs }));
    const to = { kind: 'stub', id: stubref };
    const create: StubLetter = {
      type: 'create',
      template: registration.template,
      subject: filledText(filled['subject']),
      message: '',
      data: { ...filledMap(filled['data']), heimdall: event.data },
      contact_lists: {},
      ...(event.client && { created_by: event.client }),
      posted_by: {},
    };
    const tells: Tell[] = [{ to, id: `${event.id}:create`, body: create }];
    if (run !== undefined) {
      const body: StubLetter = {
        type: 'feedback',
        action: run,
        feedback: event.feedback ?? { incoming: event.data },
        ...(event.client && { client: event.client }),
        heimdall: event.data,
      };
      tells.push({ to, id: `${event.id}:run`, body });
    }
    return { stubref, tells, ...(stubsessionHours !== undefined && { stubsessionHours }) };
  }
}

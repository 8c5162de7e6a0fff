import { randomUUID } from 'node:crypto';
import { inject, injectable } from 'inversify';
import { ActorMail } from '../actor/actor-mail.js';
import { RedisClock } from '../actor/redis-clock.js';
import type { Tell, Turn, Write } from '../contract/actor-kind.js';
import type { JsonObject } from '../contract/json.js';
import { Org } from '../contract/org.js';
import type { Mechanism } from '../contract/stub-template.js';
import { StubwireError } from '../errors.js';
import { RedisConnection } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';
import { derivedUuid } from '../stub/ids.js';
import { chainWrites } from '../stub/run-chains.js';
import { StubStore } from '../stub/stub-store.js';
import { Substitution } from '../template/substitution.js';
import { CLOCK_PATHS } from './clock-minutes.js';
import { DecisionMemory } from './decision-memory.js';
import { EventHandling, type Handled } from './event-handling.js';
import { chooseHandlers, type HandlerChoice } from './handler-choice.js';
import type { EventAnswer, HeimdallEvent, MadeStub } from './heimdall-event.js';
import { checkPath } from './path-pattern.js';
import { endsWithIt, type Registration } from './registration.js';
import { Registrations } from './registrations.js';
import { ageOf, nextInTurn, type Rotation } from './rotation.js';

export type { HeimdallEvent } from './heimdall-event.js';

/** Events kept for watchers who come back. */
const EVENTS_KEPT = 10_000;
/** Handlers of one event that one commit tells. Of more, the others are told in commits of their own. */
const HANDLERS_A_COMMIT = 200;

/** The actor that hands out events. */
export const HEIMDALL = 'heimdall';
/** The one that emits what comes from outside, in the order in which it was accepted. */
const OUTSIDE = 'outside';

/** Letters of the actor `heimdall`. */
export type EventLetter =
  /** An event from outside. `collect`: which stubposts answer it is kept for who asks. */
  | { readonly type: 'emit'; readonly event: HeimdallEvent; readonly collect: boolean }
  /** Further handlers of an event that was emitted. */
  | { readonly type: 'hand_on'; readonly event: HeimdallEvent; readonly uuids: readonly string[] }
  /** An event that one of several takes in turn. */
  | { readonly type: 'in_turn'; readonly event: HeimdallEvent };

/** Data of an event that is emitted by hand or by a task, characters as JSON: each handler gets a copy. */
const MAX_DATA = 64 * 1024;

/** Refuses what may not be emitted. Errors: `path_invalid`, `validation_failed`. */
export function checkEmission(path: string, data: JsonObject): void {
  checkPath(path);
  if (path.startsWith(CLOCK_PATHS))
    throw new StubwireError(
      'path_invalid',
      `The path "${path.slice(0, 100)}" is the clock’s, which alone emits it. Take another one.`,
    );
  const size = JSON.stringify(data).length;
  if (size > MAX_DATA)
    throw new StubwireError(
      'validation_failed',
      `data has ${size} characters as JSON; an event has at most ${MAX_DATA}. Put the rest where a handler can fetch it.`,
    );
}

type EmittingTurn = Pick<Turn<unknown>, 'id' | 'nowMs' | 'readAt'>;

/** What emitting an event comes to: commands and letters for the commit of whoever emits it. */
export interface Emission {
  readonly writes: readonly Write[];
  readonly tells: readonly Tell[];
  /** Registrations that take it; where several take turns, they stand as one. */
  readonly handlers: readonly { readonly name: string }[];
  /** The stubposts that answer it, of those registered with `evb`; of the first 200 handlers. */
  readonly answers: readonly EventAnswer[];
  /** Why a `create_stub` handler makes none: its texts could not be filled in. It is not among the handlers. */
  readonly problem?: StubwireError;
  /** The stub that a `create_stub` handler makes of it; of several, the oldest's. */
  readonly made?: MadeStub;
}

/**
 * Emits events: to the live stream, and to the registrations that match. Who takes an event is decided where it is emitted,
 * and committed with it: a registration that ends with its first event is taken out in the same commit, under the condition
 * that it is still there, so of two events that come at once one runs it, and the other is decided anew without it.
 *
 * Live events are a stream of Redis, not BullMQ's `Relay`: entries are written in the commit of whatever emits, so none is
 * lost or doubled, and a watcher goes on where it stopped.
 */
@injectable()
export class EventBus {
  private readonly handling: EventHandling;

  constructor(
    @inject(Keys) private readonly keys: Keys,
    @inject(Registrations) private readonly registrations: Registrations,
    @inject(StubStore) stubs: StubStore,
    @inject(Org) org: Org,
    @inject(Substitution) substitution: Substitution,
    @inject(ActorMail) private readonly mail: ActorMail,
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(RedisClock) private readonly clock: RedisClock,
    @inject(DecisionMemory) private readonly memory: DecisionMemory,
  ) {
    this.handling = new EventHandling(keys, stubs, org, substitution);
  }

  /**
   * Writes nothing: what an actor adds to its decision to emit an event. `turn` says whose decision it is (`id`:
   * a conversation's, a stubref). A stub gets the events of one source in their order; of one with over 200 handlers, those beyond may have theirs later.
   */
  async emission(event: HeimdallEvent, { id: source, nowMs, readAt }: EmittingTurn): Promise<Emission> {
    const { ended, replaced } = this.memory.before(source, nowMs, event.id);
    const choice = await this.choice(event, nowMs, { ended, readAt });
    const { taken, inTurn, turnOf } = choice;
    const alone = inTurn.length === 1 ? inTurn : [];
    const all = [...taken, ...alone];
    const handled = await this.handOut(event, all, source, nowMs, replaced);
    const tells: Tell[] = [...handled.tells];
    if (inTurn.length > 1) {
      const body: EventLetter = { type: 'in_turn', event };
      tells.push({ to: { kind: HEIMDALL, id: `turn ${derivedUuid('turn', turnOf)}` }, id: event.id, body });
    }
    const answering = new Set([...choice.answering].map(({ uuid }) => uuid));
    const { problem, made, answers } = handled;
    const handlers = all.filter((one) => one !== problem?.of);
    return {
      writes: [...this.streamed(event, nowMs), ...handled.writes],
      tells,
      handlers: inTurn.length > 1 ? [...handlers, { name: namesInTurn(inTurn) }] : handlers,
      answers: answers.filter(({ registration_uuid }) => answering.has(registration_uuid)),
      ...(problem && { problem: problem.error }),
      ...(made && { made }),
    };
  }

  /** The rest of an event's handlers, by uuid: those that are still there. */
  async handOn(event: HeimdallEvent, uuids: readonly string[], turn: EmittingTurn): Promise<Handled> {
    const { id: source, nowMs, readAt } = turn;
    const wanted = new Set(uuids);
    const { taken } = await this.choice(event, nowMs, { readAt });
    const left = taken.filter(({ uuid }) => wanted.has(uuid));
    const handled = await this.handOut(event, left, source, nowMs);
    const counted = chainWrites(this.keys, event.chain, handled.tells.length);
    return { ...handled, writes: [...handled.writes, ...counted] };
  }

  /** Whose turn it is takes the event. Undefined where nobody is left who takes turns. */
  async takeTurn(
    event: HeimdallEvent,
    rotation: Rotation | null,
    { nowMs, readAt }: EmittingTurn,
  ): Promise<(Handled & { readonly rotation: Rotation }) | undefined> {
    const { inTurn } = await this.choice(event, nowMs, { readAt });
    const next = nextInTurn(inTurn, rotation?.last);
    if (!next) return undefined;
    const handled = await this.handling.handle(event, [next], nowMs);
    return { ...handled, rotation: { last: ageOf(next), usedAtMs: nowMs } };
  }

  /**
   * Emits an event that comes from outside any actor: in the turn of one, in the order of acceptance. Resolves when it is
   * safe, with how many registrations match it now. Errors: `path_invalid`, `validation_failed`, `store_away`.
   */
  async emit(
    given: { readonly path: string; readonly mechanism: Mechanism | '*'; readonly data: JsonObject },
    {
      idempotencyKey,
      collect = false,
    }: { readonly idempotencyKey?: string | undefined; readonly collect?: boolean } = {},
  ): Promise<{ readonly id: string; readonly handlers: number }> {
    const { path, mechanism, data } = given;
    checkEmission(path, data);
    const event: HeimdallEvent = { id: idempotencyKey ?? randomUUID(), paths: [path], mechanism, data };
    const nowMs = await this.redis.orAway(this.clock.nowMs());
    const { taken, inTurn } = await this.redis.orAway(this.choice(event, nowMs));
    const body: EventLetter = { type: 'emit', event, collect };
    await this.redis.orAway(this.mail.tell([{ to: { kind: HEIMDALL, id: OUTSIDE }, id: event.id, body }]));
    return { id: event.id, handlers: taken.length + (inTurn.length > 0 ? 1 : 0) };
  }

  private async choice(
    event: HeimdallEvent,
    nowMs: number,
    { ended, readAt }: { readonly ended?: ReadonlySet<string>; readonly readAt?: number | undefined } = {},
  ): Promise<HandlerChoice> {
    const { id, paths, mechanism, sinceMs = Number.POSITIVE_INFINITY } = event;
    await this.registrations.fresh(readAt);
    const claims = this.registrations
      .claims(paths, nowMs)
      .filter(({ registration: { registeredAtMs, uuid } }) => registeredAtMs <= sinceMs && !ended?.has(uuid));
    return chooseHandlers(claims, mechanism, id);
  }

  private async handOut(
    event: HeimdallEvent,
    registrations: readonly Registration[],
    source: string,
    nowMs: number,
    replaced?: ReadonlySet<string>,
  ): Promise<Handled> {
    const now = registrations.slice(0, HANDLERS_A_COMMIT);
    const handled = await this.handling.handle(event, now, nowMs, replaced);
    const ended = now.filter(endsWithIt).map(({ uuid }) => uuid);
    this.memory.note(source, nowMs, event.id, { ended });
    const later = registrations.slice(HANDLERS_A_COMMIT);
    if (later.length === 0) return handled;
    const body: EventLetter = { type: 'hand_on', event, uuids: later.map(({ uuid }) => uuid) };
    const to = { kind: HEIMDALL, id: `from ${source}` };
    return { ...handled, tells: [...handled.tells, { to, id: `${event.id}:${later.length}`, body }] };
  }

  private streamed({ id, paths, mechanism, data }: HeimdallEvent, nowMs: number): Write[] {
    const at = new Date(nowMs).toISOString();
    const json = JSON.stringify(data);
    const fields = (path: string) => ['id', id, 'path', path, 'mechanism', mechanism, 'data', json, 'at', at];
    return paths.map((path): Write => ['XADD', this.keys.events(), 'MAXLEN', '~', EVENTS_KEPT, '*', ...fields(path)]);
  }
}

const namesInTurn = (registrations: readonly Registration[]): string =>
  `${registrations
    .slice(0, 3)
    .map(({ name }) => name)
    .join(' or ')}${registrations.length > 3 ? ' or others' : ''}, in turn`;

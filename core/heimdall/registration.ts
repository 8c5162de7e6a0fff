import type { Write } from '../contract/actor-kind.js';
import type { JsonObject } from '../contract/json.js';
import type { Mechanism, StubTemplate, TemplateRegistration } from '../contract/stub-template.js';
import type { Keys } from '../redis/keys.js';
import { derivedUuid } from '../stub/ids.js';
import { mayBeOfClock, namedMinute } from './clock-minutes.js';

/** Registrations there may be beside those of templates. Every process holds all of them in memory. */
export const MAX_REGISTRATIONS = 200_000;
/** Changes that a process may be behind before it reads all registrations anew. */
const CHANGES_KEPT = 10_000;

/** A registration as it is stored, in the words of the API. */
export interface StoredRegistration {
  readonly v: 1;
  readonly uuid: string;
  readonly registration_name: string;
  readonly on_trigger_method: 'keep' | 'remove';
  readonly events: {
    readonly [name: string]: {
      readonly path: string;
      readonly mechanism: Mechanism;
      readonly timeout_seconds?: number;
    };
  };
  readonly trigger_stubaction: {
    readonly stubref: string;
    readonly action_name: string;
    readonly message: string;
    readonly data: JsonObject;
  };
  readonly registered_at: string;
  /** The stubpost of the run that created it. */
  readonly registered_by?: string;
}

/** One of the patterns that a registration waits for. */
export interface RegisteredEvent {
  readonly path: string;
  readonly mechanism: Mechanism;
  /** From then on it is as if it were not there. ms */
  readonly expiresAtMs: number;
  /** It may match an event of the clock; `minuteMs`: only that minute's, which it names in full. */
  readonly clock?: { readonly minuteMs?: number };
}

function registeredEvent(path: string, mechanism: Mechanism, expiresAtMs = Number.POSITIVE_INFINITY): RegisteredEvent {
  if (!mayBeOfClock(path)) return { path, mechanism, expiresAtMs };
  const minuteMs = namedMinute(path);
  return { path, mechanism, expiresAtMs, clock: minuteMs === undefined ? {} : { minuteMs } };
}

/** Who wants which events, and what is done then. */
export interface Registration extends Pick<TemplateRegistration, 'createStub' | 'triggerStubaction'> {
  readonly uuid: string;
  readonly name: string;
  readonly events: readonly RegisteredEvent[];
  /** Age: ms, and the place among those of the same ms. Those of templates are older than any other. */
  readonly registeredAtMs: number;
  readonly place: number;
  /** The template whose file declares it, and which a stub it makes is of. */
  readonly template?: string;
  /** What its texts see of the template. */
  readonly templateRoot?: { readonly name: string; readonly data: JsonObject };
  /** Absent for one of a template. */
  readonly stored?: StoredRegistration;
}

export const ofTemplate = (
  { name: template, data }: Pick<StubTemplate, 'name' | 'data'>,
  written: TemplateRegistration,
  place: number,
): Registration => ({
  uuid: derivedUuid('registration', template, written.name),
  name: written.name,
  events: [registeredEvent(written.path, written.mechanism)],
  registeredAtMs: 0,
  place,
  template,
  templateRoot: { name: template, data },
  ...(written.createStub && { createStub: written.createStub }),
  ...(written.triggerStubaction && { triggerStubaction: written.triggerStubaction }),
});

export function ofRecord(stored: StoredRegistration): Registration {
  const registeredAtMs = Date.parse(stored.registered_at);
  return {
    uuid: stored.uuid,
    name: stored.registration_name,
    events: Object.values(stored.events).map(({ path, mechanism, timeout_seconds: seconds }) =>
      registeredEvent(path, mechanism, seconds === undefined ? undefined : registeredAtMs + seconds * 1_000),
    ),
    registeredAtMs,
    place: 0,
    triggerStubaction: stored.trigger_stubaction,
    stored,
  };
}

export type Age = Pick<Registration, 'uuid' | 'registeredAtMs' | 'place'>;

/** Sorts the older first, the same in every process. */
export const byAge = (a: Age, b: Age): number =>
  a.registeredAtMs - b.registeredAtMs || a.place - b.place || (a.uuid < b.uuid ? -1 : a.uuid > b.uuid ? 1 : 0);

/** Whether it is gone with the first event that it takes. */
export const endsWithIt = ({ stored }: Registration): boolean => stored?.on_trigger_method === 'remove';

/** From when on none of its events counts, ms. */
export const endsAtMs = ({ events }: Registration): number => Math.max(...events.map(({ expiresAtMs }) => expiresAtMs));

const changed = (keys: Keys, uuid: string): Write => [
  'XADD',
  keys.registrationChanges(),
  'MAXLEN',
  '~',
  CHANGES_KEPT,
  '*',
  'uuid',
  uuid,
];

/** Stores it; one of the same uuid is replaced. */
export function registrationWrites(keys: Keys, stored: StoredRegistration): Write[] {
  const { uuid } = stored;
  const endMs = endsAtMs(ofRecord(stored));
  return [
    ['HSET', keys.registrations(), uuid, JSON.stringify(stored)],
    Number.isFinite(endMs)
      ? ['ZADD', keys.registrationExpiries(), endMs, uuid]
      : ['ZREM', keys.registrationExpiries(), uuid],
    changed(keys, uuid),
  ];
}

/** Whether the clock has something to do with it: a minute to emit, or an end to see to. */
export const concernsClock = ({ events }: StoredRegistration): boolean =>
  Object.values(events).some(({ path, timeout_seconds }) => timeout_seconds !== undefined || mayBeOfClock(path));

export const removalWrites = (keys: Keys, uuid: string): Write[] => [
  ['HDEL', keys.registrations(), uuid],
  ['ZREM', keys.registrationExpiries(), uuid],
  changed(keys, uuid),
];

/** The condition that nobody has replaced or taken it since it was read; of an uuid without one, that it still has none. */
export const unchanged = (keys: Keys, uuid: string, known: Registration | undefined): Write => [
  'REQUIRE',
  keys.registrations(),
  uuid,
  known?.stored ? JSON.stringify(known.stored) : '',
];

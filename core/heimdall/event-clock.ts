import { inject, injectable } from 'inversify';
import type { Decision, Tell, Timer, Turn, Write } from '../contract/actor-kind.js';
import { RedisConnection } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';
import { dueMinutes, MINUTE_MS, minuteOf, minutePaths } from './clock-minutes.js';
import { EventBus, HEIMDALL } from './event-bus.js';
import { endsAtMs, removalWrites, unchanged } from './registration.js';
import { Registrations } from './registrations.js';

/** Where the next minute waits. */
export const CLOCK_QUEUE = 'heimdall-clock';
/** The id of the actor that is the clock. */
export const CLOCK = 'clock';

const MINUTES_A_TURN = 10;
const EXPIRED_A_TURN = 200;
/** How long it sleeps at most while somebody waits for a minute that is far. */
const LONGEST_SLEEP_MS = 10 * MINUTE_MS;
/** Timers are set by another clock than the one that decides; a little late is better than too early. */
const LATE_MS = 5;

export interface ClockState {
  /** All minutes up to this one are done with. */
  readonly emittedMs: number;
  /** Nobody wanted any when it last looked: those that went by since are nobody's. */
  readonly isIdle: boolean;
}

/** Both mean: look what time it is. `begin` comes where somebody may want minutes who did not: from `sinceMs` on. */
export type ClockLetter = { readonly type: 'begin'; readonly sinceMs?: number } | { readonly type: 'minute' };

/** The letter that wakes the clock; the same name wakes it once. */
export const wakeClock = (name: string, sinceMs?: number): Tell => {
  const body: ClockLetter = { type: 'begin', ...(sinceMs !== undefined && { sinceMs }) };
  return { to: { kind: HEIMDALL, id: CLOCK }, id: `begin:${name}`, body };
};

/** What of the minutes somebody watches. */
interface Watched {
  readonly utc: boolean;
  readonly zones: boolean;
}

/**
 * The events of the clock. One actor has the last minute in its state, so each comes once over all processes, and what was
 * missed while none ran is caught up: the last 60 minutes, and any older minute that a registration names in full. While
 * nobody has registered for minutes nor watches them it sleeps, and while all wait for minutes that they name it wakes for
 * those; who registers wakes it, and hears the minutes that begin after that. It also takes away what has expired.
 */
@injectable()
export class EventClock {
  constructor(
    @inject(EventBus) private readonly bus: EventBus,
    @inject(Registrations) private readonly registrations: Registrations,
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Keys) private readonly keys: Keys,
  ) {}

  async decide({ state, nowMs }: Turn<ClockState | null>, sinceMs = nowMs): Promise<Decision<ClockState>> {
    const [watched, expired] = await Promise.all([this.watched(), this.expired(nowMs)]);
    await this.registrations.fresh();
    const wanting = this.registrations.ofClock(nowMs);
    const named = wanting.flatMap(({ event }) => event.clock?.minuteMs ?? []);
    const isWanted = wanting.length > 0 || watched.utc || watched.zones;
    const each = named.length < wanting.length || watched.utc || watched.zones;
    const emittedMs = state && !state.isIdle ? state.emittedMs : Math.max(state?.emittedMs ?? 0, minuteOf(sinceMs));
    const due = isWanted ? dueMinutes(emittedMs, nowMs, named) : [];
    const minutes = due.slice(0, MINUTES_A_TURN);
    const emitted = await this.emitted(minutes, watched, nowMs);
    const done = minutes.at(-1) ?? emittedMs;
    const looks = [
      ...(due.length > minutes.length || expired.uuids.length === EXPIRED_A_TURN ? [nowMs] : []),
      ...(each ? [minuteOf(nowMs) + MINUTE_MS + LATE_MS] : []),
      ...(isWanted ? [nextNamed(named, nowMs) + LATE_MS] : []),
      ...(expired.nextMs === undefined ? [] : [Math.max(expired.nextMs + 1, nowMs + MINUTE_MS)]),
    ];
    return {
      state: { emittedMs: done, isIdle: !isWanted },
      writes: [...this.removals(expired.uuids, nowMs), ...emitted.writes],
      tells: emitted.tells,
      timers: looks.length > 0 ? [nextLook(Math.min(...looks), nowMs, due.length === 0)] : [],
    };
  }

  private async emitted(minutes: readonly number[], watched: Watched, nowMs: number) {
    const wanted = minutes.map((ms) => [ms, this.wanted(ms, watched, nowMs)] as const);
    const writes: Write[] = [];
    const tells: Tell[] = [];
    for (const [ms, paths] of wanted) {
      if (paths.length === 0) continue;
      const data = { at: new Date(ms).toISOString(), emitted_at: new Date(nowMs).toISOString() };
      const event = { id: `minute:${ms}`, paths, mechanism: 'evt', data, sinceMs: ms } as const;
      const emission = await this.bus.emission(event, { id: CLOCK, nowMs });
      writes.push(...emission.writes);
      tells.push(...emission.tells);
    }
    return { writes, tells };
  }

  /** The paths of a minute that a registration matches or somebody watches. */
  private wanted(ms: number, watched: Watched, nowMs: number): string[] {
    const isTaken = (path: string) =>
      this.registrations.claims([path], nowMs).some(({ registration }) => registration.registeredAtMs <= ms);
    return minutePaths(ms).filter((path, at) => (at === 0 ? watched.utc : watched.zones) || isTaken(path));
  }

  private async watched(): Promise<Watched> {
    const [utc, zones] = await this.redis.client.mget(this.keys.minutesWatched(), this.keys.zonesWatched());
    return { utc: utc !== null, zones: zones !== null };
  }

  /** What has expired, and when the next one does. */
  private async expired(nowMs: number): Promise<{ readonly uuids: string[]; readonly nextMs: number | undefined }> {
    const index = this.keys.registrationExpiries();
    const [uuids, [, next]] = await Promise.all([
      this.redis.client.zrange(index, '-inf', String(nowMs), 'BYSCORE', 'LIMIT', 0, EXPIRED_A_TURN),
      this.redis.client.zrange(index, `(${nowMs}`, '+inf', 'BYSCORE', 'LIMIT', 0, 1, 'WITHSCORES'),
    ]);
    return { uuids, nextMs: next === undefined ? undefined : Number(next) };
  }

  /** One that was registered anew meanwhile has another end. */
  private removals(uuids: readonly string[], nowMs: number): Write[] {
    return uuids.flatMap((uuid) => {
      const registration = this.registrations.get(uuid);
      if (!registration || endsAtMs(registration) > nowMs) return [];
      return [unchanged(this.keys, uuid, registration), ...removalWrites(this.keys, uuid)];
    });
  }
}

/** When to wake for the next minute that somebody names, and not much later. There may be very many. */
const nextNamed = (named: readonly number[], nowMs: number): number =>
  named.reduce((next, ms) => (ms > nowMs && ms < next ? ms : next), minuteOf(nowMs) + LONGEST_SLEEP_MS);

/** Looks that several processes ask for become one. A look that came too early sets another beside it: its own may still be there. */
function nextLook(atMs: number, nowMs: number, tooEarly: boolean): Timer {
  const tell = { to: { kind: HEIMDALL, id: CLOCK }, id: `minute:${nowMs}`, body: { type: 'minute' } };
  return { queue: CLOCK_QUEUE, id: `minute:${atMs}${tooEarly ? `:${nowMs}` : ''}`, atMs, tell };
}

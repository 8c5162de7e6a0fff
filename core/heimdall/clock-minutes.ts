import { overlap } from './path-pattern.js';

/** The events of the clock (model §9): one a minute, on the path of UTC and on that of every zone. */
export const CLOCK_PATHS = 'global.time.';
export const MINUTE_MS = 60_000;
/** Minutes missed while no process ran, that are still emitted. Of older ones, only those that somebody waits for by name. */
export const MINUTES_CAUGHT_UP = 60;

const UTC = 'global.time.minute';
const ANY_ZONE = 'global.time.zone.#.minute.#';
/** Whole hours from UTC. */
const ZONES = Array.from({ length: 27 }, (_, at) => at - 12);
const ROOTS: readonly (readonly [root: string, hours: number])[] = [
  [UTC, 0],
  ...ZONES.map((hours) => [`global.time.zone.${hours < 0 ? `neg${-hours}` : hours}.minute`, hours] as const),
];

export const minuteOf = (ms: number): number => Math.floor(ms / MINUTE_MS) * MINUTE_MS;

/** The paths of a minute: UTC first. A zone's path has the zone's own time. */
export const minutePaths = (ms: number): readonly string[] =>
  ROOTS.map(([root, hours]) => `${root}.${written(ms + hours * 3_600_000)}`);

/** Does somebody who watches this pattern want to see the minutes; those of the zones too? Zones show where the clock is named. */
export const watchesMinutes = (pattern: string): boolean => overlap(pattern, `${UTC}.#`);
export const watchesZones = (pattern: string): boolean => pattern.startsWith(CLOCK_PATHS) && overlap(pattern, ANY_ZONE);
export const mayBeOfClock = (pattern: string): boolean => overlap(pattern, `${UTC}.#`) || overlap(pattern, ANY_ZONE);

/** The minute that a pattern names in full; undefined for one that many minutes match. */
export function namedMinute(pattern: string): number | undefined {
  const parts = /^global\.time\.(?:zone\.(neg)?(\d+)\.)?minute\.(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)00$/.exec(pattern);
  if (!parts) return undefined;
  const [, neg, hours = '0', ...time] = parts;
  const [year, month, day, hour, minute] = time.map(Number) as [number, number, number, number, number];
  const ms = Date.UTC(year, month - 1, day, hour, minute) - (neg ? -1 : 1) * Number(hours) * 3_600_000;
  return minutePaths(ms).includes(pattern) ? ms : undefined;
}

/**
 * The minutes to emit after `emittedMs`, up to now, oldest first: the newest 60, and before those the `named` ones that
 * some registration waits for.
 */
export function dueMinutes(emittedMs: number, nowMs: number, named: readonly number[]): number[] {
  const last = minuteOf(nowMs);
  const from = Math.max(emittedMs + MINUTE_MS, last - (MINUTES_CAUGHT_UP - 1) * MINUTE_MS);
  const due = new Set(named.filter((ms) => ms > emittedMs && ms < from));
  for (let ms = from; ms <= last; ms += MINUTE_MS) due.add(ms);
  return [...due].sort((a, b) => a - b);
}

/** `20261122093000` */
const written = (ms: number): string => `${new Date(ms).toISOString().replace(/\D/g, '').slice(0, 12)}00`;

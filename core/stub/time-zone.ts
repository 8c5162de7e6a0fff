import { isMoment } from './iso-date.js';

const LOCAL = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?$/;

/** Is it a name of the IANA time zone database, such as Africa/Johannesburg? */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false; // the constructor's RangeError is the only way to ask
  }
}

/**
 * The moment, ms since 1970, at which clocks in a zone show a local time such as 2026-12-24T08:00; undefined where one of
 * both is none. A time that the zone skips (clocks go forward) is taken as long after midnight as it says; of one that
 * comes twice the first counts.
 */
export function momentIn(zone: string, local: string): number | undefined {
  if (!LOCAL.test(local) || !isMoment(`${local}Z`) || !isTimeZone(zone)) return undefined;
  const shownMs = Date.parse(`${local}Z`);
  // The zone's offset may change on either side of the moment: the one before it and the one after it are tried.
  const offsets = [shownMs - 86_400_000, shownMs + 86_400_000].map((ms) => offsetMs(zone, ms));
  const fits = offsets.map((offset) => shownMs - offset).filter((ms) => ms + offsetMs(zone, ms) === shownMs);
  return fits.length > 0 ? Math.min(...fits) : shownMs - offsets[0]!;
}

/** How far clocks in a zone are before UTC at a moment, ms. */
function offsetMs(zone: string, atMs: number): number {
  const format = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
  const [year, month, day, hour, minute, second] = (['year', 'month', 'day', 'hour', 'minute', 'second'] as const).map(
    (type) => parts.get(type)!,
  );
  return Date.UTC(year!, month! - 1, day, hour, minute, second) - Math.floor(atMs / 1_000) * 1_000;
}

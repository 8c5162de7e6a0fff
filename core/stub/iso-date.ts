const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME =
  /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.\d{1,9})?)?(Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/;

/** A day that the calendar has: 2026-02-30 is none. */
export function isDay(text: string): boolean {
  const [, year, month, day] = (DAY.exec(text) ?? []).map(Number);
  if (year === undefined || month === undefined || day === undefined) return false;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** A time of ISO 8601 with its zone, which makes it one moment everywhere. */
export function isMoment(text: string): boolean {
  const day = TIME.exec(text)?.[1];
  return day !== undefined && isDay(day);
}

export const isDate = (text: string): boolean => isDay(text) || isMoment(text);

/** The first and the last ms of a date; both are the same of a time. Days are of UTC. */
export function spanOf(text: string): readonly [firstMs: number, lastMs: number] {
  const ms = Date.parse(text);
  return isDay(text) ? [ms, ms + 86_400_000 - 1] : [ms, ms];
}

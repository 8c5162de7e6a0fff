const UNITS_MS: { readonly [unit: string]: number } = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const FORM = /^\s*(?:\d{1,6}(?:\.\d{1,3})?\s*[smhd]\s*)+$/;
/** A longer story is probably a slip. */
const MAX_MS = 400 * UNITS_MS['d']!;

/** `25h`, `3d 2h`, `1.5h`, `90s` in ms; undefined for what is none, or over 400 days. */
export function durationMs(written: string): number | undefined {
  if (!FORM.test(written)) return undefined;
  let sum = 0;
  for (const [, number, unit] of written.matchAll(/([\d.]+)\s*([smhd])/g)) sum += Number(number) * UNITS_MS[unit!]!;
  return sum > 0 && sum <= MAX_MS ? Math.round(sum) : undefined;
}

/** Time since a story began, as people say it: `0:05`, `25:00`, `72:00`. Hours and minutes. */
export function clockText(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
}

/** How one attempt ended, as far as a repeat is concerned. */
export type AttemptEnd =
  /** `retryAfterMs`: how long the callee asks us to wait. */
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfterMs?: number | undefined }
  /** No whole answer. `sent`: the callee may have had the request. */
  | { readonly kind: 'silent'; readonly sent: boolean };

export interface RetryLimits {
  /** This one included. */
  readonly attempt: number;
  readonly attempts: number;
  /** Time left for all of it, ms. */
  readonly leftMs: number;
  /** A repeat of the request does no more than the first. */
  readonly mayBeRepeated: boolean;
  /** From 0 to 1. */
  readonly random: number;
}

const PASSING: readonly number[] = [408, 425, 429, 500, 502, 503, 504];
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;

/**
 * How long to wait before the next attempt, ms; undefined: there is none. The wait doubles with each attempt and half of it
 * is chance, so that many who failed together do not come back together. Pure.
 */
export function retryWaitMs(end: AttemptEnd, limits: RetryLimits): number | undefined {
  const { attempt, attempts, leftMs, mayBeRepeated, random } = limits;
  const isPassing = end.kind === 'silent' || PASSING.includes(end.status);
  const isHarmless = mayBeRepeated || (end.kind === 'silent' && !end.sent);
  if (!isPassing || !isHarmless || attempt >= attempts) return undefined;
  const backOffMs = Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), LONGEST_WAIT_MS) * (0.5 + random / 2);
  const waitMs = Math.max(backOffMs, (end.kind === 'answered' && end.retryAfterMs) || 0);
  return waitMs < leftMs ? Math.round(waitMs) : undefined;
}

/** `Retry-After`: seconds, or a date. https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d{1,9}$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** The customer service window: this long from the client's last message. */
export const WINDOW_MS = 86_400_000;

export const windowOpen = (lastMessageMs: number | undefined, nowMs: number): boolean =>
  lastMessageMs !== undefined && nowMs - lastMessageMs < WINDOW_MS;

/** Meta's pair limit: one message in 6 s to one client, of which 45 may be borrowed from the time to come. */
const PAIR_INTERVAL_MS = 6_000;
const PAIR_BURST = 45;

/**
 * One step of the pair limit (a leaky bucket kept as one time: when the bucket will be empty). Returns the new time, or
 * undefined where the message is over the limit.
 */
export function pairLimitAfter(emptyAtMs: number | undefined, nowMs: number): number | undefined {
  const next = Math.max(emptyAtMs ?? 0, nowMs) + PAIR_INTERVAL_MS;
  return next - nowMs > PAIR_BURST * PAIR_INTERVAL_MS ? undefined : next;
}

/** The customer service window: this long from the client's last message. */
export const WINDOW_MS = 86_400_000;

export const windowOpen = (lastMessageMs: number | undefined, nowMs: number): boolean =>
  lastMessageMs !== undefined && nowMs - lastMessageMs < WINDOW_MS;

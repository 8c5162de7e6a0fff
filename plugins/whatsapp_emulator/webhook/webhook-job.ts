/** One POST that waits in a lane's outbox. */
export interface WebhookJob {
  /** When it was stored, ms on the product clock: its age sets the back-off and the end. */
  readonly atMs: number;
  /** The client's message in it, which counts as delivered once the POST is answered; absent for statuses. */
  readonly messageId?: string;
  /** The bytes to post: a repeat is the same bytes. */
  readonly body: string;
}

/** As stored: the time, the message id or `-`, the body; not JSON, so that the body is not escaped a second time. */
export const encodeJob = (job: WebhookJob): string => `${job.atMs} ${job.messageId ?? '-'} ${job.body}`;

export function decodeJob(stored: string): WebhookJob {
  const first = stored.indexOf(' ');
  const second = stored.indexOf(' ', first + 1);
  const messageId = stored.slice(first + 1, second);
  return {
    atMs: Number(stored.slice(0, first)),
    ...(messageId !== '-' && { messageId }),
    body: stored.slice(second + 1),
  };
}

const DAY_MS = 86_400_000;
const GIVE_UP_AFTER_MS = 7 * DAY_MS;
const RETRY_MIN_MS = 50;
const RETRY_MAX_MS = 900_000;

/**
 * How long to wait before the next try of a webhook that is `ageMs` old, or undefined to give up. A quarter of its age:
 * at once at first, ever slower, and never later than a quarter of the time the receiver was away. Meta tries for 7 days.
 */
export function retryDelayMs(ageMs: number): number | undefined {
  if (ageMs >= GIVE_UP_AFTER_MS) return undefined;
  return Math.round(Math.min(Math.max(ageMs / 4, RETRY_MIN_MS), RETRY_MAX_MS));
}

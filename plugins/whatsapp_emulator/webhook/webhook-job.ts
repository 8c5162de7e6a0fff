import { readLane } from '../emulator-keys.js';
import { type BatchShape, BatchShape as Shapes } from './receiving-faults.js';
import { mergedBody } from './webhook-merge.js';

/** One POST that waits in a lane's outbox. */
export interface WebhookJob {
  /** When it was stored, ms on the product clock: its age sets the back-off and the end. */
  readonly atMs: number;
  /** The clients' messages in it, which count as delivered once the POST is answered. */
  readonly messageIds: readonly string[];
  /** The bytes to post: a repeat is the same bytes. */
  readonly body: string;
}

/** As stored, one line: the time, the message ids or `-`, the body; not JSON, so that the body is not escaped a second time. */
export const encodeJob = ({ atMs, messageIds, body }: WebhookJob): string =>
  `${atMs} ${messageIds.join(',') || '-'} ${body}`;

function decodeLine(line: string): WebhookJob {
  const first = line.indexOf(' ');
  const second = line.indexOf(' ', first + 1);
  const ids = line.slice(first + 1, second);
  return {
    atMs: Number(line.slice(0, first)),
    messageIds: ids === '-' ? [] : ids.split(','),
    body: line.slice(second + 1),
  };
}

const shapeOf = (lane: string): BatchShape => Shapes.parse(readLane(lane).aside.split('-').at(-1));

/** What a lane gives to post: one line, or several that share the POST in the shape that the lane's name says. */
export function decodeJob(lane: string, stored: string): WebhookJob {
  const jobs = stored.split('\n').map(decodeLine);
  if (jobs.length === 1) return jobs[0]!;
  return {
    atMs: Math.min(...jobs.map(({ atMs }) => atMs)),
    messageIds: jobs.flatMap(({ messageIds }) => messageIds),
    body: mergedBody(
      jobs.map(({ body }) => body),
      shapeOf(lane),
    ),
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

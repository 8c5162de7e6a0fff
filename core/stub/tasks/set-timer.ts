import { injectable } from 'inversify';
import { z } from 'zod';
import type { JsonObject } from '../../contract/json.js';
import type { StubTimer } from '../../contract/stub.js';
import type { TaskInput, TaskResult, TaskType } from '../../contract/task-type.js';
import { hasPlaceholder } from '../../template/reference.js';
import { isMoment } from '../iso-date.js';
import { STUB_TIMERS, type StubLetter } from '../stub-letter.js';
import { isTimeZone, momentIn } from '../time-zone.js';
import { Amount, Label } from './task-parts.js';

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;
const MAX_TIMERS = 100;
const MAX_DELAY_MS = 5 * 365 * DAY_MS;
const MAX_SIZE = 64 * 1024;
/** Sooner than this no timer comes: actions that set one another would turn without a pause. */
const MIN_DELAY_MS = SECOND_MS;

/** The ways to say when: one of them is given. */
const DELAYS = {
  after_seconds: SECOND_MS,
  after_minutes: 60 * SECOND_MS,
  after_hours: 3_600 * SECOND_MS,
  after_days: DAY_MS,
} as const;

const Params = z
  .strictObject({
    timer_name: Label.optional().describe(
      'Which timer of this stub; setting it again replaces it. Without: the action’s name',
    ),
    operation: z.enum(['set', 'cancel']).default('set').describe('cancel: the timer of that name does not come'),
    action_name: z.string().min(1).max(100).optional().describe('The action of this stub that runs when it is time'),
    after_seconds: Amount.optional().describe('When: so many seconds from this run'),
    after_minutes: Amount.optional().describe('When: so many minutes from this run'),
    after_hours: Amount.optional().describe('When: so many hours from this run'),
    after_days: Amount.optional().describe('When: so many days of 24 hours from this run'),
    at: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe('When: ISO 8601 with a zone, such as 2026-12-24T08:00:00+02:00; without one where time_zone says it'),
    time_zone: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe('Where the clock hangs that `at` is read from: an IANA name such as Africa/Johannesburg'),
    message: z.string().default('').describe('The message of the action’s stubpost'),
    data: z.record(z.string(), z.unknown()).default({}).describe('The data of the action’s stubpost'),
  })
  .superRefine((params, context) => {
    const issue = (message: string, ...path: string[]) => context.addIssue({ code: 'custom', message, path });
    if (params.time_zone !== undefined && params.at === undefined) issue('time_zone goes with at, which is not there');
    const named = ['at', ...Object.keys(DELAYS)].filter((key) => params[key as 'at'] !== undefined);
    if (params.operation === 'cancel') {
      if (!params.timer_name && !params.action_name)
        issue('names no timer. Give the timer_name of the timer to cancel');
      if (named.length > 0) issue(`a timer that is cancelled has no time: take ${named.join(', ')} away`);
      return;
    }
    if (!params.action_name) issue('names no action. Give action_name: the action that runs when it is time');
    if (named.length !== 1) {
      const found = named.length === 0 ? 'none' : named.join(' and ');
      issue(`names no time, or several. Give exactly one of at, ${Object.keys(DELAYS).join(', ')}; found: ${found}`);
      return;
    }
    const { at, time_zone: zone } = params;
    if (at === undefined || (zone !== undefined && hasPlaceholder(zone))) return;
    const ofZone = zoneProblem(zone);
    if (ofZone !== undefined) return issue(ofZone, 'time_zone');
    const problem = hasPlaceholder(at) ? 0 : dueMs(params, 0);
    if (typeof problem === 'string') issue(problem, 'at');
  })
  .describe('Runs an action of this stub later, once; or cancels that');

/** `set_timer`: runs an action of this stub later, once. The stub shows its timers; one that was replaced or cancelled never runs. */
@injectable()
export class SetTimer implements TaskType<z.infer<typeof Params>> {
  readonly tasktype = 'set_timer';
  readonly params = Params;

  run({ params, stub, idempotencyKey, nowMs }: TaskInput<z.infer<typeof Params>>): TaskResult {
    const name = params.timer_name ?? params.action_name!;
    const timers = new Map(Object.entries(stub.timers ?? {}));
    const cancelled = timers.delete(name);
    if (params.operation === 'cancel') {
      return {
        success: true,
        stub: { timers: Object.fromEntries(timers) },
        payload: { timer_name: name, cancelled },
      };
    }
    if (timers.size >= MAX_TIMERS)
      return failed(`The stub has ${MAX_TIMERS} timers, which is all it may have. Cancel one.`);
    const atMs = dueMs(params, nowMs);
    if (typeof atMs === 'string') return failed(atMs);
    if (atMs > nowMs + MAX_DELAY_MS) return failed('The timer would come in over 5 years. Set a nearer one.');
    const dueAtMs = Math.max(atMs, nowMs + MIN_DELAY_MS);
    const due = new Date(dueAtMs).toISOString();
    const { action_name, message } = params;
    const data = params.data as JsonObject;
    const size = JSON.stringify({ message, data }).length;
    if (size > MAX_SIZE)
      return failed(`message and data have ${size} characters as JSON; a timer keeps at most ${MAX_SIZE}.`);
    const timer: StubTimer = { id: idempotencyKey, action_name: action_name!, due_at: due, message, data };
    timers.set(name, timer);
    // What will run stands on the stub, which can be replaced and erased; what waits in the queue only names it.
    const body: StubLetter = { type: 'timer', timer: { name, id: idempotencyKey } };
    const id = `${stub.stubref}:${idempotencyKey}`;
    const tell = { to: { kind: 'stub', id: stub.stubref }, id: `timer:${idempotencyKey}`, body };
    return {
      success: true,
      stub: { timers: Object.fromEntries(timers) },
      timers: [{ queue: STUB_TIMERS, id, atMs: dueAtMs, tell }],
      payload: { timer_name: name, action_name, due_at: due },
    };
  }
}

/** When it comes, ms; a sentence where `at` is no time. */
function dueMs(params: z.infer<typeof Params>, nowMs: number): number | string {
  const { at, time_zone: zone } = params;
  if (at === undefined) {
    const [key, unitMs] = Object.entries(DELAYS).find(([name]) => params[name as keyof typeof DELAYS] !== undefined)!;
    return nowMs + params[key as keyof typeof DELAYS]! * unitMs;
  }
  if (isMoment(at)) return Date.parse(at);
  const local = zone === undefined ? undefined : momentIn(zone, at);
  if (local !== undefined) return local;
  const problem = zoneProblem(zone);
  if (problem !== undefined) return problem;
  // Without a zone it would mean another time on another machine.
  return `at is "${at}", which is no time${zone === undefined ? ' with a zone' : ''}. Write ISO 8601 with a zone, such as 2026-12-24T08:00:00+02:00, or 2026-12-24T08:00 with time_zone: Africa/Johannesburg.`;
}

const zoneProblem = (zone: string | undefined): string | undefined =>
  zone === undefined || isTimeZone(zone)
    ? undefined
    : `time_zone is "${zone}", which is no time zone. Write one of the IANA names, such as Africa/Johannesburg.`;

const failed = (message: string): TaskResult => ({ success: false, error: { code: 'validation_failed', message } });

import { injectable } from 'inversify';
import { z } from 'zod';
import type { JsonObject } from '../../contract/json.js';
import type { StubTimer } from '../../contract/stub.js';
import type { TaskInput, TaskResult, TaskType } from '../../contract/task-type.js';
import { STUB_TIMERS, type StubLetter } from '../stub-actor.js';
import { Amount } from './task-parts.js';

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;
const MAX_TIMERS = 100;
const MAX_DELAY_MS = 5 * 365 * DAY_MS;

/** The ways to say when: one of them is given. */
const DELAYS = {
  after_seconds: SECOND_MS,
  after_minutes: 60 * SECOND_MS,
  after_hours: 3_600 * SECOND_MS,
  after_days: DAY_MS,
} as const;

const Params = z
  .strictObject({
    timer_name: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .describe('Which timer of this stub; setting it again replaces it. Without: the action’s name'),
    operation: z.enum(['set', 'cancel']).default('set').describe('cancel: the timer of that name does not come'),
    action_name: z.string().min(1).max(100).optional().describe('The action of this stub that runs when it is time'),
    after_seconds: Amount.optional().describe('When: so many seconds from this run'),
    after_minutes: Amount.optional().describe('When: so many minutes from this run'),
    after_hours: Amount.optional().describe('When: so many hours from this run'),
    after_days: Amount.optional().describe('When: so many days of 24 hours from this run'),
    at: z.string().min(10).max(40).optional().describe('When: ISO 8601 with a zone, such as 2026-12-24T08:00:00+02:00'),
    message: z.string().default('').describe('The message of the action’s stubpost'),
    data: z.record(z.string(), z.unknown()).default({}).describe('The data of the action’s stubpost'),
  })
  .superRefine((params, context) => {
    const named = ['at', ...Object.keys(DELAYS)].filter((key) => params[key as 'at'] !== undefined);
    const issue = (message: string) => context.addIssue({ code: 'custom', message });
    if (params.operation === 'cancel') {
      if (!params.timer_name && !params.action_name) issue('cancel which timer? Give its timer_name');
      if (named.length > 0) issue(`a timer that is cancelled has no time: take ${named.join(', ')} away`);
      return;
    }
    if (!params.action_name) issue('what is to run? Give the action_name');
    if (named.length !== 1) {
      const found = named.length === 0 ? 'none' : named.join(' and ');
      issue(`when? Give one of at, ${Object.keys(DELAYS).join(', ')}; found: ${found}`);
    }
  });

/** `set_timer`: runs an action of this stub later, once. The stub shows its timers; one that was replaced or cancelled never runs. */
@injectable()
export class SetTimer implements TaskType<z.infer<typeof Params>> {
  readonly tasktype = 'set_timer';
  readonly params = Params;

  run({ params, stub, idempotencyKey, nowMs }: TaskInput<z.infer<typeof Params>>): TaskResult {
    const name = params.timer_name ?? params.action_name!;
    const { [name]: before, ...others } = stub.timers ?? {};
    if (params.operation === 'cancel') {
      return {
        success: true,
        stub: { timers: others },
        payload: { timer_name: name, cancelled: before !== undefined },
      };
    }
    if (Object.keys(others).length >= MAX_TIMERS)
      return failed(`The stub has ${MAX_TIMERS} timers, which is all it may have. Cancel one.`);
    const atMs = dueMs(params, nowMs);
    if (atMs === undefined) {
      return failed(
        `at is "${params.at}", which is no time. Write ISO 8601 with a zone, such as 2026-12-24T08:00:00+02:00.`,
      );
    }
    if (atMs > nowMs + MAX_DELAY_MS) return failed('The timer would come in over 5 years. Set a nearer one.');
    const due = new Date(Math.max(atMs, nowMs)).toISOString();
    const timer: StubTimer = { id: idempotencyKey, action_name: params.action_name!, due_at: due };
    const body: StubLetter = {
      type: 'run',
      action: params.action_name!,
      message: params.message,
      data: params.data as JsonObject,
      posted_by: {},
      timer: { name, id: idempotencyKey },
    };
    const id = `${stub.stubref}:${idempotencyKey}`;
    const tell = { to: { kind: 'stub', id: stub.stubref }, id: `timer:${idempotencyKey}`, body };
    return {
      success: true,
      stub: { timers: { ...others, [name]: timer } },
      timers: [{ queue: STUB_TIMERS, id, atMs, tell }],
      payload: { timer_name: name, action_name: params.action_name, due_at: due },
    };
  }
}

function dueMs(params: z.infer<typeof Params>, nowMs: number): number | undefined {
  if (params.at === undefined) {
    const [key, unitMs] = Object.entries(DELAYS).find(([name]) => params[name as keyof typeof DELAYS] !== undefined)!;
    return nowMs + params[key as keyof typeof DELAYS]! * unitMs;
  }
  // Without a zone it would mean another time on another machine.
  const atMs = /^\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:?\d\d)$/.test(params.at) ? Date.parse(params.at) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : atMs;
}

const failed = (message: string): TaskResult => ({ success: false, error: { code: 'validation_failed', message } });

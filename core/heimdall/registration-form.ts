import { z } from 'zod';
import { numberOrText } from '../config/number-or-text.js';
import { MECHANISMS } from '../contract/stub-template.js';
import { Name } from '../template/schema-parts.js';
import { checkPattern, pathProblem } from './path-pattern.js';

/** What comes from the platform: everybody hears it, so nobody may take it away from others. */
const GLOBAL = 'global.';
const MAX_EVENTS = 20;
const MAX_TIMEOUT_SECONDS = 5 * 365 * 86_400;
const MAX_DATA = 64 * 1024;

const RegisteredEvents = z
  .record(
    Name,
    z.strictObject({
      path: z
        .string()
        .min(1)
        .max(1_000)
        .describe('Which events: segments joined by dots; # is any one segment, * everything deeper'),
      mechanism: z
        .enum(MECHANISMS)
        .default('evt')
        .describe(
          'evt and evb: all hear it; cbh: the most specific pattern, then the newest; rra: one in turn; rnd: one at random',
        ),
      timeout_seconds: numberOrText(z.number().int().min(1).max(MAX_TIMEOUT_SECONDS))
        .optional()
        .describe('How long this event counts, from the registration on. Without: until it is removed'),
    }),
  )
  .superRefine((events, context) => {
    const names = Object.keys(events);
    if (names.length === 0 || names.length > MAX_EVENTS) {
      const message = `a registration waits for 1 to ${MAX_EVENTS} events, not ${names.length}`;
      context.addIssue({ code: 'custom', message });
    }
    for (const [name, { path, mechanism }] of Object.entries(events)) {
      const problem = pathProblem(checkPattern, path);
      if (problem) context.addIssue({ code: 'custom', path: [name, 'path'], message: problem });
      if (path.startsWith(GLOBAL) && mechanism !== 'evt') {
        const message = `everybody hears global events: on a path that begins with ${GLOBAL} write evt, not ${mechanism}`;
        context.addIssue({ code: 'custom', path: [name, 'mechanism'], message });
      }
    }
  })
  .describe('What it waits for, by any names');

/** The parts that a registration has wherever it is written. */
export const REGISTRATION = {
  uuid: z.guid().optional().describe('A registration of the same uuid is replaced'),
  on_trigger_method: z
    .enum(['keep', 'remove'])
    .default('keep')
    .describe('remove: it is gone with the first event that it takes'),
  events: RegisteredEvents,
};

export const RegistrationName = z.string().min(1).max(200);

/** What is run, but for the stub. */
export const TRIGGER = {
  action_name: z.string().min(1).max(100).describe('The action that runs; the event’s data is there as heimdall'),
  message: z.string().max(10_000).default('').describe('The message of its stubpost'),
  data: z
    .record(z.string(), z.unknown())
    .default({})
    .refine((data) => JSON.stringify(data).length <= MAX_DATA, `has over ${MAX_DATA} characters as JSON`)
    .describe('The data of its stubpost'),
};

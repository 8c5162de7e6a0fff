import { z } from 'zod';
import { jsonObject, time } from './json-schema.js';
import { postSchema, problem, stubSchema } from './stub-schema.js';

const list = <Item extends z.ZodType>(item: Item) => z.array(item).readonly();
const actor = z.object({ kind: z.string(), id: z.string() });

const delivery = z.object({
  id: z.string(),
  notification: z.string().optional(),
  recipient: z.string(),
  channel: z.string(),
  profile: z.string().optional(),
  to: z.string(),
  outcome: z
    .enum(['sent', 'waits', 'stashed', 'failed'])
    .describe(
      'sent: at once; waits: its senders are paused, or its conversation is held; stashed: until the client consents; failed: never',
    ),
  error: problem.optional(),
  note: z.string().optional(),
  request: z
    .object({ method: z.string(), url: z.string(), body: jsonObject, first: list(z.string()).optional() })
    .optional()
    .describe(
      'As the provider would get it; `first`: what must happen before it, where a place in the body waits for that',
    ),
  message: jsonObject.optional().describe('As planned, where the channel does not show its requests'),
  options: jsonObject.optional(),
});

export const dryRunSchema = z.object({
  dry_run: z.literal(true),
  stubpost: postSchema,
  stub: stubSchema,
  deliveries: list(delivery),
  also_sent: list(delivery).describe('Messages that leave because of them: interaction requests'),
  letters: list(z.object({ to: actor, letter: z.unknown() })),
  timers: list(z.object({ at: time, to: actor, letter: z.unknown() })),
  events: list(z.object({ path: z.string(), mechanism: z.string(), data: jsonObject })),
});

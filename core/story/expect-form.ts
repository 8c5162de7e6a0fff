import { z } from 'zod';
import { DELIVERY_STATUSES } from '../contract/stub.js';
import { ContactName, IF_KNOWN, JsonMap, MAX_LIST, PathPattern, Pattern, words } from './form-parts.js';

const Message = z
  .strictObject({
    text: Pattern.optional().describe('What the client reads: text, caption, a template filled in'),
    type: words.optional().describe('text, interactive, template, image, …'),
    template: words.optional().describe('Name of the WhatsApp template'),
    buttons: z.array(words).max(MAX_LIST).optional().describe('Titles, all of them in order'),
    quotes: Pattern.optional().describe('Text of the message that it quotes'),
    profile: words.optional().describe('Which of our numbers sent it'),
    status: z.enum(['delivered', 'read', 'played', 'failed']).optional().describe('How far it has come on the phone'),
    payload: JsonMap.optional().describe('Part of the provider’s own form'),
  })
  .refine((message) => Object.keys(message).length > 0, {
    error: 'is empty. Say what the message has, such as text',
    ...IF_KNOWN,
  });

export const Gets = z.union([Pattern, Message, z.array(z.union([Pattern, Message])).max(MAX_LIST)]);

const Entry = z.strictObject({
  action: words.describe('The action that ran'),
  message: Pattern.optional().describe('The message of the stubpost'),
  data: JsonMap.optional().describe('Part of the data'),
  refused: words.optional().describe('The error code of a run that was refused'),
  failed: words
    .optional()
    .describe('The error code of a task, a notification or a delivery of it that failed; the provider’s own too'),
  status: z.enum(DELIVERY_STATUSES).optional().describe('How far every delivery of it is'),
});

const EventForm = z.union([
  PathPattern,
  z.strictObject({
    path: PathPattern.describe('Pattern of its path: # is one segment, * everything deeper'),
    data: JsonMap.optional().describe('Part of the data'),
  }),
]);

export const Expect = z
  .strictObject({
    stub: words
      .optional()
      .describe('Template of the stub that is meant: the newest of it. Default: the story’s own stub'),
    state: words.optional().describe('The state that the stub is in'),
    subject: Pattern.optional().describe('What the stub is about'),
    data: JsonMap.optional().describe('Part of stub.data; null: there is no such key'),
    counters: z.record(z.string(), z.int()).optional().describe('Of metrics'),
    contact_lists: z
      .record(z.string(), z.array(ContactName).max(MAX_LIST))
      .optional()
      .describe('Who is in which list, by short name'),
    log: z
      .array(z.union([words, Entry]))
      .max(MAX_LIST)
      .optional()
      .describe('All entries of the stub’s log, oldest first; … for any number of them'),
    events: z
      .array(EventForm)
      .max(MAX_LIST)
      .optional()
      .describe('Events that were emitted since the last look, in this order, others between'),
    calls: z
      .array(
        z.union([
          Pattern,
          z.strictObject({ to: Pattern.describe('Method and URL'), body: z.json().optional().describe('Part of it') }),
        ]),
      )
      .max(MAX_LIST)
      .optional()
      .describe('Calls of apicall since the last look, all of them in order: GET https://…'),
    stubs: z.int().min(0).max(1_000).optional().describe('How many stubs there are in all'),
    unrouted: z.int().min(0).max(1_000).optional().describe('How many messages nobody took'),
    'nothing more sent': z.literal(true).optional().describe('No message to anybody that the story has not told'),
  })
  .refine((expect) => Object.keys(expect).some((key) => key !== 'stub'), {
    error: 'is empty. Say what is expected, such as state',
    ...IF_KNOWN,
  });

export type WrittenMessage = z.infer<typeof Message>;
export type WrittenGets = z.infer<typeof Gets>;

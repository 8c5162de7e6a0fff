import { type ZodType, z } from 'zod';
import { checkPattern } from '../heimdall/path-pattern.js';
import { isMoment } from '../stub/iso-date.js';
import { durationMs } from './duration.js';
import { patternProblem } from './text-pattern.js';

const MAX_STEPS = 500;
const MAX_LIST = 200;
const MAX_TEXT = 10_000;

/** What is missing is told only where every key that is there is known: it may be the one misspelt. */
const IF_KNOWN = { when: ({ issues }: { readonly issues: readonly unknown[] }) => issues.length === 0 };

const words = z.string().min(1).max(200);
const JsonMap = z.record(z.string(), z.json());
const Pattern = z
  .string()
  .max(MAX_TEXT)
  .superRefine((text, context) => {
    const problem = patternProblem(text);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  });
const PathPattern = z
  .string()
  .max(1_000)
  .superRefine((path, context) => {
    try {
      checkPattern(path);
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
    }
  });

/** Not as a pattern: editors read patterns without the flag that letters of all languages need. */
const ContactName = z
  .string()
  .refine((name) => /^[\p{L}_][\p{L}\p{N}_-]{0,39}$/u.test(name), 'write one word of letters, digits, _ and -');

const Contact = z.union([
  z.string().min(3).max(100).describe('A mobile number'),
  z
    .strictObject({
      mobile: z.string().min(3).max(100).optional().describe('As people write it'),
      whatsapp_user: z.string().min(3).max(140).optional().describe('A user id, such as ZA.1234, for a hidden number'),
      name: words.optional().describe('Default: the short name'),
    })
    .refine(({ mobile, whatsapp_user }) => mobile !== undefined || whatsapp_user !== undefined, {
      path: ['mobile'],
      error: 'missing. Give mobile, or whatsapp_user',
    }),
]);

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

const Gets = z.union([Pattern, Message, z.array(z.union([Pattern, Message])).max(MAX_LIST)]);

const Entry = z.strictObject({
  action: words.describe('The action that ran'),
  message: Pattern.optional().describe('The message of the stubpost'),
  data: JsonMap.optional().describe('Part of the data'),
  refused: words.optional().describe('The error code of a run that was refused'),
});

const EventForm = z.union([
  PathPattern,
  z.strictObject({
    path: PathPattern.describe('Pattern of its path: # is one segment, * everything deeper'),
    data: JsonMap.optional().describe('Part of the data'),
  }),
]);

const Expect = z
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

const file = z.string().min(1).max(1_000);
const MEDIA = ['image', 'video', 'audio', 'document', 'sticker'] as const;
const Sends = z
  .strictObject({
    image: file.optional().describe('A file beside the story, or `sample`'),
    video: file.optional().describe('A file beside the story, or `sample`'),
    audio: file.optional().describe('A file beside the story, or `sample`'),
    document: file.optional().describe('A file beside the story, or `sample`'),
    sticker: file.optional().describe('A file beside the story, or `sample`'),
    caption: z.string().max(1_024).optional().describe('Text under it'),
    location: z
      .strictObject({
        latitude: z.number().min(-90).max(90).describe('Degrees'),
        longitude: z.number().min(-180).max(180).describe('Degrees'),
        name: words.optional().describe('What the place is called'),
        address: words.optional().describe('Its address'),
      })
      .optional()
      .describe('A place'),
  })
  .superRefine((sends, context) => {
    const given = [...MEDIA, 'location' as const].filter((kind) => sends[kind] !== undefined);
    if (given.length !== 1) context.addIssue({ code: 'custom', message: `send one of ${MEDIA.join(', ')}, location` });
  });

const Moment = z
  .string()
  .refine((text) => isMoment(text), 'write a time with its zone, such as 2026-03-02T16:55:00+02:00');

const Answer = z.strictObject({
  to: Pattern.describe('Method and URL: GET https://crm.example.org/people/…'),
  status: z.int().min(100).max(599).default(200).describe('The HTTP status'),
  headers: z
    .record(z.string(), z.string())
    .default({})
    .describe('Beside the content type, which follows from the body'),
  body: z.json().optional().describe('JSON, or a text'),
  times: z.int().min(1).max(1_000).optional().describe('So often; then the next answer that fits'),
});

const Duration = z.string().superRefine((text, context) => {
  if (durationMs(text) !== undefined) return;
  const moment = /^until (.*)$/.exec(text)?.[1];
  if (moment !== undefined && isMoment(moment)) return;
  const message = `"${text}" is no time to wait. Write 25h, 3d 2h, 30m or 90s, or until 2026-03-02T16:55:00+02:00`;
  context.addIssue({ code: 'custom', message });
});

const fileList = z.union([file, z.array(file).max(MAX_LIST)]);

/** What a step does, by its main key, and what may stand beside that. */
const COMPANIONS: { readonly [verb: string]: readonly string[] } = {
  action: ['message', 'data', 'files', 'as', 'stub', 'refused'],
  wait: [],
  emit: [],
  expect: [],
  says: ['profile'],
  taps: ['on', 'profile'],
  quotes: ['says', 'profile'],
  sends: ['profile'],
  reacts: ['on', 'profile'],
  gets: [],
};
const CLIENT_VERBS = ['says', 'taps', 'quotes', 'sends', 'reacts', 'gets'] as const;

/** A step as written, for these contacts: each of them has keys such as `thandi says`. */
export function stepForm(contacts: readonly string[]): ZodType<WrittenStep> {
  const text = z.string().min(1).max(MAX_TEXT);
  const values = {
    says: text.describe('The contact writes this'),
    taps: words.describe('The contact taps the button or row of this title, on the newest message that has it'),
    quotes: Pattern.describe('The contact answers to the message of ours with this text; says: is the answer'),
    sends: Sends.describe('The contact sends a file or a place'),
    reacts: z.string().max(64).describe('The contact puts this emoji on the newest message'),
    gets: Gets.describe('What has come to the contact since the last time it was told: all of it, in order'),
  };
  const ofClients = contacts.flatMap((name) =>
    CLIENT_VERBS.map((verb) => [`${name} ${verb}`, values[verb].optional()] as const),
  );
  const verbOf = (key: string): string => key.slice(key.lastIndexOf(' ') + 1);
  const verbs = ['action', 'wait', 'emit', 'expect', ...ofClients.map(([key]) => key)];
  return z
    .strictObject({
      ...Object.fromEntries(ofClients),
      action: words.optional().describe('Runs an action of the stub'),
      wait: Duration.optional().describe('Lets time pass: 25h, 3d 2h, 30m, 90s; or until a moment'),
      emit: z
        .strictObject({
          path: z.string().min(1).max(1_000).describe('Segments joined by dots'),
          data: JsonMap.default({}).describe('What the event says'),
          mechanism: z
            .enum(['evt', 'cbh', 'rra', 'rnd', 'evb', '*'])
            .default('evt')
            .describe('Who takes it: evt everybody, cbh one'),
        })
        .optional()
        .describe('Emits an event'),
      expect: Expect.optional().describe('Holds what is there against what is expected'),
      message: z.string().max(MAX_TEXT).optional().describe('Of action'),
      data: JsonMap.optional().describe('Of action'),
      files: z.record(z.string(), fileList).optional().describe('Of action: files beside the story, by key of data'),
      as: ContactName.optional().describe('Of action: who runs it'),
      stub: words.optional().describe('Of action: template of the stub that is meant'),
      refused: words.optional().describe('Of action: the error code that it is refused with'),
      on: Pattern.optional().describe('Of taps and reacts: text of the message; default the newest'),
      says: text.optional().describe('Of quotes: what the client says to it'),
      profile: words.optional().describe('Of what a client does: which of our numbers gets it'),
    })
    .superRefine((step, context) => {
      const given = Object.keys(step).filter((key) => step[key as keyof typeof step] !== undefined);
      const main = given.filter((key) => verbs.includes(key));
      if (main.length !== 1) {
        const found = main.length === 0 ? 'does nothing' : `does several things: ${main.join(', ')}`;
        const name = contacts[0] ?? 'somebody';
        const message = `this step ${found}. Give each step one of action, wait, emit, expect, "${name} says", "${name} gets" and so on`;
        context.addIssue({ code: 'custom', message, path: main.length > 1 ? [main[1]!] : [] });
        return;
      }
      const verb = verbOf(main[0]!);
      const takes = COMPANIONS[verb]!;
      for (const key of given) {
        if (key === main[0] || takes.includes(key)) continue;
        const beside = takes.length === 0 ? 'nothing stands' : `${takes.join(', ')} may stand`;
        context.addIssue({
          code: 'custom',
          path: [key],
          message: `does not go with "${main[0]}": ${beside} beside it`,
        });
      }
      if (verb === 'quotes' && step.says === undefined)
        context.addIssue({
          code: 'custom',
          path: ['says'],
          message: 'missing. Say what the client says to the message',
        });
      if (step.as !== undefined && !contacts.includes(step.as))
        context.addIssue({
          code: 'custom',
          path: ['as'],
          message: `"${step.as}" is no contact. There are: ${contacts.join(', ')}`,
        });
    }, IF_KNOWN) as unknown as ZodType<WrittenStep>;
}

/** A story as written; its steps are held against `stepForm` once the contacts are known. */
export function storyForm(contacts: readonly string[]) {
  return z.strictObject({
    story: z.string().min(1).max(300).describe('What happens, as a sentence'),
    template: words.optional().describe('The stub template; default: the one that the file is named after'),
    contacts: z.record(ContactName, Contact).default({}).describe('Who takes part, by short name'),
    starts: Moment.optional().describe('When it begins: 2026-03-02T16:55:00+02:00; default: now'),
    answers: z.array(Answer).max(MAX_LIST).default([]).describe('What other systems answer to apicall'),
    stub: z
      .strictObject({
        subject: z.string().max(1_000).default('').describe('What it is about'),
        message: z.string().max(MAX_TEXT).default('').describe('The message of its first stubpost'),
        data: JsonMap.default({}).describe('Its data'),
        contact_lists: z
          .record(z.string(), z.array(ContactName).max(MAX_LIST))
          .optional()
          .describe('Default: _created_by has the first contact'),
        as: ContactName.optional().describe('Who makes it'),
      })
      .optional()
      .describe('The stub that the story is about; without, somebody begins it by writing'),
    steps: z.array(stepForm(contacts)).min(1).max(MAX_STEPS).describe('What happens, one thing a step'),
  });
}

export type WrittenStory = z.infer<ReturnType<typeof storyForm>>;
export type WrittenMessage = z.infer<typeof Message>;
export type WrittenGets = z.infer<typeof Gets>;
export type WrittenSends = z.infer<typeof Sends>;
type Pairs = { readonly [key: string]: unknown };
export type WrittenStep = Pairs & {
  readonly action?: string;
  readonly wait?: string;
  readonly emit?: { readonly path: string; readonly data: z.infer<typeof JsonMap>; readonly mechanism: 'evt' | '*' };
  readonly expect?: z.infer<typeof Expect>;
  readonly message?: string;
  readonly data?: z.infer<typeof JsonMap>;
  readonly files?: { readonly [key: string]: string | string[] };
  readonly as?: string;
  readonly stub?: string;
  readonly refused?: string;
  readonly on?: string;
  readonly says?: string;
  readonly profile?: string;
};

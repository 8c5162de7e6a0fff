import { type ZodType, z } from 'zod';
import { isMoment } from '../stub/iso-date.js';
import { durationMs } from './duration.js';
import { Expect, Gets } from './expect-form.js';
import { ContactName, IF_KNOWN, JsonMap, MAX_LIST, MAX_TEXT, Pattern, words } from './form-parts.js';

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
    other: JsonMap.optional().describe(
      'What else the emulator takes: contacts, flow_reply, order, contact_info, edit, …',
    ),
  })
  .superRefine((sends, context) => {
    const given = [...MEDIA, 'location' as const, 'other' as const].filter((kind) => sends[kind] !== undefined);
    if (given.length !== 1)
      context.addIssue({ code: 'custom', message: `send one of ${MEDIA.join(', ')}, location, other` });
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
  fault: [],
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
  const verbs = ['action', 'wait', 'emit', 'fault', 'expect', ...ofClients.map(([key]) => key)];
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
      fault: JsonMap.optional().describe(
        'Has something go wrong, in the emulator’s words: { kind: error_code, code: 131026, client: thandi }',
      ),
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
        const message = `this step ${found}. Give each step one of action, wait, emit, fault, expect, "${name} says", "${name} gets" and so on`;
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

export type WrittenSends = z.infer<typeof Sends>;
type Pairs = { readonly [key: string]: unknown };
export type WrittenStep = Pairs & {
  readonly action?: string;
  readonly wait?: string;
  readonly emit?: { readonly path: string; readonly data: z.infer<typeof JsonMap>; readonly mechanism: 'evt' | '*' };
  readonly fault?: z.infer<typeof JsonMap>;
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

import { z } from 'zod';
import { isMoment } from '../stub/iso-date.js';
import { ContactName, JsonMap, MAX_LIST, MAX_TEXT, Pattern, words } from './form-parts.js';
import { stepForm } from './step-form.js';

const MAX_STEPS = 500;

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

/** A story as written; its steps are held against `stepForm` once the contacts are known. */
export function storyForm(contacts: readonly string[]) {
  return z.strictObject({
    story: z.string().min(1).max(300).describe('What happens, as a sentence'),
    template: words.optional().describe('The stub template; default: the one that the file is named after'),
    contacts: z.record(ContactName, Contact).default({}).describe('Who takes part, by short name'),
    starts: Moment.optional().describe(
      'When it begins: 2026-03-02T16:55:00+02:00; default: now, in the middle of the minute',
    ),
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

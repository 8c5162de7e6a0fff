import { z } from 'zod';
import { UNLISTED } from '../config/schema-shape.js';

/** Parts that several objects of a stub template share. */

/** A name that people choose: of a state, an action, a template. `|` is the separator inside actor ids. */
export const Name = z
  .string()
  .regex(/^(?!__proto__$)[^|\p{Cc}]{1,100}$/u, 'write 1 to 100 characters, without |, and not __proto__');

export const JsonMap = z.record(z.string(), z.unknown());

/** JSONata; several hold together. */
export const Conditions = z
  .union([z.string().max(4096), z.array(z.string().max(4096)).max(50)])
  .optional()
  .describe(
    'JSONata over stub, stubpost, template, org, actioningContact, heimdall; one text or a list. It runs only while all hold',
  );

/** A title and a description, for people. */
export const Details = z
  .strictObject({
    title: z.string().optional().describe('A name to show'),
    description: z.string().optional().describe('What it is for, in a sentence'),
  })
  .describe('What people read about it');

/** Metadata for editors: a map that must have something in it. */
export const NOT_EMPTY = { minProperties: 1 } as const;

/** A key of the published model that is refused for good. An empty one, as the platform exports it, is read past. */
export const notRun = (why: string) =>
  z
    .custom<unknown>((value) => value === undefined || value === null || Object.keys(Object(value)).length === 0, why)
    .optional()
    .meta({ ...UNLISTED, description: why, maxProperties: 0, maxItems: 0, maxLength: 0 });

/** What the platform's export puts on everything. `__key` and `__order` count; what its editor keeps beside them is left out before (`ignored-keys.ts`). */
export const EXPORTED = {
  __key: Name.optional().meta(UNLISTED).describe('Its name, where that is another than the key above'),
  __order: z.number().optional().meta(UNLISTED).describe('Its place among the others, where that is not the file’s'),
  structure: z.unknown().optional().meta(UNLISTED).describe('Of the platform’s editor; ignored'),
};

/** On states, actions, tasks and notifications the export repeats the name, for its editor. The key above and `__key` count. */
export const EXPORTED_WITH_NAME = {
  ...EXPORTED,
  name: z.unknown().optional().meta(UNLISTED).describe('Of the platform’s editor; ignored'),
};

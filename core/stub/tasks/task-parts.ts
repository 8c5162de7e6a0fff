import { z } from 'zod';

/** People as tasks name them: contactuuids, or {mobile, name} who are found by number or made. */
export const ListEntries = z
  .array(
    z.union([
      z.string().min(1).max(100),
      z.strictObject({
        mobile: z.string().min(3).max(40).describe('Their number, in any form'),
        name: z.string().min(1).max(200).describe('What they are called, where they are not known yet'),
      }),
    ]),
  )
  .max(1_000);

/** A number that a placeholder may have made text of. */
export const Amount = z.coerce.number().positive();

/** What a list or a timer of a stub is called; a placeholder may make it of what came from outside. */
export const Label = z
  .string()
  .min(1)
  .max(100)
  .refine((name) => name !== '__proto__', 'write another name than __proto__');

import { z } from 'zod';
import { numberOrText } from '../../config/number-or-text.js';
import type { TaskInput, TaskResult } from '../../contract/task-type.js';

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
export const Amount = numberOrText(z.number().positive());

/** What a list or a timer of a stub is called; a placeholder may make it of what came from outside. */
export const Label = z
  .string()
  .min(1)
  .max(100)
  .refine((name) => name !== '__proto__', 'write another name than __proto__');

/** The failure of a task whose aim was written and came to nothing: what it does without one would hit somebody else. */
export function lostAim({ leftOut }: Pick<TaskInput<unknown>, 'leftOut'>, key: string): TaskResult | undefined {
  if (!leftOut.includes(key)) return undefined;
  const message = `${key} refers to something that is not there, and nothing was done. Give the task a condition such as $exists(…), or leave ${key} away.`;
  return { success: false, error: { code: 'validation_failed', message } };
}

import { z } from 'zod';
import { checkPattern } from '../heimdall/path-pattern.js';
import { patternProblem } from './text-pattern.js';

/** Parts that several objects of a story share. */

export const MAX_LIST = 200;
export const MAX_TEXT = 10_000;

/** What is missing is told only where every key that is there is known: it may be the one misspelt. */
export const IF_KNOWN = { when: ({ issues }: { readonly issues: readonly unknown[] }) => issues.length === 0 };

export const words = z.string().min(1).max(200);
export const JsonMap = z.record(z.string(), z.json());
export const Pattern = z
  .string()
  .max(MAX_TEXT)
  .superRefine((text, context) => {
    const problem = patternProblem(text);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  });
export const PathPattern = z
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
export const ContactName = z
  .string()
  .refine((name) => /^[\p{L}_][\p{L}\p{N}_-]{0,39}$/u.test(name), 'write one word of letters, digits, _ and -');

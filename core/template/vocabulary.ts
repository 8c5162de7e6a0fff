import type { ZodType } from 'zod';
import type { HelperBook } from './helper-book.js';

/** What plugins and core contribute that templates can name. */
export interface Vocabulary {
  /** Channel id → the schema of `platforms.<id>`. */
  readonly channels: ReadonlyMap<string, ZodType>;
  /** Task type → the schema of its `params`. */
  readonly tasktypes: ReadonlyMap<string, ZodType>;
  /** Actions that outside systems run: `_update_from_whatsapp`. */
  readonly feedbackActions: readonly string[];
  /** Helpers of substitution, by name. */
  readonly helpers: HelperBook;
}

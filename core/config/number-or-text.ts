import { z } from 'zod';
import { numberIn } from './yaml-node.js';

/** A number, or text that reads as one. `z.coerce` would also take null as 0, true as 1 and `[5]` as 5. */
export const numberOrText = (number: z.ZodNumber) =>
  z.preprocess((given) => (typeof given === 'string' ? (numberIn(given.trim()) ?? given) : given), number);

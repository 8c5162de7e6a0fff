import type { ZodError } from 'zod';
import { type Problem, valueProblem } from '../../../core/index.js';
import { PLUGIN } from '../profile.js';

/**
 * The first thing wrong with settings once all is filled in: the key, what WhatsApp takes, what was given. Of texts only
 * their length is told.
 */
export const settingsProblem = (error: ZodError, given: unknown): Problem => ({
  code: 'validation_failed',
  message: valueProblem(error, given, ['platforms', PLUGIN]),
});

import type { Problem } from '../contract/stub.js';
import type { Current } from './lane-state.js';

/** `1 attempt`, `2 attempts`. */
export const attemptsText = (attempts: number): string => `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`;

/** Refused so often that it is not tried again. */
export const givenUp = (problem: Problem, { attempts }: Current): Problem => ({
  ...problem,
  message: `${problem.message} Given up after ${attemptsText(attempts)}.`,
});

/** The last attempt was refused; the one before it may be on the client's screen. */
export const inDoubt = (problem: Problem): Problem =>
  problem.code === 'unknown_outcome'
    ? problem
    : {
        ...problem,
        code: 'unknown_outcome',
        message: `The answer to an attempt was lost, so it may have arrived: look in the client’s chat. The repeat failed: ${problem.message}`,
      };

import { type Age, byAge, type Registration } from './registration.js';

/** Whose turn it was last. */
export interface Rotation {
  readonly last: Age;
  readonly usedAtMs: number;
}

/**
 * Whose turn it is, of those in turn (the older first): the one after the last, then from the beginning. Who joins or leaves
 * moves nobody else's turn.
 */
export function nextInTurn(inTurn: readonly Registration[], last: Age | undefined): Registration | undefined {
  const later = last && inTurn.find((registration) => byAge(registration, last) > 0);
  return later ?? inTurn[0];
}

export const ageOf = ({ uuid, registeredAtMs, place }: Age): Age => ({ uuid, registeredAtMs, place });

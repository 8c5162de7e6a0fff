import type { FillBudget } from './fill-budget.js';
import type { Roots } from './reference.js';

/** A `~~` that referred to nothing, and where its value would have stood. */
export interface LeftOut {
  readonly path: readonly (string | number)[];
  /** As written: `~~stub.data.name`. */
  readonly reference: string;
}

/** One filling in of a piece of a template: what from, when, and what it may cost. */
export interface Filling {
  readonly roots: Roots;
  readonly atMs: number;
  readonly budget: FillBudget;
  /** 2 inside `substitute`, which goes no further. */
  readonly round: 1 | 2;
  /** What was left out, collected where somebody wants to know. */
  readonly leftOut?: LeftOut[];
}

export function secondRound(filling: Filling): Filling {
  if (filling.round === 2) throw new Error('what substitute fills in cannot name substitute itself');
  return { ...filling, round: 2 };
}

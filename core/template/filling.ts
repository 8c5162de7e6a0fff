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
  /** Applied to each filled-in text, but not to the template's own text around it. */
  readonly encode?: (text: string) => string;
}

/** A filled-in value in the form that its text needs. */
export const encodedBy = ({ encode }: Filling, text: string): string => (encode ? encode(text) : text);

/** For values that are input of a helper; its result is encoded as a whole afterwards. */
export function unencoded({ encode: _, ...filling }: Filling): Filling {
  return filling;
}

export function secondRound(filling: Filling): Filling {
  if (filling.round === 2) throw new Error('what substitute fills in cannot name substitute itself');
  return { ...filling, round: 2 };
}

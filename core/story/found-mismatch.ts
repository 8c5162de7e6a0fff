import { type Difference, pathText } from './partial-match.js';
import type { Mismatch } from './story-outcome.js';

/** A mismatch with the path of its place below the step. */
export type Found = Mismatch & { readonly path: readonly PropertyKey[] };

/** A difference below a name, to be told. */
export const foundOf = (name: string, each: Difference): Found => ({
  what: pathText(name, each),
  expected: each.expected,
  seen: each.seen,
  path: [name, ...each.path],
});

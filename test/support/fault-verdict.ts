import type { Given } from './fault-load.js';

/** How a row of numbered things compares with 1 to n. */
export interface Tally {
  readonly given: number;
  readonly lost: number;
  readonly doubled: number;
  readonly outOfOrder: number;
}

/** Compares what arrived, in the order it arrived, with what was given. Pure. */
export function tally({ taken, open }: Pick<Given, 'taken' | 'open'>, arrived: readonly number[]): Tally {
  const seen = new Set<number>();
  let highest = 0;
  let doubled = 0;
  let outOfOrder = 0;
  for (const number of arrived) {
    if (seen.has(number)) doubled += 1;
    else if (number < highest) outOfOrder += 1;
    seen.add(number);
    highest = Math.max(highest, number);
  }
  const mostly = open && seen.has(taken + 1) ? taken + 1 : taken;
  for (const number of seen) if (number > mostly) throw new Error(`${number} arrived and was never given`);
  return { given: mostly, lost: mostly - seen.size, doubled, outOfOrder };
}

export const NOTHING: Tally = { given: 0, lost: 0, doubled: 0, outOfOrder: 0 };

export const sum = (a: Tally, b: Tally): Tally => ({
  given: a.given + b.given,
  lost: a.lost + b.lost,
  doubled: a.doubled + b.doubled,
  outOfOrder: a.outOfOrder + b.outOfOrder,
});

/** The numbers of the texts that begin with a word: `re in 4` of `re in` is 4. */
export function numbersAfter(word: string, texts: readonly string[]): number[] {
  return texts.flatMap((text) => {
    const match = new RegExp(`^${word} (\\d+)$`).exec(text);
    return match ? [Number(match[1])] : [];
  });
}

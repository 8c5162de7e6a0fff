/** Edits (insert, delete, replace, swap of neighbours) between two words, ignoring case. */
function distance(from: string, to: string): number {
  const a = from.toLowerCase();
  const b = to.toLowerCase();
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const replaced = above[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1);
      let best = Math.min(replaced, above[column]! + 1, current[column - 1]! + 1);
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        best = Math.min(best, before[column - 2]! + 1);
      }
      current.push(best);
    }
    before = above;
    above = current;
  }
  return above[b.length]!;
}

/** The known name that `written` was probably meant to be, if one is near enough. */
export function nearest(written: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(written.length / 3)) + 1;
  for (const name of known) {
    const gap = Math.abs(name.length - written.length) >= bestDistance ? bestDistance : distance(written, name);
    if (gap < bestDistance) {
      best = name;
      bestDistance = gap;
    }
  }
  return best;
}

/** ` Did you mean "x"?`, or nothing. Starts with a space, to be put behind a sentence. */
export function didYouMean(written: string, known: Iterable<string>): string {
  const name = nearest(written, known);
  return name === undefined ? '' : ` Did you mean "${name}"?`;
}

/** `a, b, c`, each name once; `(none)` without names. */
export const listed = (names: Iterable<string>): string => [...new Set(names)].join(', ') || '(none)';

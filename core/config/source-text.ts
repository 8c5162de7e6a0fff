import type { Place } from '../errors.js';

const SECRET_KEY = /(?:token|secrets?|password)$/i;
const AFTER_SECRET_KEY = /(\w*(?:token|secrets?|password)["']?\s*:\s)(.*)$/i;

/** Does this path of keys lead to something that must not be shown? */
export function isSecretPath(path: readonly PropertyKey[]): boolean {
  if (path[0] === 'apicall' && path[1] === 'secrets') return true;
  const lastName = path.findLast((key) => typeof key === 'string' && !/^\d+$/.test(key));
  return typeof lastName === 'string' && SECRET_KEY.test(lastName);
}

/** Stars for every letter but punctuation and `${NAME}`, so that columns stay where they are. */
const starred = (text: string): string =>
  text.replace(/\$\{[^}]*\}|[^\s"',[\]{}]/g, (part) => (part.length > 1 ? part : '*'));

/** A text file with the place of every offset in it. */
export class SourceText {
  readonly lines: readonly string[];
  private readonly starts: readonly number[];

  constructor(
    readonly file: string,
    readonly text: string,
    /** True for files that may hold passwords: excerpts then show stars for them. */
    readonly hidesSecrets = false,
  ) {
    const starts = [0];
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
    this.starts = starts;
    this.lines = text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  }

  /** The line that holds this offset, counted from 1. */
  lineAt(offset: number): number {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  }

  /** Where an offset stands. `secret`: what begins there must not be shown. */
  place(offset: number, secret = false): Place {
    const line = this.lineAt(offset);
    return this.placeAt(line, offset - this.starts[line - 1]! + 1, secret);
  }

  placeAt(line: number, column: number, secret = false): Place {
    let excerpt = this.lines[line - 1] ?? '';
    if (this.hidesSecrets) {
      if (secret) excerpt = excerpt.slice(0, column - 1) + starred(excerpt.slice(column - 1));
      excerpt = excerpt.replace(AFTER_SECRET_KEY, (_, key: string, value: string) => key + starred(value));
    }
    return { file: this.file, line, column, excerpt };
  }

  /** The same file with one line (from 1) written differently. */
  withLine(line: number, written: string): SourceText {
    const start = this.starts[line - 1]!;
    const end = start + this.lines[line - 1]!.length;
    return new SourceText(this.file, this.text.slice(0, start) + written + this.text.slice(end), this.hidesSecrets);
  }
}

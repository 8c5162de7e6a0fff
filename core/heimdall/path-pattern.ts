import { StubwireError } from '../errors.js';

/** Exactly one segment, of any text, also empty. */
const ONE = '#';
/** Everything deeper: one or more segments. Stands last. */
const DEEPER = '*';

const CHARACTERS = 1_000;
const SEGMENTS = 64;

/** A segment made from text that comes from outside: what would read as a separator or a wildcard is percent-encoded. */
export const encodeSegment = (text: string): string =>
  text.replace(/[.*#%]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

/** Refuses what is no pattern. Errors: `path_invalid`. */
export function checkPattern(pattern: string): void {
  const segments = checked(pattern, 'pattern');
  for (const [at, segment] of segments.entries()) {
    if (segment === ONE || (segment === DEEPER && at === segments.length - 1)) continue;
    if (segment === DEEPER)
      throw invalid('pattern', pattern, 'has "*" before its end; "*" stands last, "#" is any one segment');
    if (/[*#]/.test(segment))
      throw invalid(
        'pattern',
        pattern,
        `has a wildcard inside the segment "${segment}"; "#" and "*" are whole segments`,
      );
  }
}

/** Refuses what is no path of an event: the same segments, without wildcards. Errors: `path_invalid`. */
export function checkPath(path: string): void {
  if (checked(path, 'path').some((segment) => /[*#]/.test(segment))) {
    throw invalid('path', path, 'holds "*" or "#", which only patterns have; write %2A and %23');
  }
}

/** What `checkPattern` or `checkPath` says against the text; undefined where it is right. */
export function pathProblem(check: (text: string) => void, text: string): string | undefined {
  try {
    check(text);
    return undefined;
  } catch (error) {
    if (error instanceof StubwireError) return error.message;
    throw error;
  }
}

/** Whether a path is one of those that a pattern stands for. */
export function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split('.');
  const segments = path.split('.');
  const deeper = wanted.at(-1) === DEEPER;
  if (deeper ? segments.length < wanted.length : segments.length !== wanted.length) return false;
  const fixed = deeper ? wanted.slice(0, -1) : wanted;
  return fixed.every((segment, at) => segment === ONE || segment === segments[at]);
}

/** Whether there is a path that both patterns stand for. */
export function overlap(a: string, b: string): boolean {
  const [left, right] = [a.split('.'), b.split('.')];
  for (let at = 0; ; at++) {
    const [one, other] = [left[at], right[at]];
    if (one === undefined || other === undefined) return one === other;
    if (one === DEEPER || other === DEEPER) return true;
    if (one !== other && one !== ONE && other !== ONE) return false;
  }
}

/** Sorts the more specific first: at the first segment that differs, text comes before `#`, and `#` before `*`. */
export function comparePatterns(a: string, b: string): number {
  const left = a.split('.');
  const right = b.split('.');
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const difference = looseness(left[at]) - looseness(right[at]);
    if (difference !== 0) return difference;
  }
  return 0;
}

const looseness = (segment: string | undefined): number =>
  segment === DEEPER ? 3 : segment === ONE ? 2 : segment === undefined ? 1 : 0;

interface Node<T> {
  readonly children: Map<string, Node<T>>;
  /** Values of the pattern that ends here. */
  readonly values: Set<T>;
}

/**
 * Values by pattern, found by path. A tree of segments: a look-up takes as long as the path is deep, however many
 * patterns there are. The same value under the same pattern counts once.
 */
export class PatternMap<T> {
  private readonly root: Node<T> = newNode();

  /** Errors: `path_invalid`. */
  add(pattern: string, value: T): void {
    checkPattern(pattern);
    let node = this.root;
    for (const segment of pattern.split('.')) {
      let child = node.children.get(segment);
      if (!child) {
        child = newNode();
        node.children.set(segment, child);
      }
      node = child;
    }
    node.values.add(value);
  }

  remove(pattern: string, value: T): void {
    const way: { readonly node: Node<T>; readonly segment: string }[] = [];
    let node = this.root;
    for (const segment of pattern.split('.')) {
      const child = node.children.get(segment);
      if (!child) return;
      way.push({ node, segment });
      node = child;
    }
    node.values.delete(value);
    for (const { node: parent, segment } of way.reverse()) {
      const child = parent.children.get(segment)!;
      if (child.values.size > 0 || child.children.size > 0) return;
      parent.children.delete(segment);
    }
  }

  /** The values of every pattern that the path matches, each once. */
  match(path: string): T[] {
    const segments = path.split('.');
    const found = new Set<T>();
    collect(this.root, segments, 0, found);
    return [...found];
  }
}

function collect<T>(node: Node<T>, segments: readonly string[], at: number, found: Set<T>): void {
  if (at === segments.length) {
    for (const value of node.values) found.add(value);
    return;
  }
  for (const value of node.children.get(DEEPER)?.values ?? []) found.add(value);
  const segment = segments[at]!;
  // A path never holds a wildcard as a segment; were one to, it must not be taken for the pattern's.
  const exact = segment === ONE || segment === DEEPER ? undefined : node.children.get(segment);
  if (exact) collect(exact, segments, at + 1, found);
  const one = node.children.get(ONE);
  if (one) collect(one, segments, at + 1, found);
}

const newNode = <T>(): Node<T> => ({ children: new Map(), values: new Set() });

function checked(text: string, kind: 'path' | 'pattern'): string[] {
  const segments = text.split('.');
  if (text === '') throw invalid(kind, text, 'is empty');
  if (text.length > CHARACTERS || segments.length > SEGMENTS) {
    throw invalid(kind, text, `is longer than ${CHARACTERS} characters or ${SEGMENTS} segments`);
  }
  return segments;
}

const invalid = (kind: string, text: string, why: string): StubwireError =>
  new StubwireError(
    'path_invalid',
    `The ${kind} "${text.slice(0, 100)}" ${why}. Write segments joined by dots, as in orders.*.`,
  );

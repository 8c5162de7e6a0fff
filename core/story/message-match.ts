import type { ClientMessage } from '../contract/story-clients.js';
import { type Difference, differences } from './partial-match.js';
import { ANY_MORE, type ExpectedMessage } from './story.js';
import { textMatches } from './text-pattern.js';

/** How a list of messages is not as it should be. `at`: of the expected ones, where the trouble begins. */
export type ListProblem =
  | {
      readonly kind: 'different';
      readonly at: number;
      readonly seenAt: number;
      readonly differences: readonly Difference[];
    }
  | { readonly kind: 'missing'; readonly at: number }
  | { readonly kind: 'too_many'; readonly seenAt: number };

/**
 * Holds a list against the one expected: each entry in its place, nothing between and nothing more. `…` stands for any
 * number of entries. `compare` tells how one is different. Pure.
 */
export function listProblem<Expected, Seen>(
  expected: readonly ('…' | Expected)[],
  seen: readonly Seen[],
  compare: (expected: Expected, seen: Seen) => readonly Difference[],
): ListProblem | undefined {
  if (fitsWhole(expected, seen, compare)) return undefined;
  let seenAt = 0;
  let skips = false;
  for (const [at, each] of expected.entries()) {
    if (each === ANY_MORE) {
      skips = true;
      continue;
    }
    if (skips) {
      const found = seen.findIndex((entry, index) => index >= seenAt && compare(each as Expected, entry).length === 0);
      if (found < 0) return { kind: 'missing', at };
      seenAt = found + 1;
      skips = false;
      continue;
    }
    if (seenAt === seen.length) return { kind: 'missing', at };
    const found = compare(each as Expected, seen[seenAt]!);
    if (found.length > 0) return { kind: 'different', at, seenAt, differences: found };
    seenAt += 1;
  }
  return { kind: 'too_many', seenAt };
}

/** Whether there is a way to fit all that was seen to the list: a `…` takes as many as it must. */
function fitsWhole<Expected, Seen>(
  expected: readonly ('…' | Expected)[],
  seen: readonly Seen[],
  compare: (expected: Expected, seen: Seen) => readonly Difference[],
): boolean {
  // How many of those seen the expected ones so far can have taken.
  let taken = new Set([0]);
  for (const each of expected) {
    const next = new Set<number>();
    for (const at of taken) {
      if (each === ANY_MORE) for (let end = at; end <= seen.length; end++) next.add(end);
      else if (at < seen.length && compare(each as Expected, seen[at]!).length === 0) next.add(at + 1);
    }
    taken = next;
  }
  return taken.has(seen.length);
}

/** How a message differs from the one expected. `chat`: where what it quotes is looked up. */
export function messageDifferences(
  { text, buttons, quotes, payload, ...words }: ExpectedMessage,
  seen: ClientMessage,
  chat: readonly ClientMessage[],
): Difference[] {
  const found: Difference[] = [];
  if (text !== undefined && !textMatches(text, seen.text))
    found.push({ path: ['text'], expected: text.trimEnd(), seen: seen.text });
  for (const [key, expected] of Object.entries(words)) {
    const value = seen[key as keyof typeof words];
    if (expected !== undefined && value !== expected) found.push({ path: [key], expected, seen: value ?? 'nothing' });
  }
  if (buttons !== undefined)
    found.push(
      ...differences([...buttons], [...seen.buttons], ['buttons'])
        .slice(0, 1)
        .map(() => ({
          path: ['buttons'],
          expected: buttons.join(', '),
          seen: seen.buttons.join(', ') || 'none',
        })),
    );
  if (quotes !== undefined) {
    const quoted = chat.find(({ id }) => id === seen.quotes);
    if (!quoted || !textMatches(quotes, quoted.text))
      found.push({ path: ['quotes'], expected: quotes, seen: quoted?.text ?? 'nothing' });
  }
  if (payload !== undefined) found.push(...differences(payload, seen.payload, ['payload']));
  return found;
}

/** A message in one line, as lists of what came show it. */
export function messageLine({ type, text, buttons, template }: Partial<ClientMessage>): string {
  const shown = text?.trimEnd() || `(${type ?? 'a message'})`;
  const kind = template === undefined ? '' : ` (template ${template})`;
  const taps = buttons && buttons.length > 0 ? ` [${buttons.join('] [')}]` : '';
  return `${shown.replaceAll('\n', ' ⏎ ')}${kind}${taps}`;
}

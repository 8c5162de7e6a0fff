import { runInNewContext } from 'node:vm';

/** How long a regular expression may take on one text, ms. */
const REGEX_MS = 200;

/** `/…/` with flags, as written; undefined for other texts. */
export function regexOf(written: string): { readonly source: string; readonly flags: string } | undefined {
  const [, source, flags = ''] = /^\/(.+)\/([imsu]*)$/s.exec(written) ?? [];
  return source === undefined ? undefined : { source, flags };
}

/** What is wrong with a pattern, if anything. */
export function patternProblem(written: string): string | undefined {
  const regex = regexOf(written);
  if (!regex) return undefined;
  try {
    new RegExp(regex.source, regex.flags);
    return undefined;
  } catch (error) {
    return `${written} is no regular expression: ${(error as Error).message.replace(/^Invalid regular expression: /, '')}`;
  }
}

/**
 * Whether a text is the one that is meant: the very same, but that `…` stands for any text (also for none) and `/…/` is
 * a regular expression. Line breaks at the end do not count: YAML's block texts have one.
 */
export function textMatches(written: string, text: string): boolean {
  const regex = regexOf(written);
  if (regex) {
    try {
      const test = 'new RegExp(source, flags).test(text)';
      return runInNewContext(test, { ...regex, text }, { timeout: REGEX_MS }) === true;
    } catch {
      return false; // it took too long: it does not match
    }
  }
  const parts = withoutLastBreaks(written).split('…');
  return fits(parts, text) || fits(parts, withoutLastBreaks(text));
}

function withoutLastBreaks(text: string): string {
  let end = text.length;
  while (text[end - 1] === '\n' || text[end - 1] === '\r') end -= 1;
  return text.slice(0, end);
}

/** Whether the text has these parts in order, from its begin to its end. */
function fits(parts: readonly string[], whole: string): boolean {
  if (parts.length === 1) return parts[0] === whole;
  const [first, last] = [parts[0]!, parts.at(-1)!];
  if (!whole.startsWith(first) || !whole.endsWith(last) || first.length + last.length > whole.length) return false;
  const end = whole.length - last.length;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = whole.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}

/** A line of YAML that does not say what its author meant, and how it should be written. */
export interface Slip {
  /** Column of the value, from 1. */
  readonly column: number;
  readonly cause: string;
  readonly fixed: string;
}

/** A text as a YAML string: double quotes where nothing needs escaping, else single ones. */
export const quoted = (text: string): string => (/["\\]/.test(text) ? `'${text.replaceAll("'", "''")}'` : `"${text}"`);

const LINE = /^(\s*(?:- +)*)((?:"[^"]*"|'[^']*'|[^\s"'#&*!|>%@`{}[\],-][^:#]*?|[^\s"'#&*!|>%@`{}[\],:]+)\s*:\s+)?(.*)$/;
const COMMENT = /\s+#(?:\s.*)?$/;
const IN_FLOW = /(?<=[[{,:]\s*)(?:\{\{[^{}]*\}\}[^,}\]]*|~~[\w.$-]+(?:\[\d+\][\w.$-]*)+|\$\{[^}]*\})/g;

interface Parts {
  /** Indentation, dashes and key. */
  readonly head: string;
  readonly value: string;
  readonly comment: string;
}

function partsOf(line: string): Parts {
  const [, indent = '', key = '', rest = ''] = LINE.exec(line) ?? [];
  const comment = COMMENT.exec(rest)?.[0] ?? '';
  return { head: indent + key, value: rest.slice(0, rest.length - comment.length), comment };
}

/** Without the quotes that stand around all of it: `'it's'` → `it's`. */
const unwrapped = (value: string): string =>
  /^'.*'$/.test(value) || /^".*"$/.test(value) ? value.slice(1, -1) : value;

function causeOf(value: string, hasKey: boolean): string | undefined {
  if (value.startsWith('{{')) return 'a value that begins with {{ needs quotes: YAML reads { as the start of a map';
  if (/^[*&!%@`]/.test(value))
    return `a value that begins with ${value[0]} needs quotes: YAML keeps that sign for itself`;
  if (/^["']/.test(value)) return 'the text goes on behind its closing quote: put other quotes around all of it';
  if (hasKey && /:(\s|$)/.test(value))
    return 'a value with a colon and a space in it needs quotes: YAML reads it as another key';
  return undefined;
}

/**
 * The slip on a line that the YAML parser has refused, if it is one of the usual ones: `body: {{stub.data.x}}`,
 * `key: a: b`, `[~~a.b[0]]`, `*bold*`, `'it's'`, `{port: ${PORT}}`.
 */
export function slipOn(line: string): Slip | undefined {
  const { head, value, comment } = partsOf(line);
  const column = head.length + 1;
  if (/^[[{](?!\{)/.test(value)) {
    const fixed = value.replace(IN_FLOW, (found) => quoted(found.trimEnd()) + found.slice(found.trimEnd().length));
    const at = value.search(IN_FLOW);
    if (fixed === value) return undefined;
    return {
      column: column + at,
      cause: `inside [ ] and { } this needs quotes: YAML reads its brackets as its own`,
      fixed: head + fixed + comment,
    };
  }
  const cause = value === '' ? undefined : causeOf(value, /:\s+$/.test(head));
  if (cause === undefined) return undefined;
  return { column, cause, fixed: head + quoted(unwrapped(value)) + comment };
}

/** `subject: Order #5`: everything from the # is a comment, though it was meant as text. Takes the line and where # stands. */
export function lostComment(line: string, hash: number): Slip {
  const { head } = partsOf(line);
  return {
    column: hash + 1,
    cause:
      'everything from the # on is a comment. If it is text, quote the value; if it is a comment, put a space behind the #',
    fixed: head + quoted(line.slice(head.length).trimEnd()),
  };
}

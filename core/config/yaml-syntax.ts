import { type Document, parseAllDocuments, type YAMLError } from 'yaml';
import { StubwireError } from '../errors.js';
import type { SourceText } from './source-text.js';
import { slipOn } from './yaml-slips.js';
import { capital } from './yaml-tree.js';

/** Each slip that is mended has the file read again: what is read in all, characters. Some fifty slips of a long file. */
const MAX_READ = 2_000_000;

const ADVICE: { readonly [code: string]: string } = {
  TAB_AS_INDENT: 'the line is indented with a tab; YAML allows spaces only. Replace each tab with two spaces',
  BAD_INDENT:
    'the indentation does not match the lines above. All keys of one block start in the same column; a closing bracket is indented deeper than the key of its block',
  BLOCK_AS_IMPLICIT_KEY:
    'this line is indented as if it continued the value above it. Start it in the same column as the keys around it, or put the whole value in quotes',
  MULTILINE_IMPLICIT_KEY:
    'this line is indented as if it continued the value above it. Start it in the same column as the keys around it, or put the whole value in quotes',
  BLOCK_IN_FLOW:
    'inside { } and [ ] a comma is missing before this, or a list is written with dashes. Separate entries with commas, and write a list as [a, b]',
  BAD_DQ_ESCAPE:
    'inside double quotes a backslash starts an escape such as \\n, and this one does not exist. Write \\\\ for a backslash, or use single quotes',
  BAD_SCALAR_START: 'YAML reserves the sign that this value starts with. Put the value in quotes',
  TAG_RESOLVE_FAILED:
    'a word that starts with ! is a YAML tag, and this one is unknown. Remove it, or put the value in quotes',
  NON_STRING_KEY: 'a key must be text. If { or [ is text, put the value in quotes',
};

const refusals = (document: Document.Parsed): YAMLError[] =>
  [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0]);

/** Brackets left open at a time, and dashes at the begin of a line: the parser's own depth follows them. */
const MAX_OPEN = 500;
const INDICATORS = /^(?:[-?:][ \t]+|[ \t]+)+/;

/** Deep nesting exhausts the parser's stack, and with it the program; so it is counted before, roughly and from above. */
function refuseDeepNesting(source: SourceText): void {
  let open = 0;
  source.lines.forEach((line, index) => {
    const dashes = INDICATORS.exec(line)?.[0].replace(/[ \t]/g, '').length ?? 0;
    for (const letter of line) {
      if (letter === '[' || letter === '{') open += 1;
      else if ((letter === ']' || letter === '}') && open > 0) open -= 1;
      if (open <= MAX_OPEN && dashes <= MAX_OPEN) continue;
      const message = `This nests deeper than ${MAX_OPEN} brackets or dashes. Close what is open, or nest less.`;
      throw new StubwireError('yaml_too_large', message, { place: source.placeAt(index + 1, 1) });
    }
  });
}

function parse(source: SourceText): Document.Parsed[] {
  const options = { schema: 'failsafe', stringKeys: true, uniqueKeys: false, prettyErrors: false } as const;
  const documents = parseAllDocuments(source.text, { ...options, logLevel: 'silent' });
  return Array.isArray(documents) ? (documents as Document.Parsed[]) : [];
}

export interface ParsedYaml {
  /** The text that was understood: the file's own, its slips mended so that the rest could be read. */
  readonly source: SourceText;
  /** Empty when the text cannot be understood. */
  readonly documents: readonly Document.Parsed[];
  readonly problems: readonly StubwireError[];
}

interface Attempt {
  readonly source: SourceText;
  readonly documents: readonly Document.Parsed[];
  readonly error: YAMLError | undefined;
  /** The line that the error stands on. */
  readonly line: number;
}

function attempt(source: SourceText): Attempt {
  const documents = parse(source);
  const error = documents.flatMap(refusals)[0];
  const line = error === undefined ? Number.POSITIVE_INFINITY : source.lineAt(error.pos[0]);
  return { source, documents, error, line };
}

/** Reads YAML text. Known slips are reported and mended, so that all problems of a file are found in one go. */
export function parseYaml(original: SourceText): ParsedYaml {
  refuseDeepNesting(original);
  const problems: StubwireError[] = [];
  let current = attempt(original);
  let read = 0;
  while (current.error !== undefined) {
    const { source, error, line } = current;
    read += source.text.length;
    const slip = read < MAX_READ ? slipOn(source.lines[line - 1] ?? '') : undefined;
    const mended = slip && attempt(source.withLine(line, slip.fixed));
    // If the parser still stumbles over the line, it was something else.
    if (slip === undefined || mended === undefined || mended.line <= line) {
      problems.push(unreadable(original, source, error));
      return { source, documents: [], problems };
    }
    const message = `${capital(slip.cause)}. Write: ${slip.fixed.trim()}`;
    problems.push(new StubwireError('yaml_invalid', message, { place: original.placeAt(line, slip.column) }));
    current = mended;
  }
  return { source: current.source, documents: current.documents, problems };
}

/** The parser notices an open quote at the end of the file: the last line with an odd number of them is where it opens. */
function openQuote(source: SourceText, quote: string): StubwireError | undefined {
  const isOdd = (line: string): boolean => line.replace(/\\./g, '').split(quote).length % 2 === 0;
  const index = source.lines.findLastIndex(isOdd);
  if (index < 0) return undefined;
  const place = source.placeAt(index + 1, source.lines[index]!.lastIndexOf(quote) + 1);
  return new StubwireError(
    'yaml_invalid',
    `The quote ${quote} that opens here is never closed. Put a ${quote} at the end of the text.`,
    {
      place,
    },
  );
}

const CLOSES: { readonly [open: string]: string } = { '[': ']', '{': '}' };

/** The parser notices an open bracket only where something else begins. The mistake is at the last open bracket there. */
function openBracket(original: SourceText, source: SourceText, end: number): StubwireError | undefined {
  const open: number[] = [];
  const text = source.text
    .slice(0, end)
    .replace(/"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|(?<=^|\s)#.*/gm, (skipped) => ' '.repeat(skipped.length));
  for (const [at, sign] of [...text.matchAll(/[[\]{}]/g)].map((found) => [found.index, found[0]] as const)) {
    if (sign in CLOSES) open.push(at);
    else open.pop();
  }
  const at = open.at(-1);
  if (at === undefined) return undefined;
  const sign = source.text[at]!;
  const { line = 1, column = 1 } = source.place(at);
  const message = `The bracket ${sign} that opens here is never closed. Put a ${CLOSES[sign]} at its end.`;
  return new StubwireError('yaml_invalid', message, { place: original.placeAt(line, column) });
}

/** If a key is indented below a value, the parser names the value, but the key is the mistake. */
function placeOf(source: SourceText, error: YAMLError) {
  const { line = 1, column = 1 } = source.place(Math.min(error.pos[0], source.text.length));
  const indent = (text: string): number => text.search(/\S/);
  const next = source.lines[line] ?? '';
  const isKeyBelow = /^\s*[^\s:#][^:#]*:(?:\s|$)/.test(next) && indent(next) > indent(source.lines[line - 1] ?? '');
  return error.code === 'BLOCK_AS_IMPLICIT_KEY' && isKeyBelow
    ? { line: line + 1, column: indent(next) + 1 }
    : { line, column };
}

function unreadable(original: SourceText, source: SourceText, error: YAMLError): StubwireError {
  const [, quote] = /^Missing closing (['"])quote/.exec(error.message) ?? [];
  const isOpen = /^Flow (?:map|sequence) .*must .*end with a [\]}]/.test(error.message);
  const open =
    quote !== undefined ? openQuote(original, quote) : isOpen ? openBracket(original, source, error.pos[0]) : undefined;
  if (open !== undefined) return open;
  const { line, column } = placeOf(source, error);
  const [, extra] = /^Unexpected \S+ token in YAML stream: "([\]}])"/.exec(error.message) ?? [];
  const advice =
    extra !== undefined
      ? `there is no opening bracket for this ${extra}. Remove it, or put the text that it belongs to in quotes`
      : (ADVICE[error.code] ?? error.message.replace(/\s+/g, ' ').replace(/"quote/, '" quote'));
  return new StubwireError('yaml_invalid', `${capital(advice)}.`, { place: original.placeAt(line, column) });
}

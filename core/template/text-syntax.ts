import Handlebars from 'handlebars';
import { callProblem, type HelperBook, isHelper } from './helper-book.js';
import { isOfTemplate, ONLY_TEMPLATE } from './helper-call.js';

/** Names of helpers that no template can write, for what texts are made into before Handlebars compiles them. */
export const AS_TEXT = 'as text';
export const RUN_HELPER = 'run helper';
export const SECOND_ROUND = 'second round';
const RAW = 'raw text';

const SKIP = /(\\?)\{\{#\s*skip\s*\}\}/g;
const SKIP_END = /\{\{\/\s*skip\s*\}\}/g;

/**
 * The text as Handlebars reads it, the inside of each `{{#skip}}` as words. Throws an error that says what cannot be read.
 */
export function readText(text: string): hbs.AST.Program {
  const raws: string[] = [];
  const program = Handlebars.parse(withoutRaws(text, raws));
  return raws.length === 0 ? program : rewritten(program, (statement) => rawContent(statement, raws));
}

/** Handlebars has no block whose inside it does not read, so the insides are taken out before and put back after. */
export function withoutRaws(text: string, raws: string[] = []): string {
  if (!text.includes('skip')) return text;
  let rest = '';
  let from = 0;
  for (let open = next(SKIP, text, from); open !== null; open = next(SKIP, text, from)) {
    const start = open.index + open[0].length;
    if (open[1] === '\\') {
      rest += text.slice(from, start);
      from = start;
      continue;
    }
    const close = next(SKIP_END, text, start);
    if (close === null) throw new Error('a {{#skip}} has no {{/skip}}');
    rest += `${text.slice(from, open.index)}{{[${RAW}] ${raws.length}}}`;
    raws.push(text.slice(start, close.index));
    from = close.index + close[0].length;
  }
  return rest + text.slice(from);
}

function next(pattern: RegExp, text: string, from: number): RegExpExecArray | null {
  pattern.lastIndex = from;
  return pattern.exec(text);
}

function rawContent(statement: hbs.AST.Statement, raws: readonly string[]): hbs.AST.Statement {
  if (statement.type !== 'MustacheStatement') return statement;
  const { path, params, loc } = statement as hbs.AST.MustacheStatement;
  const value =
    nameOf(path) === RAW ? raws[Number((params[0] as hbs.AST.NumberLiteral | undefined)?.value)] : undefined;
  return value === undefined
    ? statement
    : ({ type: 'ContentStatement', value, original: value, loc } as unknown as hbs.AST.ContentStatement);
}

/** The program with each statement as `rewrite` makes it, those inside of blocks first. */
function rewritten(
  program: hbs.AST.Program,
  rewrite: (statement: hbs.AST.Statement) => hbs.AST.Statement,
): hbs.AST.Program {
  const body = program.body.map((statement) => {
    if (statement.type !== 'BlockStatement') return rewrite(statement);
    const { program: inner, inverse, ...rest } = statement as hbs.AST.BlockStatement;
    const parts = {
      ...(inner && { program: rewritten(inner, rewrite) }),
      ...(inverse && { inverse: rewritten(inverse, rewrite) }),
    };
    return rewrite({ ...rest, ...parts } as hbs.AST.BlockStatement);
  });
  return { ...program, body };
}

/** The path of a plain `{{a.b}}`; undefined for anything with helpers, data variables or parents. */
export function plainPath(statement: hbs.AST.Statement): readonly string[] | undefined {
  if (statement.type !== 'MustacheStatement') return undefined;
  const { path, params, hash } = statement as hbs.AST.MustacheStatement;
  if (path.type !== 'PathExpression' || params.length > 0 || hash !== undefined) return undefined;
  const { data, depth, parts, original } = path as hbs.AST.PathExpression;
  const isPlain = !data && depth === 0 && parts.length > 1 && !/^(?:this\b|\.)/.test(String(original));
  return isPlain ? parts : undefined;
}

/**
 * The program as it is compiled: every `{{path}}` goes through a helper that makes text of it (without escaping, Handlebars
 * joins values as they are: `{{a}}{{b}}` of the numbers 1 and 2 gives 3), and so does every use of a contributed helper.
 */
export const compilable = (program: hbs.AST.Program, helpers: HelperBook): hbs.AST.Program =>
  rewritten(program, (statement) => {
    if (statement.type === 'MustacheStatement') return asText(statement as hbs.AST.MustacheStatement);
    if (statement.type !== 'BlockStatement') return statement;
    const block = statement as hbs.AST.BlockStatement;
    const name = nameOf(block.path);
    if (!isHelper(name, helpers)) return block;
    const problem = blockProblem(block, helpers);
    if (problem !== undefined) throw new Error(problem.replace(/\.$/, ''));
    const { loc } = block;
    if (name === 'substitute') return mustache(SECOND_ROUND, templateParts(block), loc);
    const hasContent = !isEmpty(block.program);
    return {
      ...block,
      path: pathOf(RUN_HELPER, loc),
      params: [string(name, loc), boolean(hasContent, loc), ...block.params],
    };
  });

/** What is wrong with how a block names a helper (not with what stands inside), or undefined. */
export function blockProblem(block: hbs.AST.BlockStatement, helpers: HelperBook): string | undefined {
  const name = nameOf(block.path);
  const helper = helpers.get(name);
  if (name === 'skip') return 'Write {{#skip}}…{{/skip}} with nothing else in its {{ }}.';
  if (block.inverse !== undefined || block.hash !== undefined)
    return `{{#${name}}} takes no {{else}} and no key=value.`;
  if (name === 'substitute') {
    const ofTemplate = block.params.length === 0 && isEmptyOrOfTemplate(block.program);
    return ofTemplate
      ? undefined
      : `${ONLY_TEMPLATE}, or words and such paths between {{#substitute}} and {{/substitute}}.`;
  }
  if (block.params.some(({ type }) => type === 'SubExpression'))
    return 'A helper in ( ) is not allowed here. Write a path.';
  const hasContent = !isEmpty(block.program);
  if (hasContent && helper?.takesContent === undefined)
    return `{{#${name}}} takes nothing inside. Write {{#${name} …}}{{/${name}}}.`;
  return callProblem(name, block.params.length + (hasContent ? 1 : 0), helpers);
}

const isEmpty = (program: hbs.AST.Program | undefined): boolean =>
  (program?.body ?? []).every(
    (statement) => statement.type === 'CommentStatement' || (contentOf(statement)?.trim() ?? 'more') === '',
  );

const contentOf = (statement: hbs.AST.Statement): string | undefined =>
  statement.type === 'ContentStatement' ? (statement as hbs.AST.ContentStatement).value : undefined;

const isEmptyOrOfTemplate = (program: hbs.AST.Program | undefined): boolean =>
  (program?.body ?? []).every((statement) => {
    if (statement.type === 'CommentStatement' || contentOf(statement) !== undefined) return true;
    const path = plainPath(statement) ?? plainPath(unwrapped(statement));
    return path !== undefined && isOfTemplate(path);
  });

/** Inner statements are rewritten first, so that a path may stand in `as text` by now. */
function unwrapped(statement: hbs.AST.Statement): hbs.AST.Statement {
  if (statement.type !== 'MustacheStatement') return statement;
  const { path, params, ...rest } = statement as hbs.AST.MustacheStatement;
  return nameOf(path) === AS_TEXT
    ? ({ ...rest, path: params[0], params: [] } as unknown as hbs.AST.MustacheStatement)
    : statement;
}

/** The words and paths of a `{{#substitute}}`. They are looked up from the roots, whatever block it stands in. */
function templateParts({ program, loc }: hbs.AST.BlockStatement): hbs.AST.Expression[] {
  return (program?.body ?? []).flatMap((statement): hbs.AST.Expression[] => {
    const content = contentOf(statement);
    if (content !== undefined) return [string(content, loc)];
    const parts = plainPath(unwrapped(statement));
    if (parts === undefined) return [];
    return [{ ...pathOf('@root', loc), data: true, parts: ['root', ...parts] } as hbs.AST.PathExpression];
  });
}

function asText(statement: hbs.AST.MustacheStatement): hbs.AST.MustacheStatement {
  const { path, params, hash } = statement;
  if (params.length > 0 || hash !== undefined) return statement;
  return { ...statement, path: pathOf(AS_TEXT, path.loc), params: [path] };
}

export const nameOf = (path: hbs.AST.Expression): string => String((path as hbs.AST.PathExpression).original);

type Loc = hbs.AST.SourceLocation;
const pathOf = (name: string, loc: Loc): hbs.AST.PathExpression =>
  ({ type: 'PathExpression', data: false, depth: 0, parts: [name], original: name, loc }) as hbs.AST.PathExpression;
const string = (value: string, loc: Loc) =>
  ({ type: 'StringLiteral', value, original: value, loc }) as hbs.AST.StringLiteral;
const boolean = (value: boolean, loc: Loc) =>
  ({ type: 'BooleanLiteral', value, original: value, loc }) as hbs.AST.BooleanLiteral;
const mustache = (name: string, params: hbs.AST.Expression[], loc: Loc) =>
  ({
    type: 'MustacheStatement',
    path: pathOf(name, loc),
    params,
    hash: undefined,
    escaped: false,
    strip: { open: false, close: false },
    loc,
  }) as unknown as hbs.AST.MustacheStatement;

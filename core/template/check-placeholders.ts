import { didYouMean, listed } from '../config/nearest.js';
import { BLOCKS, blockNames, callProblem, type HelperBook, isHelper } from './helper-book.js';
import { isCall, parseCall, wordProblem } from './helper-call.js';
import { parseReference, REFERENCE, ROOT_NAMES } from './reference.js';
import { blockProblem, nameOf, readText, withoutRaws } from './text-syntax.js';

const roots: readonly string[] = ROOT_NAMES;
/** Blocks inside which names mean something else than at the top. */
const CHANGES_CONTEXT = new Set<string>(['each', 'with']);

const unknownRoot = (written: string, root: string): string =>
  `${written} begins with "${root}", which does not exist.${didYouMean(root, roots)} A path begins with one of: ${listed(roots)}.`;

/** What is wrong with the `~~reference` or the `{{placeholders}}` of a text that is filled in when an action runs: a sentence or two each. */
export function textProblems(text: string, helpers: HelperBook): string[] {
  if (isCall(text)) return callProblems(text, helpers);
  if (text.startsWith(REFERENCE)) return referenceProblems(text);
  const inline = /~~(\w+)(?=[.[])/.exec(text);
  if (inline !== null && roots.includes(inline[1]!))
    return [`~~ refers only as the whole of a value. Inside a text write {{${inline[1]}.…}}.`];
  const call = /~~#(\w+)\(/.exec(text);
  if (call !== null && isHelper(call[1]!, helpers))
    return [`~~# calls a helper only as the whole of a value. Inside a text write {{#${call[1]} …}}{{/${call[1]}}}.`];
  return text.includes('{{') ? new PlaceholderCheck(helpers).problems(text) : [];
}

function callProblems(text: string, helpers: HelperBook): string[] {
  const call = parseCall(text);
  if (typeof call === 'string') return [`"${text}" is not a valid call of a helper: ${call}.`];
  const problem = callProblem(call.name, call.args.length, helpers) ?? wordProblem(call.name, call.args[0]!);
  if (problem !== undefined) return [problem];
  return call.args.flatMap((arg) =>
    'path' in arg && !roots.includes(arg.path[0]!)
      ? [unknownRoot(`"${arg.path.join('.')}" of ${text}`, arg.path[0]!)]
      : [],
  );
}

function referenceProblems(text: string): string[] {
  const path = parseReference(text);
  if (path === undefined) {
    return [
      `"${text}" is not a valid reference. Write a path such as ~~stub.data.files[0] and nothing after it; inside a text write {{stub.data.…}}.`,
    ];
  }
  return roots.includes(path[0]!) ? [] : [unknownRoot(text, path[0]!)];
}

/** The check of one text's `{{ }}`. */
class PlaceholderCheck {
  constructor(private readonly helpers: HelperBook) {}

  problems(text: string): string[] {
    try {
      const index = /\{\{[^}]*?([\w.]*\w)\[(\d+)\]/.exec(withoutRaws(text));
      if (index !== null) return [`Inside {{ }} an index is written with a dot: ${index[1]}.[${index[2]}].`];
      return this.ofStatements(readText(text).body, false);
    } catch (error) {
      // Handlebars' own message goes on with the names of every token it would have taken.
      const [first = '', near = ''] = (error as Error).message.split('\n');
      const [, opened, closed] = /^(\S+) doesn't match (\S+)/.exec(first) ?? [];
      if (closed !== undefined) return [`{{#${opened}}} is closed by {{/${closed}}}. Write {{/${opened}}}.`];
      const said = near === '' ? first : `${first.replace('Parse error on ', '')} ${near}`;
      return [`The {{ }} of this text cannot be read (${said}). Each {{ needs its }}, each {{#if}} its {{/if}}.`];
    }
  }

  private ofStatements(statements: readonly hbs.AST.Statement[], inner: boolean): string[] {
    return statements.flatMap((statement) => this.ofStatement(statement, inner));
  }

  private ofStatement(statement: hbs.AST.Statement, inner: boolean): string[] {
    switch (statement.type) {
      case 'ContentStatement':
      case 'CommentStatement':
        return [];
      case 'MustacheStatement':
        return this.ofMustache(statement as hbs.AST.MustacheStatement, inner);
      case 'BlockStatement':
        return this.ofBlock(statement as hbs.AST.BlockStatement, inner);
      default:
        return [
          `{{> }} and {{* }} (partials and decorators) are not taken here. There are {{path}} and ${this.blocks()}.`,
        ];
    }
  }

  private blocks(): string {
    return blockNames(this.helpers)
      .map((name) => `{{#${name}}}`)
      .join(', ');
  }

  private ofMustache({ path, params, hash }: hbs.AST.MustacheStatement, inner: boolean): string[] {
    const name = nameOf(path);
    if (isHelper(name, this.helpers)) return [`Inside a text a helper is a block: {{#${name} …}}{{/${name}}}.`];
    const isBlock = (BLOCKS as readonly string[]).includes(name);
    if (params.length === 0 && hash === undefined && !isBlock) return ofPath(path, inner);
    const form = `{{${name}${isBlock ? '' : ' …'}}}`;
    return [`${form} is neither a path nor a known helper. There are {{path}} and ${this.blocks()}.`];
  }

  private ofBlock(block: hbs.AST.BlockStatement, inner: boolean): string[] {
    const { path, params, program, inverse } = block;
    const name = nameOf(path);
    if (isHelper(name, this.helpers)) {
      const problem = blockProblem(block, this.helpers);
      if (problem !== undefined) return [problem];
      return [...params.flatMap((param) => ofPath(param, inner)), ...this.ofStatements(program?.body ?? [], inner)];
    }
    const isBlock = (BLOCKS as readonly string[]).includes(name);
    if (!isBlock && params.length > 0) {
      return [
        `There is no helper {{#${name} …}}.${didYouMean(name, blockNames(this.helpers))} There are: ${this.blocks()}.`,
      ];
    }
    if (isBlock && params.length !== 1) return [`{{#${name}}} takes one path: {{#${name} stub.data.x}}.`];
    const changed = inner || !isBlock || CHANGES_CONTEXT.has(name);
    return [
      ...ofPath(isBlock ? params[0]! : path, inner),
      ...this.ofStatements(program?.body ?? [], changed),
      ...this.ofStatements(inverse?.body ?? [], inner),
    ];
  }
}

function ofPath(expression: hbs.AST.Expression, inner: boolean): string[] {
  if (expression.type === 'SubExpression') return ['A helper in ( ) is not allowed here. Write a path.'];
  if (expression.type !== 'PathExpression') return [];
  const { data, depth, parts, original } = expression as hbs.AST.PathExpression;
  const root = parts[0];
  if (inner || data || depth > 0 || root === undefined || roots.includes(root)) return [];
  return [unknownRoot(`{{${String(original)}}}`, root)];
}

import { didYouMean, listed } from '../config/nearest.js';
import { parseReference, REFERENCE, ROOT_NAMES } from './reference.js';
import { HELPERS, parseText } from './text-template.js';

/** What is wrong with a text of a template, in one sentence or two. `toCome`: right, but not built yet. */
export interface TextProblem {
  readonly message: string;
  readonly toCome?: true;
}

const roots: readonly string[] = ROOT_NAMES;
/** Blocks inside which names mean something else than at the top. */
const CHANGES_CONTEXT = new Set<string>(['each', 'with']);

const unknownRoot = (written: string, root: string): TextProblem => ({
  message: `${written} begins with "${root}", and there is no such root.${didYouMean(root, roots)} There are: ${listed(roots)}.`,
});

/** Checks the `~~reference` or the `{{placeholders}}` of a text that is filled in when an action runs. */
export function textProblems(text: string): TextProblem[] {
  if (text.startsWith(REFERENCE)) return referenceProblems(text);
  const inline = /~~(\w+)(?=[.[])/.exec(text);
  if (inline !== null && roots.includes(inline[1]!)) {
    return [{ message: `~~ refers only as the whole of a value. Inside a text write {{${inline[1]}.…}}.` }];
  }
  return text.includes('{{') ? placeholderProblems(text) : [];
}

function referenceProblems(text: string): TextProblem[] {
  if (text.startsWith('~~#'))
    return [{ message: `${text}: helpers are not built yet. There are ~~paths and {{placeholders}}.`, toCome: true }];
  const path = parseReference(text);
  if (path === undefined) {
    return [
      {
        message: `"${text}" is no reference. Write a path such as ~~stub.data.files[0], and nothing behind it; inside a text write {{stub.data.…}}.`,
      },
    ];
  }
  return roots.includes(path[0]!) ? [] : [unknownRoot(text, path[0]!)];
}

function placeholderProblems(text: string): TextProblem[] {
  const index = /\{\{[^}]*?([\w.]*\w)\[(\d+)\]/.exec(text);
  if (index !== null) {
    return [{ message: `Inside {{ }} an index is written with a dot: ${index[1]}.[${index[2]}].` }];
  }
  try {
    return statementProblems(parseText(text).body, false);
  } catch (error) {
    // Handlebars' own message goes on with the names of every token it would have taken.
    const [first = '', near = ''] = (error as Error).message.split('\n');
    const said = near === '' ? first : `${first.replace('Parse error on ', '')} ${near}`;
    return [
      { message: `The {{ }} of this text cannot be read (${said}). Each {{ needs its }}, each {{#if}} its {{/if}}.` },
    ];
  }
}

const statementProblems = (statements: readonly hbs.AST.Statement[], inner: boolean): TextProblem[] =>
  statements.flatMap((statement) => problemsOf(statement, inner));

function problemsOf(statement: hbs.AST.Statement, inner: boolean): TextProblem[] {
  switch (statement.type) {
    case 'ContentStatement':
    case 'CommentStatement':
      return [];
    case 'MustacheStatement':
      return mustacheProblems(statement as hbs.AST.MustacheStatement, inner);
    case 'BlockStatement':
      return blockProblems(statement as hbs.AST.BlockStatement, inner);
    default:
      return [
        {
          message: `{{> }} and {{* }} (partials and decorators) are not taken here. There are {{path}} and ${helpers()}.`,
        },
      ];
  }
}

const helpers = (): string => HELPERS.map((name) => `{{#${name}}}`).join(', ');

function mustacheProblems({ path, params, hash }: hbs.AST.MustacheStatement, inner: boolean): TextProblem[] {
  const name = String((path as hbs.AST.PathExpression).original);
  const isHelper = (HELPERS as readonly string[]).includes(name);
  if (params.length > 0 || hash !== undefined || isHelper) {
    return [
      {
        message: `{{${name}${isHelper ? '' : ' …'}}} is no path, and there is no helper of that form. There are {{path}} and ${helpers()}.`,
      },
    ];
  }
  return pathProblems(path, inner);
}

function blockProblems({ path, params, program, inverse }: hbs.AST.BlockStatement, inner: boolean): TextProblem[] {
  const name = String(path.original);
  const isHelper = (HELPERS as readonly string[]).includes(name);
  if (!isHelper && params.length > 0) {
    return [{ message: `There is no helper {{#${name} …}}.${didYouMean(name, HELPERS)} There are: ${helpers()}.` }];
  }
  if (isHelper && params.length !== 1) return [{ message: `{{#${name}}} takes one path: {{#${name} stub.data.x}}.` }];
  const changed = inner || !isHelper || CHANGES_CONTEXT.has(name);
  return [
    ...pathProblems(isHelper ? params[0]! : path, inner),
    ...statementProblems(program?.body ?? [], changed),
    ...statementProblems(inverse?.body ?? [], inner),
  ];
}

function pathProblems(expression: hbs.AST.Expression, inner: boolean): TextProblem[] {
  if (expression.type === 'SubExpression')
    return [{ message: 'There are no helpers in ( ) here. There are paths only.' }];
  if (expression.type !== 'PathExpression') return [];
  const { data, depth, parts, original } = expression as hbs.AST.PathExpression;
  const root = parts[0];
  if (inner || data || depth > 0 || root === undefined || roots.includes(root)) return [];
  return [unknownRoot(`{{${String(original)}}}`, root)];
}

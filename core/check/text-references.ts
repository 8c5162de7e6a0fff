import { parseReference, REFERENCE, ROOT_NAMES } from '../template/reference.js';
import { readText } from '../template/text-syntax.js';

/** A path from a root: `['stub', 'data', 'eta']`. */
export type Reference = readonly string[];

const roots: readonly string[] = ROOT_NAMES;
/** Blocks inside which names mean something else; so they do in a block that is a path. */
const CHANGES_CONTEXT = ['each', 'with', ...roots];
const IN_ARGUMENTS = /(?<![\w.@#])([A-Za-z]+)((?:\.\w+|\.?\[\d+\])+)/g;
const QUOTED = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g;

/** The paths that a text refers to, `~~` and `{{ }}` alike, as far as they begin at a root. A text that cannot be read has none. */
export function textReferences(text: string): readonly Reference[] {
  if (text.startsWith(`${REFERENCE}#`)) return inArguments(text);
  if (text.startsWith(REFERENCE)) return fromRoot([parseReference(text) ?? []]);
  if (!text.includes('{{')) return [];
  try {
    return fromRoot(inStatements(readText(text).body));
  } catch {
    return []; // another check reports its syntax error
  }
}

const fromRoot = (paths: readonly Reference[]): Reference[] => paths.filter(([root = '']) => roots.includes(root));

const inArguments = (text: string): Reference[] =>
  fromRoot(
    [...text.replace(QUOTED, '').matchAll(IN_ARGUMENTS)].map(([, root, rest]) => [
      root!,
      ...rest!.split(/[.[\]]+/).filter((part) => part !== ''),
    ]),
  );

const inStatements = (statements: readonly hbs.AST.Statement[]): Reference[] => statements.flatMap(inStatement);

function inStatement(statement: hbs.AST.Statement): Reference[] {
  if (statement.type === 'MustacheStatement') {
    const { path, params } = statement as hbs.AST.MustacheStatement;
    return [path, ...params].flatMap(inExpression);
  }
  if (statement.type !== 'BlockStatement') return [];
  const { path, params, program, inverse } = statement as hbs.AST.BlockStatement;
  const name = String(path.original);
  const keepsContext = !CHANGES_CONTEXT.includes(name) && !name.includes('.');
  const inside = keepsContext ? inStatements(program?.body ?? []) : [];
  return [...[path, ...params].flatMap(inExpression), ...inside, ...inStatements(inverse?.body ?? [])];
}

function inExpression(expression: hbs.AST.Expression): Reference[] {
  if (expression.type === 'SubExpression') return (expression as hbs.AST.SubExpression).params.flatMap(inExpression);
  if (expression.type !== 'PathExpression') return [];
  const { data, depth, parts } = expression as hbs.AST.PathExpression;
  return data || depth > 0 ? [] : [parts];
}

import Handlebars from 'handlebars';
import { StubwireError } from '../errors.js';
import { type Roots, valueAt } from './reference.js';

/** One filled-in text, characters: four times the longest text that a provider takes, for lists that templates build. */
export const MAX_TEXT = 64 * 1024;
/** Turns of all `#each` of one text: with data from outside, nested ones would else run for long. */
const MAX_TURNS = 10_000;
/** Compiled texts kept. They come from templates only, so they are few; the bound is for long-lived hosts that reload. */
const MAX_COMPILED = 5_000;

export const HELPERS = ['if', 'unless', 'each', 'with'] as const;

/** The name of a helper that no template can write. */
const AS_TEXT = 'as text';

type Fill = (roots: Roots) => string;

let turnsLeft = 0;
const handlebars = createHandlebars();
const compiled = new Map<string, Fill>();

/** Handlebars with the four helpers above and none of its others: no partials, no `lookup`, no `log`. */
function createHandlebars(): typeof Handlebars {
  const environment = Handlebars.create();
  environment.unregisterHelper('lookup');
  environment.unregisterHelper('log');
  environment.registerHelper(AS_TEXT, (value: unknown) => String(value ?? ''));
  const each = environment.helpers['each']!;
  environment.registerHelper('each', function (this: unknown, list: unknown, options: Handlebars.HelperOptions) {
    const counted = (context: unknown, runtime?: Handlebars.RuntimeOptions): string => {
      turnsLeft -= 1;
      if (turnsLeft < 0) throw new Error(`its {{#each}} takes more than ${MAX_TURNS} turns`);
      return options.fn(context, runtime);
    };
    return each.call(this, list, { ...options, fn: counted });
  });
  return environment;
}

const failed = (text: string, why: string, cause?: unknown): StubwireError => {
  const start = text.length > 60 ? `${text.slice(0, 57)}…` : text;
  return new StubwireError(
    'substitution_failed',
    `The text "${start}" could not be filled in: ${why}. Correct the template.`,
    { cause },
  );
};

/** The text as Handlebars reads it; throws Handlebars' own error. */
export const parseText = (text: string): hbs.AST.Program => handlebars.parse(text);

/** The path of a plain `{{a.b}}`; undefined for anything with helpers, data variables or parents. */
function plainPath(statement: hbs.AST.Statement): readonly string[] | undefined {
  if (statement.type !== 'MustacheStatement') return undefined;
  const { path, params, hash } = statement as hbs.AST.MustacheStatement;
  if (path.type !== 'PathExpression' || params.length > 0 || hash !== undefined) return undefined;
  const { data, depth, parts, original } = path as hbs.AST.PathExpression;
  const isPlain = !data && depth === 0 && parts.length > 1 && !/^(?:this\b|\.)/.test(String(original));
  return isPlain ? parts : undefined;
}

/**
 * Lets every `{{path}}` go through a helper that makes text of it. Without escaping, Handlebars joins values as they are:
 * `{{a}}{{b}}` of the numbers 1 and 2 gives 3.
 */
function asText(program: hbs.AST.Program): hbs.AST.Program {
  const body = program.body.map((statement): hbs.AST.Statement => {
    if (statement.type === 'BlockStatement') {
      const { program: inner, inverse, ...rest } = statement as hbs.AST.BlockStatement;
      const parts = { ...(inner && { program: asText(inner) }), ...(inverse && { inverse: asText(inverse) }) };
      return { ...rest, ...parts } as hbs.AST.BlockStatement;
    }
    const { path, params, hash } = statement as hbs.AST.MustacheStatement;
    if (statement.type !== 'MustacheStatement' || params.length > 0 || hash !== undefined) return statement;
    const helper = {
      type: 'PathExpression',
      data: false,
      depth: 0,
      parts: [AS_TEXT],
      original: AS_TEXT,
      loc: path.loc,
    };
    return { ...statement, path: helper, params: [path] } as hbs.AST.MustacheStatement;
  });
  return { ...program, body };
}

/** Most texts are words and plain paths: those are filled without Handlebars' runtime, ten times as fast. */
function compilePlain(program: hbs.AST.Program): Fill | undefined {
  const parts: (string | readonly string[])[] = [];
  for (const statement of program.body) {
    const part =
      statement.type === 'ContentStatement' ? (statement as hbs.AST.ContentStatement).value : plainPath(statement);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return (roots) => {
    let filled = '';
    for (const part of parts) filled += typeof part === 'string' ? part : (valueAt(roots, part) ?? '');
    return filled;
  };
}

function compile(text: string): Fill {
  const plain = compilePlain(parseText(text));
  if (plain !== undefined) return plain;
  const knownHelpers = Object.fromEntries([AS_TEXT, ...HELPERS].map((name) => [name, true]));
  const program = asText(parseText(text));
  const render = handlebars.compile<Roots>(program, { noEscape: true, knownHelpers, knownHelpersOnly: true });
  return (roots) => {
    turnsLeft = MAX_TURNS;
    return render(roots, { allowProtoPropertiesByDefault: false, allowProtoMethodsByDefault: false });
  };
}

function compiledFill(text: string): Fill {
  const known = compiled.get(text);
  if (known !== undefined) return known;
  const fill = compile(text);
  if (compiled.size >= MAX_COMPILED) compiled.delete(compiled.keys().next().value!);
  compiled.set(text, fill);
  return fill;
}

/** Fills the `{{…}}` of a text, without HTML escaping; an unknown path gives nothing. Throws `substitution_failed`. */
export function fillText(text: string, roots: Roots): string {
  let filled: string;
  try {
    filled = compiledFill(text)(roots);
  } catch (error) {
    throw failed(text, (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' '), error);
  }
  if (filled.length <= MAX_TEXT) return filled;
  throw failed(text, `it came to ${filled.length} characters, and ${MAX_TEXT} are allowed`);
}

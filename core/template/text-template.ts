import Handlebars from 'handlebars';
import type { Json } from '../contract/json.js';
import type { SubstitutionHelper } from '../contract/substitution-helper.js';
import { StubwireError } from '../errors.js';
import type { FillBudget } from './fill-budget.js';
import { encodedBy, type Filling, secondRound, unencoded } from './filling.js';
import { BLOCKS, type HelperBook } from './helper-book.js';
import { type Roots, valueAt } from './reference.js';
import { AS_TEXT, compilable, plainPath, RUN_HELPER, readText, SECOND_ROUND } from './text-syntax.js';

/** One filled-in text, characters: four times the longest text that a provider takes, for lists that templates build. */
export const MAX_TEXT = 64 * 1024;
/** Compiled texts kept. They come from templates only, so they are few; the bound is for long-lived hosts that reload. */
const MAX_COMPILED = 5_000;
/** How deep a value may nest that a text shows. */
const MAX_DEPTH = 32;

type Fill = (filling: Filling) => string;

/** Fills in the `{{ }}` of texts with Handlebars, without HTML escaping. Has its four blocks and the helpers given, nothing else. */
export class TextTemplates {
  private readonly handlebars: typeof Handlebars;
  private readonly compiled = new Map<string, Fill>();
  /** What is being filled in, for the helpers that Handlebars calls meanwhile. */
  private filling: Filling | undefined;

  constructor(private readonly helpers: HelperBook<SubstitutionHelper>) {
    this.handlebars = this.createHandlebars();
  }

  /** An unknown path gives nothing. Throws `substitution_failed`. */
  fill(text: string, filling: Filling): string {
    const before = this.filling;
    this.filling = filling;
    try {
      return this.compiledFill(text)(filling);
    } catch (error) {
      if (error instanceof StubwireError && error.code === 'substitution_failed') throw error; // of a second round
      throw failed(text, (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' '), error);
    } finally {
      this.filling = before;
    }
  }

  private compiledFill(text: string): Fill {
    const known = this.compiled.get(text);
    if (known !== undefined) return known;
    const fill = this.compile(text);
    if (this.compiled.size >= MAX_COMPILED) this.compiled.delete(this.compiled.keys().next().value!);
    this.compiled.set(text, fill);
    return fill;
  }

  private compile(text: string): Fill {
    const program = readText(text);
    const plain = compilePlain(program);
    if (plain !== undefined) return plain;
    const knownHelpers = Object.fromEntries([AS_TEXT, RUN_HELPER, SECOND_ROUND, ...BLOCKS].map((name) => [name, true]));
    const options = { noEscape: true, knownHelpers, knownHelpersOnly: true };
    const render = this.handlebars.compile<Roots>(compilable(program, this.helpers), options);
    return ({ roots }) =>
      within(render(roots, { allowProtoPropertiesByDefault: false, allowProtoMethodsByDefault: false }));
  }

  /** No partials, no `lookup`, no `log`. */
  private createHandlebars(): typeof Handlebars {
    const environment = Handlebars.create();
    environment.unregisterHelper('lookup');
    environment.unregisterHelper('log');
    const each = environment.helpers['each']!;
    const { budget, filledIn, plainly, run, second } = this.forHandlebars();
    environment.registerHelper('each', function (this: unknown, list: unknown, options: Handlebars.HelperOptions) {
      const counted = (context: unknown, runtime?: Handlebars.RuntimeOptions): string => {
        budget().turn();
        return within(options.fn(context, runtime));
      };
      return each.call(this, list, { ...options, fn: counted });
    });
    environment.registerHelper(AS_TEXT, (value: unknown) => filledIn(textOf(value)));
    environment.registerHelper(SECOND_ROUND, (...given: unknown[]) => second(given.slice(0, -1).map(textOf).join('')));
    environment.registerHelper(RUN_HELPER, function (this: unknown, ...given: unknown[]) {
      const options = given.at(-1) as Handlebars.HelperOptions;
      const [name, hasContent, ...args] = given.slice(0, -1);
      const content = hasContent === true ? [within(plainly(() => options.fn(this))) || undefined] : [];
      return filledIn(textOf(run(name as string, [...content, ...(args as Json[])])));
    });
    return environment;
  }

  private forHandlebars() {
    const filling = (): Filling => this.filling!;
    return {
      budget: () => filling().budget,
      filledIn: (text: string) => counted(encodedBy(filling(), text), filling().budget),
      /** The input of a helper is not encoded; its result is. */
      plainly: (fill: () => string): string => {
        const before = filling();
        this.filling = unencoded(before);
        try {
          return fill();
        } finally {
          this.filling = before;
        }
      },
      run: (name: string, args: (Json | undefined)[]) =>
        this.helpers.get(name)!.run({ args, roots: filling().roots, atMs: filling().atMs }),
      second: (text: string) => encodedBy(filling(), this.fill(text, secondRound(unencoded(filling())))),
    };
  }
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
  return (filling) => {
    const { roots, budget } = filling;
    let filled = '';
    for (const part of parts) {
      const text = typeof part === 'string' ? part : counted(encodedBy(filling, textOf(valueAt(roots, part))), budget);
      filled = within(filled + text);
    }
    return filled;
  };
}

function counted(text: string, budget: FillBudget): string {
  budget.text(text.length);
  return text;
}

/** What a piece of a text comes to is part of the whole, so that too much is seen while it is made. */
function within(filled: string): string {
  if (filled.length <= MAX_TEXT) return filled;
  throw new Error(`it came to ${filled.length} characters, and ${MAX_TEXT} are allowed`);
}

/** A value as a text shows it: nothing for nothing, a list's items between commas, a map as JSON. Its own `toString` is data. */
function textOf(value: unknown, depth = 0): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  if (typeof value !== 'object') return String(value);
  if (depth >= MAX_DEPTH) throw new Error(`a value nests deeper than ${MAX_DEPTH} levels`);
  if (!Array.isArray(value)) return JSON.stringify(value);
  return value.map((item) => textOf(item, depth + 1)).join(',');
}

function failed(text: string, why: string, cause?: unknown): StubwireError {
  const start = text.length > 60 ? `${text.slice(0, 57)}…` : text;
  const message = `The text "${start}" could not be filled in: ${why}. Correct the template.`;
  return new StubwireError('substitution_failed', message, { cause });
}

import { injectable, multiInject, optional } from 'inversify';
import type { Json, JsonObject } from '../contract/json.js';
import { SubstitutionHelper } from '../contract/substitution-helper.js';
import { StubwireError } from '../errors.js';
import { FillBudget } from './fill-budget.js';
import { encodedBy, type Filling, type LeftOut, secondRound, unencoded } from './filling.js';
import { callProblem, type HelperBook, helperBook } from './helper-book.js';
import { type HelperArgument, isCall, parseCall, type WrittenCall, wordProblem } from './helper-call.js';
import { parseReference, REFERENCE, type Roots, valueAt } from './reference.js';
import { TextTemplates } from './text-template.js';

export type { LeftOut } from './filling.js';
export type { Roots } from './reference.js';

/** How deep template data may nest. Deeper is no notification that anybody wrote. */
const MAX_DEPTH = 32;

/** How one piece of a template is filled in; undefined as a result leaves its key out. */
type Plan = (filling: Filling) => Json | undefined;

export interface FillOptions {
  /** When what fills the template in was asked for, ms: the same for a turn that runs again. */
  readonly atMs: number;
  /** What this filling in is a part of. */
  readonly budget?: FillBudget;
  /** Where to note what was left out. */
  readonly leftOut?: LeftOut[];
  /** Applied to each filled-in text, but not to the template's own text around it. */
  readonly encode?: (text: string) => string;
}

/** Fills in pieces of templates (model §4). */
@injectable()
export class Substitution {
  private readonly helpers: HelperBook<SubstitutionHelper>;
  private readonly texts: TextTemplates;
  /** Plans of frozen pieces, which are those of loaded templates: they cannot change behind the plan. */
  private readonly plans = new WeakMap<object, Plan>();

  constructor(@multiInject(SubstitutionHelper) @optional() helpers: SubstitutionHelper[] = []) {
    this.helpers = helperBook(helpers);
    this.texts = new TextTemplates(this.helpers);
  }

  /**
   * `~~path` as a whole value becomes the value it refers to, its type kept, or its key is left out where nothing is there;
   * `~~#helper(args)` what the helper gives; `{{path}}` inside a text becomes text. What is filled in is only ever data:
   * it is never looked at for placeholders itself. The result may share parts with the arguments; do not change it.
   *
   * Throws `substitution_failed`: a text grew over 64 KiB, all of them over 1 MiB, their loops over 10,000 turns, the
   * template nests over 32 levels, or a helper or Handlebars refused.
   */
  fill(value: Json, roots: Roots, { atMs, budget, leftOut, encode }: FillOptions): Json {
    const more = { ...(leftOut && { leftOut }), ...(encode && { encode }) };
    const filling = { roots, atMs, budget: FillBudget.once(budget), round: 1, ...more } as const;
    return this.planFor(value, 0)(filling) ?? null;
  }

  private planFor(value: Json | undefined, depth: number): Plan {
    if (typeof value === 'string') return this.planText(value);
    if (value === null || typeof value !== 'object') return () => value;
    const known = this.plans.get(value);
    if (known !== undefined) return known;
    if (depth >= MAX_DEPTH) throw failed(`The data nests deeper than ${MAX_DEPTH} levels. Nest less in the template.`);
    const plan = Array.isArray(value) ? this.planList(value, depth) : this.planMap(value, depth);
    if (Object.isFrozen(value)) this.plans.set(value, plan);
    return plan;
  }

  private planText(text: string): Plan {
    if (isCall(text)) return encoding(noting(text, this.planCall(text)));
    if (text.startsWith(REFERENCE)) {
      const path = parseReference(text);
      const plan: Plan = path === undefined ? () => undefined : ({ roots }) => valueAt(roots, path) as Json | undefined;
      return encoding(noting(text, plan));
    }
    return text.includes('{{') ? (filling) => this.texts.fill(text, filling) : () => text;
  }

  private planList(list: readonly Json[], depth: number): Plan {
    const items = list.map((item, index) => within(index, this.planFor(item, depth + 1)));
    return (filling) => {
      const filled: Json[] = [];
      for (const item of items) {
        const value = item(filling);
        if (value !== undefined) filled.push(value);
      }
      return filled;
    };
  }

  private planMap(map: JsonObject, depth: number): Plan {
    const entries = Object.keys(map)
      .filter((key) => key !== '__proto__')
      .map((key) => [key, within(key, this.planFor(map[key], depth + 1))] as const);
    return (filling) => {
      const filled: JsonObject = {};
      for (const [key, plan] of entries) {
        const value = plan(filling);
        if (value !== undefined) filled[key] = value;
      }
      return filled;
    };
  }

  private planCall(text: string): Plan {
    const call = parseCall(text);
    const problem = typeof call === 'string' ? call : callProblem(call.name, call.args.length, this.helpers);
    if (problem !== undefined || typeof call === 'string') throw failed(`${text}: ${problem} Correct the template.`);
    if (call.name === 'skip' || call.name === 'substitute') return this.planWord(call, text);
    const helper = this.helpers.get(call.name)!;
    return ({ roots, atMs }) => {
      try {
        return helper.run({ args: call.args.map((arg) => argumentIn(roots, arg)), roots, atMs });
      } catch (error) {
        throw failed(`${text} could not be filled in: ${(error as Error).message}. Correct the template.`, error);
      }
    };
  }

  private planWord({ name, args: [arg] }: WrittenCall, text: string): Plan {
    const problem = wordProblem(name, arg!);
    if (problem !== undefined) throw failed(`${text}: ${problem} Correct the template.`);
    if (name === 'skip') return ({ roots }) => argumentIn(roots, arg!);
    return (filling) => {
      const written = argumentIn(filling.roots, arg!);
      if (filling.round === 2) throw failed(`${text}: what substitute fills in cannot name substitute itself.`);
      return this.planFor(written, 0)(secondRound(unencoded(filling)));
    };
  }
}

const argumentIn = (roots: Roots, arg: HelperArgument): Json | undefined =>
  'value' in arg ? arg.value : (valueAt(roots, arg.path) as Json | undefined);

/** The plan of a whole value; its text is encoded if requested. */
const encoding =
  (plan: Plan): Plan =>
  (filling) => {
    const value = plan(filling);
    return typeof value === 'string' ? encodedBy(filling, value) : value;
  };

/** The plan of a reference, which notes that it found nothing. */
const noting =
  (reference: string, plan: Plan): Plan =>
  (filling) => {
    const value = plan(filling);
    if (value === undefined) filling.leftOut?.push({ path: [], reference });
    return value;
  };

/** The plan of what stands at this key: what is left out inside is left out at a path that begins with it. */
const within =
  (key: string | number, plan: Plan): Plan =>
  (filling) => {
    const { leftOut } = filling;
    if (leftOut === undefined) return plan(filling);
    const before = leftOut.length;
    const value = plan(filling);
    for (let at = before; at < leftOut.length; at += 1) {
      const { path, reference } = leftOut[at]!;
      leftOut[at] = { path: [key, ...path], reference };
    }
    return value;
  };

/** A template that could not be filled in: its step fails, and nothing else does. */
export const isSubstitutionFailure = (error: unknown): error is StubwireError =>
  error instanceof StubwireError && error.code === 'substitution_failed';

const failed = (message: string, cause?: unknown): StubwireError =>
  new StubwireError('substitution_failed', message, { cause });

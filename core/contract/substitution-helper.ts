import type { ServiceIdentifier } from 'inversify';
import type { Json } from './json.js';

/** One use of a helper in a text of a template. */
export interface HelperCall {
  /** What stands behind its name, paths already looked up. Undefined where nothing is there, or nothing was written. */
  readonly args: readonly (Json | undefined)[];
  /** What the text is filled from; a root that has nothing is absent. */
  readonly roots: { readonly [root: string]: unknown };
  /** When what fills the text in was asked for, ms: the same for a turn that runs again, as the clock is not. */
  readonly atMs: number;
}

/** A helper as `check` knows it. */
export interface HelperSignature {
  /** Small letters, digits and _; no root and none of Handlebars' own words. */
  readonly name: string;
  /** How it is written, for messages: `file_url(file, hours?)`. */
  readonly usage: string;
  /** How many arguments it takes, least and most. */
  readonly arity: readonly [least: number, most: number];
  /** Its first argument may stand between `{{#name}}` and `{{/name}}`, filled in. Without it nothing may stand there. */
  readonly takesContent?: true;
}

/**
 * A helper that texts of templates can name: `~~#name(args)` as a whole value, `{{#name args}}{{/name}}` inside a text.
 * `run` is called while a text is filled in, in the turn of an actor: it is pure, and gives the same for the same call,
 * for a turn may run again. What it gives is data and never filled in itself; undefined is an unknown path. Its arguments
 * may come from outside: it checks them. A throw fails the step with `substitution_failed` and its message.
 */
export interface SubstitutionHelper extends HelperSignature {
  run(call: HelperCall): Json | undefined;
}
export const SubstitutionHelper: ServiceIdentifier<SubstitutionHelper> = Symbol.for('stubwire.SubstitutionHelper');

import type { ServiceIdentifier } from 'inversify';
import type { Json } from './json.js';

/** One use of a helper in a text of a template. */
export interface HelperCall {
  /** What stands behind its name, paths already looked up: `~~#file_url(stub.data.files[0], 3600)`. Undefined where nothing is there. */
  readonly args: readonly (Json | undefined)[];
  /** The text between `{{#name}}` and `{{/name}}`, filled in; undefined in `~~#name(…)`. */
  readonly content?: string;
  /** What the text is filled from; a root that has nothing is absent. */
  readonly roots: { readonly [root: string]: unknown };
}

/**
 * A helper that texts of templates can name: `~~#name(args)` as a whole value, `{{#name args}}…{{/name}}` inside a text.
 * `run` is called while a text is filled in, in the turn of a stub: it is pure, and gives the same for the same call, for
 * a turn may run again. What it gives is data and never filled in itself; undefined is an unknown path. A throw fails the
 * step with `substitution_failed` and its message.
 */
export interface SubstitutionHelper {
  readonly name: string;
  /** How it is written, for messages: `file_url(file, seconds?)`. */
  readonly usage: string;
  /** How many arguments it takes, least and most. */
  readonly arity: readonly [least: number, most: number];
  run(call: HelperCall): Json | undefined;
}
export const SubstitutionHelper: ServiceIdentifier<SubstitutionHelper> = Symbol.for('stubwire.SubstitutionHelper');

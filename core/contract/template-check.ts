import type { ServiceIdentifier } from 'inversify';
import type { Org } from './org.js';
import type { OutlinePath, TemplateOutline } from './template-outline.js';

/** `error`: the template does not load. `warning`: it loads, and will surprise. `info`: good to know. */
export type CheckLevel = 'error' | 'warning' | 'info';

/** Something that a rule found in a template. */
export interface Remark {
  /** What was found, what exists, and what to do. */
  readonly message: string;
  readonly path: OutlinePath;
  /** Which end of the path is meant, as in `key: value`. Default: the value. */
  readonly at?: 'key' | 'value';
  /** Where one finding weighs less or more than the rule's others. */
  readonly level?: CheckLevel;
}

/** What a rule may look at beside the template. */
export interface CheckAround {
  readonly org: Org;
  /** Every template that was read, this one too. Rules that compare templates name the later one. */
  readonly templates: readonly TemplateOutline[];
  /** Actions that every template has and every state allows: base and feedback actions. */
  readonly everywhere: readonly string[];
  /** Those of them that outside systems run. */
  readonly feedbackActions: readonly string[];
  /** Whether Redis answers: only then may a rule read what is stored. `check` starts nothing. */
  readonly storeAnswers: boolean;
}

/**
 * A rule of `stubwire check` beyond what keeps a template from loading. `check` is called once for each template, in a
 * process where nothing is started, and awaited; it changes nothing anywhere. A throw ends the check as a bug would.
 */
export interface TemplateCheck {
  /** Stable and in kebab-case: `unreachable-state`. */
  readonly id: string;
  readonly level: CheckLevel;
  /** One line: what a finding of this rule means. */
  readonly means: string;
  /** What to do about it, and why it matters. */
  readonly help: string;
  /** Makes sense for a template with errors too: it looks at single texts, and not at how the parts fit together. */
  readonly takesBroken?: true;
  check(template: TemplateOutline, around: CheckAround): readonly Remark[] | Promise<readonly Remark[]>;
}
export const TemplateCheck: ServiceIdentifier<TemplateCheck> = Symbol.for('stubwire.TemplateCheck');

import { didYouMean, listed } from '../config/nearest.js';
import type { HelperSignature } from '../contract/substitution-helper.js';
import { StubwireError } from '../errors.js';
import { ROOT_NAMES } from './reference.js';

/** Handlebars' own that texts may use: each takes one path. */
export const BLOCKS = ['if', 'unless', 'each', 'with'] as const;

/**
 * Words that change how a text is read, and so are part of the language and no contributions. `skip` keeps what is inside
 * as it is written; `substitute` fills in a second time what comes from the template alone.
 */
export const WORDS: readonly HelperSignature[] = [
  { name: 'substitute', usage: 'substitute(template.…)', arity: [1, 1], takesContent: true },
  { name: 'skip', usage: 'skip("text")', arity: [1, 1], takesContent: true },
];

export type HelperBook<Helper extends HelperSignature = HelperSignature> = ReadonlyMap<string, Helper>;

const RESERVED: readonly string[] = [...BLOCKS, ...WORDS.map(({ name }) => name), ...ROOT_NAMES, 'else', 'this', 'as'];

/** The helpers by name. Throws `plugin_contribute_failed` where one has a name that texts could not tell apart. */
export function helperBook<Helper extends HelperSignature>(helpers: readonly Helper[]): HelperBook<Helper> {
  for (const { name } of helpers) {
    if (/^[a-z][a-z0-9_]{0,39}$/.test(name) && !RESERVED.includes(name)) continue;
    const message = `A substitution helper is called "${name}". Name it with small letters, digits and _, and as none of ${RESERVED.join(', ')}.`;
    throw new StubwireError('plugin_contribute_failed', message);
  }
  return new Map(helpers.map((helper) => [helper.name, helper]));
}

const signatureOf = (name: string, helpers: HelperBook): HelperSignature | undefined =>
  helpers.get(name) ?? WORDS.find((word) => word.name === name);

export const isHelper = (name: string, helpers: HelperBook): boolean => signatureOf(name, helpers) !== undefined;

const namesIn = (helpers: HelperBook): string[] => [...WORDS.map(({ name }) => name), ...helpers.keys()];

/** How each of them is written. */
export const helperUsages = (helpers: HelperBook): string[] =>
  [...WORDS, ...helpers.values()].map(({ usage }) => usage);

/** Every name that may stand behind `{{#`. */
export const blockNames = (helpers: HelperBook): string[] => [...BLOCKS, ...namesIn(helpers)];

/** What is wrong with naming this helper with so many arguments, or undefined. */
export function callProblem(name: string, args: number, helpers: HelperBook): string | undefined {
  const helper = signatureOf(name, helpers);
  if (helper === undefined) {
    const names = namesIn(helpers);
    return `There is no helper "${name}".${didYouMean(name, names)} There are: ${listed(names)}.`;
  }
  const [least, most] = helper.arity;
  if (args >= least && args <= most) return undefined;
  const takes = least === most ? `${least}` : `${least} to ${most}`;
  return `The helper "${name}" has ${args} argument${args === 1 ? '' : 's'} and takes ${takes}: ${helper.usage}.`;
}

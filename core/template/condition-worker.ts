import { parentPort } from 'node:worker_threads';
import jsonata from 'jsonata';
import { BoundedRegex, boundRegex, isRegexTimeout } from './bounded-regex.js';

/** All must hold, by JSONata's boolean cast. */
export interface ConditionQuestion {
  readonly conditions: readonly string[];
  readonly roots: unknown;
}
/** The regular expression must match somewhere in the text. */
export interface PatternQuestion {
  readonly regex: string;
  readonly flags: string;
  readonly text: string;
}
export type Question = ConditionQuestion | PatternQuestion;

/** The thread that evaluates conditions and regular expressions. `ConditionRunner` is the other end. */
export type ConditionJob = Question & {
  readonly id: number;
  readonly limitMs: number;
  /** Regular expressions in it are stopped at the limit; else the thread has to be ended for that. */
  readonly stopsRegex: boolean;
};

export type ConditionAnswer =
  | { readonly id: number; readonly holds: boolean }
  | { readonly id: number; readonly failed: string; readonly why: string; readonly overran: boolean };

const MAX_COMPILED = 1_000;
/** Depth of JSONata's own calls: bounds endless recursion before the stack does. */
const MAX_STACK = 500;
/** Entries of a list that a condition builds. */
const MAX_SEQUENCE = 100_000;

interface Compiled {
  readonly expression: jsonata.Expression;
  /** JSONata reads them at each evaluation. */
  readonly options: { timeout: number };
}

const compiled = new Map<string, Compiled>();

function compile(condition: string): Compiled {
  const known = compiled.get(condition);
  if (known !== undefined) return known;
  const RegexEngine = BoundedRegex as unknown as RegExpConstructor;
  const options = { timeout: 0, stack: MAX_STACK, sequence: MAX_SEQUENCE, RegexEngine };
  const expression = jsonata(condition, options);
  // What comes from outside is data: a text of the roots is never evaluated.
  expression.registerFunction('eval', () => {
    throw new Error('$eval is not there: a text is no condition');
  });
  if (compiled.size >= MAX_COMPILED) compiled.delete(compiled.keys().next().value!);
  const made = { expression, options };
  compiled.set(condition, made);
  return made;
}

/** JSONata's own boolean cast, of a value that is bound and so not flattened on the way. */
const cast = jsonata('$boolean($value)');

async function answerTo(job: ConditionJob): Promise<ConditionAnswer> {
  const { id, limitMs, stopsRegex } = job;
  boundRegex(stopsRegex ? performance.now() + limitMs : undefined);
  if ('regex' in job) {
    try {
      // `check` has refused invalid regular expressions.
      return { id, holds: new BoundedRegex(job.regex, job.flags).exec(job.text) !== null };
    } catch (error) {
      if (!isRegexTimeout(error)) throw error;
      return { id, failed: job.regex, why: 'overran', overran: true };
    }
  }
  const { conditions, roots } = job;
  for (const condition of conditions) {
    try {
      const { expression, options } = compile(condition);
      options.timeout = limitMs;
      const result: unknown = await expression.evaluate(roots);
      if ((await cast.evaluate(undefined, { value: result })) !== true) return { id, holds: false };
    } catch (error) {
      const { code, message } = error as { code?: string; message?: string };
      const overran = code === 'D1012' || isRegexTimeout(error);
      return { id, failed: condition, why: (message ?? String(error)).replace(/\.+$/, ''), overran };
    }
  }
  return { id, holds: true };
}

parentPort?.on('message', async (job: ConditionJob) => {
  parentPort?.postMessage(await answerTo(job));
});
parentPort?.postMessage('ready');

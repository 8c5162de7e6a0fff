import { parentPort } from 'node:worker_threads';
import jsonata from 'jsonata';

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
export type ConditionJob = Question & { readonly id: number; readonly limitMs: number };

export type ConditionAnswer =
  | { readonly id: number; readonly holds: boolean }
  | { readonly id: number; readonly failed: string; readonly why: string; readonly overran: boolean };

const MAX_COMPILED = 1_000;
/** Depth of JSONata's own calls: bounds endless recursion before the stack does. */
const MAX_STACK = 500;
/** Entries of a list that a condition builds. */
const MAX_SEQUENCE = 100_000;

const compiled = new Map<string, jsonata.Expression>();

function expressionOf(condition: string, limitMs: number): jsonata.Expression {
  const known = compiled.get(condition);
  if (known !== undefined) return known;
  const expression = jsonata(condition, { timeout: limitMs, stack: MAX_STACK, sequence: MAX_SEQUENCE });
  // What comes from outside is data: a text of the roots is never evaluated.
  expression.registerFunction('eval', () => {
    throw new Error('$eval is not there: a text is no condition');
  });
  if (compiled.size >= MAX_COMPILED) compiled.delete(compiled.keys().next().value!);
  compiled.set(condition, expression);
  return expression;
}

/** JSONata's own boolean cast, of a value that is bound and so not flattened on the way. */
const cast = jsonata('$boolean($value)');

async function answerTo(job: ConditionJob): Promise<ConditionAnswer> {
  const { id, limitMs } = job;
  // `check` has refused what is no regular expression; one that runs too long is ended with the thread.
  if ('regex' in job) return { id, holds: new RegExp(job.regex, job.flags).test(job.text) };
  const { conditions, roots } = job;
  for (const condition of conditions) {
    try {
      const result: unknown = await expressionOf(condition, limitMs).evaluate(roots);
      if ((await cast.evaluate(undefined, { value: result })) !== true) return { id, holds: false };
    } catch (error) {
      const { code, message } = error as { code?: string; message?: string };
      return { id, failed: condition, why: (message ?? String(error)).replace(/\.+$/, ''), overran: code === 'D1012' };
    }
  }
  return { id, holds: true };
}

parentPort?.on('message', async (job: ConditionJob) => {
  parentPort?.postMessage(await answerTo(job));
});
parentPort?.postMessage('ready');

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { StubwireError } from '../errors.js';
import type { ConditionAnswer, ConditionJob, Question } from './condition-worker.js';

/** How long a condition may run (model §3). */
const CONDITION_LIMIT_MS = 100;
/** Limit for an expression that ran too long recently, ms: enough for harmless input, and a smaller delay for others. */
const SLOW_LIMIT_MS = 25;
/** JSONata watches the limit itself and the thread then lives on; what it cannot watch (a regular expression) is ended after this. */
const GRACE_MS = 20;
/** Evaluations of one question, where the machine is too busy to give it its time. */
const MAX_TRIES = 4;
const WORKER = new URL('./condition-worker.js', import.meta.url);

/** One thread with one question at a time; a thread that had to be ended is started anew for the next one. */
export class ConditionThread {
  private worker: Promise<Worker> | undefined;
  private jobs = 0;

  /** `isSlow`: it ran too long recently and gets less time. Throws `Overrun` at the limit. */
  async evaluate(question: Question, isSlow: boolean): Promise<boolean> {
    const limitMs = isSlow ? SLOW_LIMIT_MS : CONDITION_LIMIT_MS;
    for (let tries = 1; ; tries += 1) {
      const worker = await this.started(question);
      const before = process.cpuUsage();
      try {
        return await this.evaluateOnce(worker, question, isSlow, limitMs);
      } catch (error) {
        // While the whole process got less than that from a busy machine, the expression cannot have used it up.
        const { user, system } = process.cpuUsage(before);
        const isToBlame = (user + system) / 1_000 >= limitMs;
        if (!(error instanceof Overrun) || isToBlame || tries === MAX_TRIES) throw error;
      }
    }
  }

  private async evaluateOnce(worker: Worker, question: Question, isSlow: boolean, limitMs: number): Promise<boolean> {
    this.jobs += 1;
    const answer = await this.ask(worker, { ...question, id: this.jobs, limitMs, stopsRegex: isSlow });
    if ('holds' in answer) return answer.holds;
    const asked = 'regex' in question ? question : { conditions: [answer.failed], roots: undefined };
    throw answer.overran ? new Overrun(asked, limitMs) : failed(asked, `it threw: ${answer.why}`);
  }

  async stop(): Promise<void> {
    const worker = await this.worker?.catch(() => undefined);
    this.worker = undefined;
    await worker?.terminate();
  }

  private async started(question: Question): Promise<Worker> {
    const starting = this.worker ?? startWorker();
    this.worker = starting;
    const forget = (): void => {
      if (this.worker === starting) this.worker = undefined;
    };
    try {
      const worker = await starting;
      if (worker.listenerCount('exit') === 0) worker.once('exit', forget);
      return worker;
    } catch (error) {
      forget();
      throw failed(question, 'its thread did not start', error);
    }
  }

  private ask(worker: Worker, job: ConditionJob): Promise<ConditionAnswer> {
    return new Promise((resolve, reject) => {
      let settled = false;
      const settle = (): void => {
        settled = true;
        clearTimeout(timer);
        worker.off('message', onAnswer).off('error', onError).off('exit', onExit);
      };
      const onAnswer = (answer: ConditionAnswer): void => {
        settle();
        worker.unref();
        resolve(answer);
      };
      const end = (error: StubwireError): void => {
        if (settled) return;
        settle();
        this.worker = undefined;
        void worker.terminate();
        reject(error);
      };
      const onError = (error: unknown): void => end(failed(job, `its thread broke (${String(error)})`, error));
      const onExit = (): void => end(failed(job, 'its thread was ended'));
      // An answer that is there already counts, even if this thread was too busy to look at it in time.
      const onTimeout = (): void => void setImmediate(end, new Overrun(job, job.limitMs));
      const timer = setTimeout(onTimeout, CONDITION_LIMIT_MS + GRACE_MS);
      worker.ref();
      worker.on('message', onAnswer).on('error', onError).on('exit', onExit);
      try {
        worker.postMessage(job);
      } catch (error) {
        end(failed(job, 'what it is to look at is not plain data', error));
      }
    });
  }
}

async function startWorker(): Promise<Worker> {
  // No resourceLimits: a thread that reaches its heap limit can take the whole program with it (seen on Node 20). Lists
  // are bounded by JSONata itself, and the time limit ends whatever else grows.
  const worker = new Worker(WORKER, { env: {}, execArgv: [] });
  // Its first message says that it has loaded: starting up does not count against a condition's time.
  await once(worker, 'message');
  worker.on('error', () => undefined); // `ask` hears of it too; without a listener it would end the program
  return worker;
}

/** A question as error messages show it. */
export const shown = (question: Question): string => {
  if ('regex' in question) return `regular expression /${question.regex}/${question.flags}`;
  return `condition ${question.conditions.map((condition) => `"${condition}"`).join(', ')}`;
};

const failed = (question: Question, why: string, cause?: unknown): StubwireError =>
  new StubwireError('condition_failed', `The ${shown(question)} gave no answer: ${why}. Correct it in the template.`, {
    cause,
  });

/** The evaluation reached its time limit and was stopped. */
export class Overrun extends StubwireError {
  constructor(question: Question, limitMs: number) {
    const less =
      limitMs < CONDITION_LIMIT_MS
        ? `, which is all it has for a minute after it ran longer than ${CONDITION_LIMIT_MS} ms,`
        : '';
    const message = `The ${shown(question)} gave no answer: it ran longer than ${limitMs} ms${less} and was stopped. Correct it in the template.`;
    super('condition_failed', message);
  }
}

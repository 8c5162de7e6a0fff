import { inject, injectable, optional } from 'inversify';
import { StubwireError } from '../errors.js';
import { Logger } from '../observability/logger.js';
import { ConditionThread, Overrun, shown } from './condition-thread.js';
import type { Question } from './condition-worker.js';
import { FairLines } from './fair-lines.js';
import type { Roots } from './reference.js';
import { SLOW_FOR_MS, SlowExpressions } from './slow-expressions.js';

/** Threads that answer: while one is stopped for running too long, the other goes on. */
const THREADS = 2;

interface Waiting {
  readonly question: Question;
  resolve(holds: boolean): void;
  reject(error: unknown): void;
}

/**
 * Says whether conditions hold (model §3: JSONata, each by its boolean cast, all of them must), and whether regular
 * expressions of templates match. Both run in threads of their own, started with the first question, under a limit of
 * 100 ms: whatever one does, neither the engine nor the others stand still for it.
 *
 * Each expression has its own queue, and the queues take turns, so stubs that wait for a slow expression delay only each
 * other. An expression that ran too long gets 25 ms and at most one thread until it has stayed within the limit for a
 * minute.
 */
@injectable()
export class ConditionRunner {
  private readonly idle: ConditionThread[] = [];
  private readonly all: ConditionThread[] = [];
  private readonly waiting = new FairLines<Waiting>();
  private readonly slow = new SlowExpressions();
  private slowUnderWay = 0;
  private stopped = false;

  constructor(@inject(Logger) @optional() private readonly log?: Logger) {}

  /** Number of expressions that ran too long within the last minute. */
  get slowCount(): number {
    return this.slow.count(performance.now());
  }

  /** Throws `condition_failed` when one throws or runs too long, and `stopping` after `stop`. An empty list holds. */
  async holds(conditions: readonly string[], roots: Roots): Promise<boolean> {
    return conditions.length === 0 || this.ask({ conditions, roots });
  }

  /** Does the regular expression match somewhere in the text? Throws as `holds` does. */
  async matches(regex: string, flags: string, text: string): Promise<boolean> {
    return this.ask({ regex, flags, text });
  }

  /** Ends the threads. What still waits is refused with `stopping`. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const waiting of this.waiting.takeAll()) waiting.reject(stopping());
    await Promise.all(this.all.map((thread) => thread.stop()));
  }

  private async ask(question: Question): Promise<boolean> {
    if (this.stopped) throw stopping();
    return new Promise((resolve, reject) => {
      this.waiting.push(keyOf(question), { question, resolve, reject });
      this.next();
    });
  }

  private next(): void {
    const thread = this.freeThread();
    if (thread === undefined) return;
    const nowMs = performance.now();
    const next = this.waiting.take((key) => this.slowUnderWay === 0 || !this.slow.has(key, nowMs));
    if (next === undefined) {
      this.idle.push(thread);
      return;
    }
    const { question, resolve, reject } = next;
    const isSlow = this.slow.has(keyOf(question), nowMs);
    if (isSlow) this.slowUnderWay += 1;
    thread
      .evaluate(question, isSlow)
      .then(resolve, (error: unknown) => {
        if (error instanceof Overrun) this.overran(question);
        reject(this.stopped ? stopping() : error);
      })
      .finally(() => {
        if (isSlow) this.slowUnderWay -= 1;
        this.idle.push(thread);
        this.next();
      });
  }

  private overran(question: Question): void {
    if (!this.slow.add(keyOf(question), performance.now())) return;
    this.log?.warn(
      { slowForMs: SLOW_FOR_MS },
      `The ${shown(question)} ran too long and was stopped. Its time limit is lower for a minute, so that others need not wait. Correct it in the template.`,
    );
  }

  private freeThread(): ConditionThread | undefined {
    if (this.idle.length > 0) return this.idle.pop();
    if (this.all.length >= THREADS) return undefined;
    const thread = new ConditionThread();
    this.all.push(thread);
    return thread;
  }
}

const keyOf = (question: Question): string =>
  'regex' in question ? `/${question.regex}/${question.flags}` : question.conditions.join('\n');

const stopping = (): StubwireError =>
  new StubwireError('stopping', 'The program is stopping; the condition was not evaluated. Ask again later.');

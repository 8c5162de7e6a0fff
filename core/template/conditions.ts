import { injectable } from 'inversify';
import { StubwireError } from '../errors.js';
import { ConditionThread } from './condition-thread.js';
import type { Question } from './condition-worker.js';
import type { Roots } from './reference.js';

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
 */
@injectable()
export class ConditionRunner {
  private readonly idle: ConditionThread[] = [];
  private readonly all: ConditionThread[] = [];
  private readonly waiting: Waiting[] = [];
  private stopped = false;

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
    for (const waiting of this.waiting.splice(0)) waiting.reject(stopping());
    await Promise.all(this.all.map((thread) => thread.stop()));
  }

  private async ask(question: Question): Promise<boolean> {
    if (this.stopped) throw stopping();
    return new Promise((resolve, reject) => {
      this.waiting.push({ question, resolve, reject });
      this.next();
    });
  }

  private next(): void {
    const thread = this.waiting.length === 0 ? undefined : this.freeThread();
    if (thread === undefined) return;
    const { question, resolve, reject } = this.waiting.shift()!;
    thread
      .evaluate(question)
      .then(resolve, (error: unknown) => reject(this.stopped ? stopping() : error))
      .finally(() => {
        this.idle.push(thread);
        this.next();
      });
  }

  private freeThread(): ConditionThread | undefined {
    if (this.idle.length > 0) return this.idle.pop();
    if (this.all.length >= THREADS) return undefined;
    const thread = new ConditionThread();
    this.all.push(thread);
    return thread;
  }
}

const stopping = (): StubwireError =>
  new StubwireError('stopping', 'The program is stopping; the condition was not evaluated. Ask again later.');

import vm from 'node:vm';

const context = vm.createContext(Object.create(null));
const script = new vm.Script('regex.exec(text)');
/** Deadline of the current evaluation; without it regular expressions are not limited. */
let deadlineMs: number | undefined;

/** Sets the deadline of regular expressions, a time of `performance.now()`. */
export function boundRegex(untilMs: number | undefined): void {
  deadlineMs = untilMs;
}

/** Whether an error is that of a regular expression which reached the deadline. */
export const isRegexTimeout = (error: unknown): boolean =>
  (error as { code?: unknown } | undefined)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';

/**
 * A regular expression that can be stopped: V8 ends a script at its time limit, even within a match. Without a deadline this
 * costs nothing. With one each match costs 0.1 ms, so only expressions that ran too long recently get one.
 */
export class BoundedRegex extends RegExp {
  override exec(text: string): RegExpExecArray | null {
    if (deadlineMs === undefined) return super.exec(text);
    const regex = new RegExp(this.source, this.flags);
    regex.lastIndex = this.lastIndex;
    Object.assign(context, { regex, text });
    const timeout = Math.max(1, Math.ceil(deadlineMs - performance.now()));
    const match = script.runInContext(context, { timeout }) as RegExpExecArray | null;
    this.lastIndex = regex.lastIndex;
    return match;
  }
}

import vm from 'node:vm';

const context = vm.createContext(Object.create(null));
const script = new vm.Script('regex.exec(text)');
/** Of the evaluation under way; regular expressions run unbounded without it. */
let deadlineMs: number | undefined;

/** Sets until when regular expressions may run, as a time of `performance.now()`. */
export function boundRegex(untilMs: number | undefined): void {
  deadlineMs = untilMs;
}

/** True for what a regular expression throws that ran into the deadline. */
export const isRegexTimeout = (error: unknown): boolean =>
  (error as { code?: unknown } | undefined)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';

/**
 * A regular expression that can be stopped: V8 ends a script at its time limit, also within a match. Without the deadline
 * it costs nothing; with it each match costs a tenth of a millisecond, so only expressions that overran have one.
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

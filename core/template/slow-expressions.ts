/** How long an expression that overran counts as slow, ms. */
export const SLOW_FOR_MS = 60_000;
/** Templates have few expressions; this limits memory if they are edited again and again. */
const MAX_KEPT = 1_000;

/** Expressions that ran too long recently. Times are of `performance.now()`. */
export class SlowExpressions {
  /** Expression → end of its slow time; the latest is last. */
  private readonly untilMs = new Map<string, number>();

  /** Records that it ran too long. True if it was not slow before. */
  add(expression: string, nowMs: number): boolean {
    const isNew = !this.has(expression, nowMs);
    this.untilMs.delete(expression);
    this.untilMs.set(expression, nowMs + SLOW_FOR_MS);
    if (this.untilMs.size > MAX_KEPT) this.untilMs.delete(this.untilMs.keys().next().value!);
    return isNew;
  }

  has(expression: string, nowMs: number): boolean {
    return (this.untilMs.get(expression) ?? nowMs) > nowMs;
  }

  count(nowMs: number): number {
    return [...this.untilMs.values()].filter((until) => until > nowMs).length;
  }
}

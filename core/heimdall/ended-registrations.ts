/** Decisions under way that are remembered. */
const REMEMBERED = 1_000;

/**
 * Registrations that an event has ended in a decision that is not committed yet, so that a further event of the same
 * decision goes to the next handler. A decision is known by who decides and its time. Where one is made anew in the same
 * millisecond, a registration that is still there may be passed over for the next handler; no event is lost by it.
 */
export class EndedRegistrations {
  private readonly decisions = new Map<string, { readonly atMs: number; readonly uuids: Set<string> }>();

  of(source: string, nowMs: number): ReadonlySet<string> {
    const decision = this.decisions.get(source);
    return decision?.atMs === nowMs ? decision.uuids : new Set();
  }

  note(source: string, nowMs: number, uuids: readonly string[]): void {
    if (uuids.length === 0) return;
    const all = new Set([...this.of(source, nowMs), ...uuids]);
    this.decisions.delete(source);
    this.decisions.set(source, { atMs: nowMs, uuids: all });
    if (this.decisions.size > REMEMBERED) this.decisions.delete(this.decisions.keys().next().value!);
  }
}

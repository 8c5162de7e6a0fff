/** Decisions under way that are remembered. */
const REMEMBERED = 1_000;

/** What a step of a decision does to registrations. */
export interface RegistrationsTouched {
  /** An event of it has ended them. */
  readonly ended?: readonly string[];
  /** They are stored anew with its commit. */
  readonly replaced?: readonly string[];
}

interface Step extends RegistrationsTouched {
  readonly id: string;
}

/**
 * What a decision that is not committed yet has done to registrations, for its later steps: a further event goes to the next
 * handler, and does not take out one that was registered anew. A decision is known by who decides and its time, a step by
 * an id that stays the same. One that is made anew in the same millisecond comes to a step that is known already: what
 * came after that was never committed and is forgotten.
 */
export class DecisionMemory {
  private readonly decisions = new Map<string, { readonly atMs: number; steps: readonly Step[] }>();

  /** Uuids that the steps before this one have touched. */
  before(
    source: string,
    nowMs: number,
    step: string,
  ): { readonly ended: ReadonlySet<string>; readonly replaced: ReadonlySet<string> } {
    const decision = this.decisions.get(source);
    const steps = decision?.atMs === nowMs ? decision.steps : [];
    const known = steps.findIndex(({ id }) => id === step);
    const earlier = known < 0 ? steps : steps.slice(0, known);
    if (decision && known >= 0) decision.steps = earlier;
    return {
      ended: new Set(earlier.flatMap(({ ended = [] }) => ended)),
      replaced: new Set(earlier.flatMap(({ replaced = [] }) => replaced)),
    };
  }

  note(source: string, nowMs: number, step: string, touched: RegistrationsTouched): void {
    const { ended = [], replaced = [] } = touched;
    if (ended.length + replaced.length === 0) return;
    this.before(source, nowMs, step); // one that is made anew is known by what it did first
    const decision = this.decisions.get(source);
    const steps = [...(decision?.atMs === nowMs ? decision.steps : []), { id: step, ended, replaced }];
    this.decisions.delete(source);
    this.decisions.set(source, { atMs: nowMs, steps });
    if (this.decisions.size > REMEMBERED) this.decisions.delete(this.decisions.keys().next().value!);
  }
}

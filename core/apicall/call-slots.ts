/** Half of the turns that stubs have at a time in a process: the other half is always there for stubs that call nobody. */
const CALLS = 25;
/** So that one slow callee does not keep the others from being called. */
const CALLS_OF_HOST = 12;
/** Those who wait come back one after the other, this far apart, and no sooner than the first of it. */
const APART_MS = 10;
const SOONEST_MS = 200;

export type CallSlot =
  | { readonly ok: true; readonly release: () => void }
  /** Too many are under way: ask again then. */
  | { readonly ok: false; readonly afterMs: number };

/** How many calls are under way in this process, and to whom. */
export class CallSlots {
  private readonly underWay = new Map<string, number>();
  private all = 0;
  private lastComesAtMs = 0;

  take(host: string, nowMs: number): CallSlot {
    const ofHost = this.underWay.get(host) ?? 0;
    if (this.all >= CALLS || ofHost >= CALLS_OF_HOST) {
      this.lastComesAtMs = Math.max(this.lastComesAtMs + APART_MS, nowMs + SOONEST_MS);
      return { ok: false, afterMs: this.lastComesAtMs - nowMs };
    }
    this.all += 1;
    this.underWay.set(host, ofHost + 1);
    return { ok: true, release: () => this.release(host) };
  }

  private release(host: string): void {
    this.all -= 1;
    const left = this.underWay.get(host)! - 1;
    if (left > 0) this.underWay.set(host, left);
    else this.underWay.delete(host);
  }
}

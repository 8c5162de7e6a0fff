import type { Stub, StubTimer } from '../contract/stub.js';

/** Names the timer that a run comes from. */
export interface TimerMark {
  readonly name: string;
  readonly id: string;
}

/** The timer that has come, and the stub without it; undefined where it was replaced or cancelled meanwhile. */
export function takenTimer(
  stub: Stub,
  { name, id }: TimerMark,
): { readonly stub: Stub; readonly timer: StubTimer } | undefined {
  const timers = new Map(Object.entries(stub.timers ?? {}));
  const timer = timers.get(name);
  if (timer?.id !== id) return undefined;
  timers.delete(name);
  return { stub: { ...stub, timers: Object.fromEntries(timers) }, timer };
}

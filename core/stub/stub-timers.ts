import type { Stub } from '../contract/stub.js';

/** Names the timer that a run comes from. */
export interface TimerMark {
  readonly name: string;
  readonly id: string;
}

/** The stub without the timer that has come; undefined where that was replaced or cancelled meanwhile. */
export function takenTimer(stub: Stub, { name, id }: TimerMark): Stub | undefined {
  const { [name]: timer, ...timers } = stub.timers ?? {};
  return timer?.id === id ? { ...stub, timers } : undefined;
}

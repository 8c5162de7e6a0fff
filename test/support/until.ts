import { setTimeout as sleep } from 'node:timers/promises';

type Condition<T> = () => T | Promise<T>;
type Truthy<T> = T extends false | 0 | '' | null | undefined ? never : T;

/** Far longer than any condition needs on a busy machine; a passing test never waits this long. */
const BOUND_MS = 60_000;

/** Waits for a condition, with a bound; the first truthy value is the result. `what` names it in the error. */
export async function until<T>(condition: Condition<T>, waitMs?: number): Promise<Truthy<T>>;
export async function until<T>(what: string, condition: Condition<T>, waitMs?: number): Promise<Truthy<T>>;
export async function until<T>(...args: [Condition<T>, number?] | [string, Condition<T>, number?]): Promise<Truthy<T>> {
  const [what, condition, waitMs = BOUND_MS] = isNamed(args) ? args : [String(args[0]), args[0], args[1]];
  const deadline = Date.now() + waitMs;
  for (;;) {
    const value = await condition();
    if (value) return value as Truthy<T>;
    if (Date.now() > deadline) throw new Error(`Waited ${waitMs} ms for ${what}.`);
    await sleep(10);
  }
}

const isNamed = <T>(
  args: [Condition<T>, number?] | [string, Condition<T>, number?],
): args is [string, Condition<T>, number?] => typeof args[0] === 'string';

import type { ServiceIdentifier } from 'inversify';

/** The product's one clock: Redis `TIME` plus the emulator's offset. */
export interface Clock {
  nowMs(): Promise<number>;
  /** Moves the clock forward for every process on this Redis and brings what is now due. Emulator and tests only. */
  advance(byMs: number): Promise<number>;
}
export const Clock: ServiceIdentifier<Clock> = Symbol.for('stubwire.Clock');

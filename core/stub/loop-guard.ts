import type { ServiceIdentifier } from 'inversify';
import type { Problem } from '../contract/stub.js';
import type { RunOrder } from './run.js';

/** The block `stubs.loop_guard` of the configuration. */
export interface LoopLimits {
  /** Feedback runs that one client may start on one stub within a minute. */
  readonly actionsPerMinute: number;
  /** Actions of one chain, each sent by the one before. */
  readonly hops: number;
  /** Actions that all runs which one run led to may send together: what sends two of its kind is many long before it is deep. */
  readonly actionsPerChain: number;
}
export const LoopLimits: ServiceIdentifier<LoopLimits> = Symbol.for('stubwire.LoopLimits');

export const DEFAULT_LOOP_LIMITS: LoopLimits = { actionsPerMinute: 60, hops: 50, actionsPerChain: 100_000 };

/** Client → when each of its runs of the last minute began, ms, oldest first. Part of the stub's record. */
export type ClientRuns = { readonly [client: string]: readonly number[] };

const MINUTE_MS = 60_000;
/** Clients that a stub remembers for a minute; of more, those quiet longest are forgotten. */
const MAX_CLIENTS = 20;

/**
 * May this client start one more run? Runs that were refused do not count, so that a stub goes on by itself once the
 * client is quieter. Gives the record as it is to be stored.
 */
export function admit(
  runs: ClientRuns,
  client: string,
  nowMs: number,
  { actionsPerMinute }: Pick<LoopLimits, 'actionsPerMinute'>,
): { readonly admitted: boolean; readonly runs: ClientRuns } {
  const recent = Object.entries(runs)
    .map(([name, times]) => [name, times.filter((ms) => ms > nowMs - MINUTE_MS)] as const)
    .filter(([, times]) => times.length > 0);
  const own = recent.find(([name]) => name === client)?.[1] ?? [];
  const admitted = own.length < actionsPerMinute;
  const others = recent.filter(([name]) => name !== client).sort(([, a], [, b]) => b.at(-1)! - a.at(-1)!);
  const kept = [[client, admitted ? [...own, nowMs] : own] as const, ...others.slice(0, MAX_CLIENTS - 1)];
  return { admitted, runs: Object.fromEntries(kept) };
}

export const tooFast = ({ actionsPerMinute }: LoopLimits): Problem => ({
  code: 'loop_guard',
  message: `This client has run ${actionsPerMinute} actions on the stub within a minute, which is all that stubs.loop_guard.actions_per_minute allows: a program may be answering us. The message is kept here and nothing ran; the stub goes on when the client is quieter.`,
});

export const tooManyHops = (
  { action, hops }: Pick<RunOrder, 'action' | 'hops'>,
  { hops: most }: LoopLimits,
): Problem => ({
  code: 'loop_guard',
  message: `The action "${action}" was not run: it is number ${hops} of a chain of actions that send one another, and stubs.loop_guard.hops allows ${most}. Break the circle in the templates, or let a timer begin anew.`,
});

export const tooMany = ({ action }: Pick<RunOrder, 'action'>, { actionsPerChain }: LoopLimits): Problem => ({
  code: 'loop_guard',
  message: `The action "${action}" was not run: one run has led to runs that have sent ${actionsPerChain} actions by now, which is all that stubs.loop_guard.actions_per_chain allows. Where each sends several of its kind they never end: break the circle in the templates, or let a timer begin anew.`,
});

import type { ServiceIdentifier } from 'inversify';
import type { Json } from './json.js';

/** Names one actor: its kind and its id within the kind. Ids are any text up to 200 characters without `|`. */
export interface ActorRef {
  readonly kind: string;
  readonly id: string;
}

/** A message in an actor's mailbox. `id` is unique for that actor: a second letter with a known id is dropped. */
export interface Letter<Body = Json> {
  readonly id: string;
  /** When it was stored, ms since 1970 on the product's one clock (Redis `TIME` plus the emulator's offset). */
  readonly atMs: number;
  readonly body: Body;
}

/** A letter to send. */
export interface Tell {
  readonly to: ActorRef;
  readonly id: string;
  readonly body: unknown;
  /** Wakes the actor even while it waits for a later time (a status that ends an unknown outcome). */
  readonly urgent?: boolean;
}

/** A letter to send later: a delayed job in `queue`. A repeat with the same `id` is dropped. */
export interface Timer {
  readonly queue: string;
  readonly id: string;
  readonly atMs: number;
  readonly tell: Tell;
}

/**
 * One Redis command that joins the commit of a turn. Keys come from `Keys`, values are strings or numbers. `REQUIRE key field
 * value` is a condition instead: unless that hash has this value there (`''`: none), nothing is committed and the letter is
 * decided anew. It is for what actors share; the turn ends with a decision that has one, so the next letter sees what it wrote.
 */
export type Write = readonly [
  command:
    | 'REQUIRE'
    | 'SET'
    | 'DEL'
    | 'HSET'
    | 'HSETNX'
    | 'HDEL'
    | 'HINCRBY'
    | 'ZADD'
    | 'ZREM'
    | 'RPUSH'
    | 'LPUSH'
    | 'LTRIM'
    | 'XADD'
    | 'XDEL'
    | 'PEXPIRE'
    | 'SADD'
    | 'SREM',
  key: string,
  ...args: (string | number)[],
];

/**
 * What a letter (or `next`) does to its actor. Everything here is committed in one script or not at all; tells, timers
 * and the call then leave at least once, with ids that make a repeat harmless.
 */
export interface Decision<State, Call = never> {
  /** The new state; `null` forgets the actor. The same reference as before means: unchanged. */
  readonly state: State;
  readonly writes?: readonly Write[];
  readonly tells?: readonly Tell[];
  readonly timers?: readonly Timer[];
  /** I/O to do after the commit; its outcome comes back to `decide` as a letter. At most one at a time. */
  readonly call?: { readonly id: string; readonly task: Call };
}

export interface Turn<State> {
  readonly id: string;
  readonly state: State;
  /** ms since 1970 on the product's one clock. Decisions never read another clock. */
  readonly nowMs: number;
  /**
   * `performance.now()` of this process, after the letters were read: what it has read since then from Redis holds all that was
   * committed before they were told. Absent: as if they had been read now.
   */
  readonly readAt?: number;
}

/**
 * A kind of actor: one mailbox and one state for each id, one turn at a time for each id, on any number of processes.
 *
 * The runtime asks it what a letter does (`decide`) and commits the answer. `decide` may read but never writes: it
 * may run again with the same letter, and only one of its answers is kept. A throw is retried with back-off; after
 * `maxAttempts` the letter goes to the dead letters and the next one runs.
 */
export interface ActorKind<State = unknown, Body = unknown, Call = unknown> {
  /** Unique, one word: `stub`. */
  readonly kind: string;
  /** The BullMQ queue that carries its turns: `stub-actions`. */
  readonly queue: string;
  /** Version of the stored state. A record of another version goes through `migrate`, or is refused. */
  readonly stateVersion: number;
  /** Turns at a time in one process. Default 50. */
  readonly concurrency?: number;
  /** Letters decided in one turn at most. Default 10. */
  readonly lettersPerTurn?: number;
  /** Runs of one letter before it is a dead letter. Default 5. */
  readonly maxAttempts?: number;
  /** Turns started per second over all processes, spread evenly. Default: no limit. */
  readonly turnsPerSecond?: number;
  /** Queues that this kind's timers wait in. */
  readonly timerQueues?: readonly string[];
  /** The state of an actor that has none. */
  initial(id: string): State;
  migrate?(record: unknown, version: number): State;
  decide(turn: Turn<State>, letter: Letter<Body>): Decision<State, Call> | Promise<Decision<State, Call>>;
  /** Whether deciding this letter reads what earlier letters of the actor have written: they are committed before it. */
  looksBack?(letter: Letter<Body>): boolean;
  /** Asked when the mailbox is empty or the turn's letters are done: what to start next, if anything (a send lane). */
  next?(turn: Turn<State>): Decision<State, Call> | undefined;
  /**
   * Does the I/O of a decision and returns the body of the letter that reports it. `repeated` is true when an earlier
   * process may have done it already and died: then it must not be done again blindly.
   */
  call?(
    task: Call,
    attempt: { readonly id: string; readonly actorId: string; readonly repeated: boolean },
  ): Promise<Body>;
  /** When the actor wants a turn without a letter: ms on the one clock, or undefined. In the past means at once. */
  wakeAtMs?(state: State): number | undefined;
}

// biome-ignore lint/suspicious/noExplicitAny: kinds of different states share one registry; each is checked where it is written
export type AnyActorKind = ActorKind<any, any, any>;
export const ActorKind: ServiceIdentifier<AnyActorKind> = Symbol.for('stubwire.ActorKind');

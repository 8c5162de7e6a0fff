import type { ActorRef } from '../contract/actor-kind.js';
import type { SendOutcome } from '../contract/channel.js';
import type { JsonObject } from '../contract/json.js';
import type { Problem } from '../contract/stub.js';

export type Halt = Extract<SendOutcome, { readonly result: 'halt' }>;

/** A delivery in a lane, and who wants to hear of it. */
export interface LaneItem {
  readonly delivery: string;
  /** Gets `window_closed`, the report that `announce` names, and `ended` for whatever fails. */
  readonly owner?: ActorRef;
  readonly announce?: 'leaving' | 'ended';
  /** Counts how often the owner has given it to the lane; 1 the first time. */
  readonly round: number;
  /** The owner's own, given back with every report. */
  readonly ticket?: JsonObject;
}

/** What a lane tells the owner of an item. */
export type LaneReport =
  | { readonly type: 'leaving'; readonly delivery: string; readonly ticket?: JsonObject }
  | { readonly type: 'ended'; readonly delivery: string; readonly ticket?: JsonObject; readonly problem?: Problem }
  | {
      readonly type: 'window_closed';
      readonly delivery: string;
      readonly ticket?: JsonObject;
      readonly problem: Problem;
    };

/** What came of an attempt. `unheard`: nothing was sent, for reports wait that may say how the attempt before ended. */
export type LaneOutcome = SendOutcome | { readonly result: 'unheard' };

export type LaneLetter =
  | ({ readonly type: 'deliver' } & Omit<LaneItem, 'round'> & { readonly round?: number })
  | { readonly type: 'outcome'; readonly attempt: string; readonly outcome: LaneOutcome }
  /** What an attempt asked for first is done, or it came to this. */
  | { readonly type: 'prepared'; readonly attempt: string; readonly outcome?: SendOutcome }
  /** A status proves that the provider has the message; `round` of which one, absent: of the one at hand. */
  | { readonly type: 'settled'; readonly delivery: string; readonly providerId: string; readonly round?: number }
  /** A person takes it out, if it is not with the provider. */
  | { readonly type: 'cancel'; readonly delivery: string }
  /** The group was paused as asked. */
  | { readonly type: 'paused' };

/** The message at the head of the lane. `sending`: a call is under way. `resting`: until a back-off ends. `unsettled`: nobody knows whether it was sent. */
export interface Current extends LaneItem {
  readonly phase: 'sending' | 'resting' | 'unsettled';
  readonly untilMs: number;
  readonly attempts: number;
  readonly retries: number;
  readonly pairRetries: number;
  readonly resends: number;
  readonly settledAs?: string;
  /** The outcome of an attempt is unknown: each one after it is made only where no report waits that may settle it. */
  readonly mayHaveArrived?: true;
  /** It rests until this attempt's preparation is done; and how many there were. */
  readonly preparing?: string;
  readonly preparations?: number;
}

export interface LaneState {
  readonly waiting: readonly LaneItem[];
  readonly current?: Current;
}

export interface LaneCall {
  readonly delivery: string;
  /** The attempt before may have arrived. */
  readonly resend?: true;
  /** Nothing is to be sent: the group is to be paused, for this. */
  readonly halt?: Halt;
}

import type { Conversation } from '../conversation/conversation.js';

/** Meta: this person's user id is another one from now on. `atMs`: Meta's time of it. */
export interface UserIdLetter {
  readonly type: 'user_id_changed';
  readonly previous: string;
  readonly current: string;
  readonly atMs?: number;
}

/** Meta: the client stopped or resumed marketing messages. */
export interface PreferenceLetter {
  readonly type: 'preference';
  readonly choice: 'stop' | 'resume';
  readonly atMs?: number;
}

/** User ids that have forwarded the letter. If it reaches one of them again, contradictory notices form a circle. */
export type Passed = readonly string[];

/** To a user id, from a number: a message showed that this person has this number; their conversation is kept there now. */
export interface MergeIntoLetter {
  readonly type: 'merge_into';
  readonly into: string;
  /** Ids of the person, the one in force first. */
  readonly userIds: readonly string[];
  readonly provenAtMs: number;
  readonly passed?: Passed;
}

/** To a number: what it holds of this person belongs elsewhere; give it to `to`. */
export interface HandOverLetter {
  readonly type: 'hand_over';
  /** Whose conversation is asked for: any of these. */
  readonly owners: readonly string[];
  readonly to: string;
  readonly userIds: readonly string[];
  readonly atMs: number;
  readonly renamed?: true;
}

/** What a person's conversation held at another address. Without a conversation: there was nothing. */
export interface AbsorbLetter {
  readonly type: 'absorb';
  readonly conversation?: Conversation;
  /** Routing traces, oldest first, as stored. */
  readonly traces?: readonly string[];
  /** Ids of the person, the one in force first; empty where only numbers are known. */
  readonly userIds: readonly string[];
  readonly from: string;
  /** The number has another owner now: this is what belonged to the one before. */
  readonly parked?: true;
  /** Meta announced the first id as the successor of the second, at this time. */
  readonly renamedAtMs?: number;
  readonly passed?: Passed;
}

/** To a number: Meta says that the person of `from` has it now. */
export interface NumberTakenLetter {
  readonly type: 'number_taken';
  readonly from: string;
  readonly userIds: readonly string[];
  readonly atMs: number;
}

/** What conversations tell each other about who is who. */
export type IdentityLetter = UserIdLetter | MergeIntoLetter | HandOverLetter | AbsorbLetter | NumberTakenLetter;

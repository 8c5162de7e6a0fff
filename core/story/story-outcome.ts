import type { Place } from '../errors.js';
import type { Story } from './story.js';

/** Something that was expected and is not so. Texts may have several lines. */
export interface Mismatch {
  /** What is compared: `state`, `data.eta`; empty where it is clear. */
  readonly what: string;
  readonly expected: string;
  readonly seen: string;
}

/** What is good to know beside a failure: the chat, why messages landed where they did. */
export interface Section {
  readonly title: string;
  readonly lines: readonly string[];
}

/** Why a story does not hold. */
export interface Failure {
  readonly place: Place;
  /** The step, as written. */
  readonly step: string;
  /** What is wrong, in a sentence. */
  readonly message: string;
  readonly mismatches: readonly Mismatch[];
  readonly sections: readonly Section[];
}

export interface StoryOutcome {
  readonly story: Story;
  /** Real time. */
  readonly tookMs: number;
  readonly failure?: Failure;
}

/** Thrown by a step that does not hold; the run adds what is good to know. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed';
  constructor(
    readonly place: Place,
    readonly step: string,
    message: string,
    readonly mismatches: readonly Mismatch[] = [],
    /** Whose chat tells more; absent: everybody's. */
    readonly contact?: string,
  ) {
    super(message);
  }
}

import type { ServiceIdentifier } from 'inversify';
import type { JsonObject } from './json.js';
import type { FileObject, PostedBy } from './stub.js';

/** What came back from a person through a channel, in the channel's own words. */
export interface Feedback {
  /** The contact that has the sender's number or user id, if any. */
  readonly contactuuid?: string;
  /** The channel's data, documented by the channel. */
  readonly incoming: JsonObject;
  readonly attachments?: readonly FileObject[];
  /** How the channel came to give it to this stub: rules tried and the one that applied. Shown as `routing` of the stubpost. */
  readonly trace?: JsonObject;
}

/** The run of an action that the feedback becomes. */
export interface FeedbackRun {
  readonly message: string;
  readonly data: JsonObject;
  readonly attachments: readonly FileObject[];
  readonly posted_by: PostedBy;
}

/**
 * An action that an outside system runs on a stub, allowed in every state. `run` is pure: it turns what came in into
 * the stubpost's message, data and poster. A template's own action of the same name runs its steps on it.
 */
export interface FeedbackAction {
  readonly name: string;
  run(feedback: Feedback): FeedbackRun;
}
export const FeedbackAction: ServiceIdentifier<FeedbackAction> = Symbol.for('stubwire.FeedbackAction');

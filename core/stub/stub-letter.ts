import type { Feedback } from '../contract/feedback-action.js';
import type { JsonObject } from '../contract/json.js';
import type { ContactPoint, PostedBy } from '../contract/stub.js';
import type { TimerMark } from './stub-timers.js';

/** Letters that a stub takes. */
export type StubLetter =
  | {
      readonly type: 'create';
      readonly template: string;
      readonly subject: string;
      readonly message: string;
      readonly data: JsonObject;
      /** Contact lists by contactuuid. */
      readonly contact_lists: { readonly [list: string]: readonly string[] };
      /** Who made it without being a contact yet: found or made, and put in `_created_by`. */
      readonly created_by?: ContactPoint & { readonly name: string };
      readonly posted_by: PostedBy;
      /** Fileuuids. */
      readonly attachments?: readonly string[];
      readonly hops?: number;
      readonly chain?: string;
      /** Who asks waits for the answer: where the run is refused no stub comes to be, and the refusal is kept for a day. */
      readonly or_nothing?: true;
    }
  | {
      readonly type: 'run';
      readonly action: string;
      readonly message: string;
      readonly data: JsonObject;
      /** Fileuuids. */
      readonly attachments?: readonly string[];
      readonly posted_by: PostedBy;
      readonly heimdall?: JsonObject;
      /** How many actions, each sent by the one before, led to this one; `chain` names all that the first leads to. */
      readonly hops?: number;
      readonly chain?: string;
    }
  /** A timer of the stub has come. What it runs stands on the stub, if it is still set. */
  | { readonly type: 'timer'; readonly timer: TimerMark }
  | {
      readonly type: 'feedback';
      readonly action: string;
      /** The feedback action that makes the run's data where `action` is the template's own, and that runs where the stub has no such action. */
      readonly otherwise?: string;
      readonly feedback: Feedback;
      /** Who wrote, for a feedback that came before there was a contact of that address. */
      readonly client?: ContactPoint & { readonly name: string };
      readonly heimdall?: JsonObject;
      readonly hops?: number;
      readonly chain?: string;
    };

/** Where what stubs want to happen later waits. */
export const STUB_TIMERS = 'stub-timers';

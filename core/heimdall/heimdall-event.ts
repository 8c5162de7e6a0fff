import type { Feedback } from '../contract/feedback-action.js';
import type { JsonObject } from '../contract/json.js';
import type { ContactPoint } from '../contract/stub.js';
import type { Mechanism } from '../contract/stub-template.js';

export interface HeimdallEvent {
  /** Stable: the same event emitted twice has the same id, and its handlers run once. */
  readonly id: string;
  /** One emission may have several paths; a registration that matches more than one takes it once. */
  readonly paths: readonly string[];
  readonly mechanism: Mechanism | '*';
  readonly data: JsonObject;
  /** Where a person's message is the event: the message, and who sent it, for `create_stub`. */
  readonly feedback?: Feedback;
  readonly client?: ContactPoint & { readonly name: string };
  /** Registrations made later than this do not hear it, ms. */
  readonly sinceMs?: number;
  /** How many actions, each sent by the one before, led to it. */
  readonly hops?: number;
  /** Names all that the first of those actions leads to; absent for an event that no action emitted. */
  readonly chain?: string;
}

/** The stubpost that answers an event of the mechanism `evb`: of the action that a registration ran. */
export interface EventAnswer {
  readonly registration_uuid: string;
  readonly registration_name: string;
  readonly stubref: string;
  readonly stubpostuuid: string;
}

/** The stub that a registration makes of an event. */
export interface MadeStub {
  readonly stubref: string;
  readonly stubsessionHours?: number;
}

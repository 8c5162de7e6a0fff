import type { ServiceIdentifier } from 'inversify';
import type { ZodType } from 'zod';
import type { ActorRef } from './actor-kind.js';
import type { JsonObject } from './json.js';
import type { Contact, Problem } from './stub.js';

/** The unit that is sent, retried and tracked: one notification for one recipient on one channel. */
export interface Delivery {
  readonly v: 1;
  readonly id: string;
  readonly channel: string;
  readonly profile?: string;
  /** The address in the channel's own form: E.164 digits, a user id. */
  readonly to: string;
  /** What `plan` built: the channel's own message, ready to send. */
  readonly message: JsonObject;
  /** Keys of the channel's settings that its actors need later (session changes). */
  readonly options: JsonObject;
  /** Where it came from; absent for messages the channel sends of its own accord (an interaction request). */
  readonly origin?: {
    readonly stubref: string;
    readonly stubpostuuid: string;
    readonly notification: string;
    readonly recipient: string;
    readonly contactuuid?: string;
  };
  /** Show `delivered`, `read` and `played` on the stubpost too. */
  readonly show_all_statuses: boolean;
  /** The actor that took it from the plan; also told `{type: 'deliver', …, round}` to send it anew, and `{type: 'cancel', delivery}`. */
  readonly via?: ActorRef;
  /** The actor that is told `{type: 'delivery_ended', …}` when the lane is done with it, if any cares. */
  readonly owner?: ActorRef;
  readonly created_at: string;
}

/** What a notification asks of a channel for one recipient. All values are substituted; none may be again. */
export interface DeliveryRequest {
  /** `platforms.<channel>` after substitution. */
  readonly settings: unknown;
  /** What substitution left out of the settings, for it referred to nothing: the place as written, and the reference (`~~stub.data.x`). */
  readonly leftOut?: readonly { readonly path: readonly (string | number)[]; readonly reference: string }[];
  /** Either the contact that was addressed, or a bare address of `type`. */
  readonly recipient:
    | { readonly contact: Contact }
    | { readonly type: string; readonly address: string; readonly contact?: Contact };
  /** The stub that sends. Absent for a single send: then there is no stub that a stubsession could lead to. */
  readonly stubref?: string;
  /** The sender that is asked for where the settings name none: `profile` of a single send. A channel without profiles has none to choose. */
  readonly profile?: string;
}

export type DeliveryPlan =
  | {
      readonly ok: true;
      readonly profile?: string;
      readonly to: string;
      readonly message: JsonObject;
      readonly options: JsonObject;
      readonly show_all_statuses?: boolean;
      /** Something an operator should know, shown at the first step of the delivery: a caption that was left out. */
      readonly note?: string;
      /** The actor that takes the delivery: a letter `{type: 'deliver', delivery, ...options, origin}`, `round` with it from the second time on. */
      readonly via: ActorRef;
    }
  | { readonly ok: false; readonly to?: string; readonly profile?: string; readonly problem: Problem };

/** What a provider's answer means. The lane acts on it; the channel only classifies. */
export type SendOutcome =
  /** Taken by the provider under its own message id. */
  | {
      readonly result: 'accepted';
      readonly providerId: string;
      /** What an operator should know: the provider took it and holds it back. */
      readonly note?: string;
    }
  /** Refused before processing: safe to send again after a back-off. `pair` and `rate` name whose limit it was. */
  | { readonly result: 'retry'; readonly limit: 'none' | 'pair' | 'rate'; readonly problem: Problem }
  /** Not now: send again after `afterMs`. */
  | { readonly result: 'later'; readonly afterMs: number; readonly problem: Problem }
  /** The provider's service window is closed; the channel's own actor takes the delivery back. */
  | { readonly result: 'window_closed'; readonly problem: Problem }
  /**
   * Not this message but the whole lane group is refused: a token that ended, an account that is locked. The message stays
   * at the head of its lane and the group is paused until `POST /api/channels/:channel/profiles/:profile/resume`. `credential` names what was refused,
   * where that is a credential (a fingerprint of it): so a process that has another one can tell.
   */
  | { readonly result: 'halt'; readonly problem: Problem; readonly credential?: string }
  /**
   * Nothing was sent, for something must be done first that takes longer than a send may (an upload). The lane tells `by`
   * this letter, rests, and goes on with the answer: a `LaneLetter` of type `prepared` with this attempt's id.
   */
  | { readonly result: 'prepare'; readonly by: ActorRef; readonly letter: JsonObject; readonly problem: Problem }
  /** Final. */
  | { readonly result: 'rejected'; readonly problem: Problem }
  /** It may have been sent: timeout, reset, 5xx. Never sent again blindly. */
  | { readonly result: 'unknown'; readonly problem: Problem };

/** What `send` would ask of the provider. */
export interface ProviderRequest {
  readonly method: string;
  readonly url: string;
  readonly body: JsonObject;
  /** What has to happen first, where it leaves a place in the body that nobody can fill in yet: an upload and its id. */
  readonly first?: readonly string[];
}

/** One attempt at a send, as a channel gets it. */
export interface SendAttempt {
  readonly id: string;
  /** The lane that makes it: who is to hear `prepared`. */
  readonly lane: ActorRef;
  /** Ends the attempt when it takes too long. */
  readonly signal: AbortSignal;
}

/** A queue of send lanes: one rate limit, any number of addresses, each in order. */
export interface LaneGroup {
  /** Kind of its actors and name of its queue: `whatsapp-send-main`. */
  readonly queue: string;
  /** The profile it sends for: its name under `/api/channels/<channel>/profiles`. Default: the name of its queue. */
  readonly profile?: string;
  readonly messagesPerSecond?: number;
  /** Longest wait for the provider's answer, ms; then the outcome is unknown. Default 20,000. */
  readonly answerTimeoutMs?: number;
  /** How long an unknown outcome waits for a status, ms, and how often it is then sent again. */
  readonly unknownOutcomeWaitMs: number;
  readonly unknownOutcomeResends: number;
}

/**
 * A way to reach people: contributed by a plugin, named under `platforms.<id>` of a notification.
 *
 * `plan` is called in the turn of the stub and awaited. It checks the settings after substitution, picks the address and
 * builds the message; it may read (a file's type, a catalogue) and never writes, for a turn may run again. `send` is called in a lane's turn, at most once at a time for an address, and is awaited; it
 * returns an outcome for everything the provider can answer and throws only for bugs (counted as unknown).
 */
export interface Channel {
  readonly id: string;
  /** Checks `platforms.<id>` when YAML is checked. Literal text is held against the provider's limits here. */
  readonly settings: ZodType;
  readonly lanes: readonly LaneGroup[];
  plan(request: DeliveryRequest): DeliveryPlan | Promise<DeliveryPlan>;
  /**
   * Whether reports about this delivery have been stored and not yet read. Asked before a send of unknown outcome is
   * repeated: a report that waits may say that it arrived. Without it nothing is known to wait.
   */
  hasUnreadReports?(delivery: Delivery): Promise<boolean>;
  send(delivery: Delivery, attempt: SendAttempt): Promise<SendOutcome>;
  /** The request that `send` would make now, for a dry run: it reads only. Without it a dry run shows the message as planned. */
  preview?(delivery: Delivery): Promise<ProviderRequest>;
}
export const Channel: ServiceIdentifier<Channel> = Symbol.for('stubwire.Channel');

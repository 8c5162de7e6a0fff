import type { Json, JsonObject } from '../contract/json.js';
import type { ClientDeed, ClientFile } from '../contract/story-clients.js';
import type { DeliveryStatus } from '../contract/stub.js';
import type { Mechanism } from '../contract/stub-template.js';
import type { Place } from '../errors.js';

/** Stands in a list for any number of further entries. */
export const ANY_MORE = '…';

export interface StoryContact {
  readonly place: Place;
  readonly name: string;
  readonly mobile?: string;
  readonly whatsappUser?: string;
}

/** A message as a story expects it: every key given must fit. */
export interface ExpectedMessage {
  readonly text?: string | undefined;
  readonly type?: string | undefined;
  readonly template?: string | undefined;
  readonly buttons?: readonly string[] | undefined;
  readonly quotes?: string | undefined;
  readonly profile?: string | undefined;
  readonly status?: string | undefined;
  readonly payload?: JsonObject | undefined;
}

export interface ExpectedEntry {
  readonly action: string;
  readonly message?: string | undefined;
  readonly data?: JsonObject | undefined;
  readonly refused?: string | undefined;
  /** Code of a task, notification or delivery of it that failed. */
  readonly failed?: string | undefined;
  /** Of every delivery of it. */
  readonly status?: DeliveryStatus | undefined;
}

export interface ExpectedEvent {
  readonly path: string;
  readonly data?: JsonObject | undefined;
}

/** What the task `apicall` is answered; `times`: so often, then the next one that fits. */
export interface CannedAnswer {
  /** Method and URL, as an expected text: `GET https://crm.example.org/people/…`. */
  readonly to: string;
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body?: Json | undefined;
  readonly times?: number | undefined;
}

export interface ExpectedCall {
  readonly to: string;
  readonly body?: Json | undefined;
}

/** What a client does; `about` is still the text of a message, to be looked up in the chat. */
export type StoryDeed =
  | Extract<ClientDeed, { readonly do: 'write' | 'tap' | 'place' | 'other' }>
  | { readonly do: 'send'; readonly file: Omit<ClientFile, 'content'> & { readonly path: string } }
  | { readonly do: 'react'; readonly emoji: string; readonly about?: string };

export interface Expectation {
  /** Template of the stub that is meant; the story's own where absent. */
  readonly stub?: string | undefined;
  readonly state?: string | undefined;
  readonly subject?: string | undefined;
  readonly data?: JsonObject | undefined;
  readonly counters?: { readonly [name: string]: number } | undefined;
  readonly contact_lists?: { readonly [list: string]: readonly string[] } | undefined;
  readonly log?: readonly ('…' | ExpectedEntry)[] | undefined;
  readonly events?: readonly ExpectedEvent[] | undefined;
  readonly calls?: readonly ('…' | ExpectedCall)[] | undefined;
  readonly stubs?: number | undefined;
  readonly unrouted?: number | undefined;
  readonly nothingMoreSent?: true | undefined;
}

/** One step. `files`: keys of `data` with the paths of files that are uploaded for them. */
export type StepDeed =
  | {
      readonly do: 'action';
      readonly action: string;
      readonly message: string;
      readonly data: JsonObject;
      readonly files: { readonly [key: string]: readonly string[] };
      readonly as?: string | undefined;
      readonly stub?: string | undefined;
      readonly refused?: string | undefined;
    }
  | { readonly do: 'client'; readonly contact: string; readonly deed: StoryDeed; readonly profile?: string | undefined }
  | { readonly do: 'gets'; readonly contact: string; readonly messages: readonly ('…' | ExpectedMessage)[] }
  /** `ms` from now, or until a moment. */
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'wait'; readonly untilMs: number }
  | { readonly do: 'emit'; readonly path: string; readonly mechanism: Mechanism | '*'; readonly data: JsonObject }
  | { readonly do: 'fault'; readonly fault: JsonObject }
  | { readonly do: 'expect'; readonly expect: Expectation };

export interface Step {
  readonly deed: StepDeed;
  /** The step's main key with its value, for titles. */
  readonly title: string;
  /** Where something of it stands, by the path below the step. */
  place(path?: readonly PropertyKey[]): Place;
}

export interface Story {
  readonly name: string;
  readonly file: string;
  readonly place: Place;
  /** By short name, in order. */
  readonly contacts: ReadonlyMap<string, StoryContact>;
  /** When it begins; absent: now. */
  readonly startsMs?: number;
  readonly answers: readonly CannedAnswer[];
  /** The template of its own stub. */
  readonly template: string;
  /** Absent: a client begins. */
  readonly stub?: {
    readonly subject: string;
    readonly message: string;
    readonly data: JsonObject;
    readonly contactLists: { readonly [list: string]: readonly string[] };
    readonly as?: string | undefined;
    readonly place: Place;
  };
  readonly steps: readonly Step[];
}

export type { Json };

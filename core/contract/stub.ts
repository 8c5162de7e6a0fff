import type { JsonObject } from './json.js';

/** A file as stored; wherever a file is expected `fileuuid` alone is enough. */
export interface FileObject {
  readonly fileuuid: string;
  readonly filename?: string;
  readonly originalname?: string;
  readonly contentType?: string;
  readonly encoding?: string;
  readonly size?: number;
  readonly upload_date?: string;
}

export type ContactPointType = 'mobile' | 'email' | 'whatsapp_user';

/** An address of a person. Mobile numbers are E.164 without `+`; a `whatsapp_user` is Meta's user id as received. */
export interface ContactPoint {
  readonly type: ContactPointType;
  readonly contact: string;
}

export interface Contact {
  readonly v: 1;
  readonly contactuuid: string;
  readonly name: string;
  readonly basic: { readonly contactpoints: readonly ContactPoint[] };
  /** Contacts that proved to be the same person: their ids mean this one. */
  readonly merged_from?: readonly string[];
  /** Names that it or they had before, newest first: what they stand in is found by them when the person is erased. */
  readonly former_names?: readonly string[];
  readonly created_at: string;
  readonly updated_at: string;
}

/** Who ran an action: an operator or system (`contactuuid`), or a person it was done for (`on_behalf_of`). */
export interface PostedBy {
  readonly contactuuid?: string;
  readonly on_behalf_of?: string;
  /** Name of the API token that was used. With it `on_behalf_of` is the person somebody acted for; without it, the writer. */
  readonly token?: string;
}

/** An action of a stub that runs later. */
export interface StubTimer {
  /** Of the run that set it: an older one of the same name is ignored when it comes. */
  readonly id: string;
  readonly action_name: string;
  readonly due_at: string;
  /** What the action will be run with. */
  readonly message: string;
  readonly data: JsonObject;
}

/** One running case: in exactly one state of its template, long-lived, never deleted. */
export interface Stub {
  readonly orguuid: string;
  /** `YYYY-MM-DD-XXXX-XXXX`, upper-case letters and digits. */
  readonly stubref: string;
  readonly stubuuid: string;
  readonly template: string;
  /** Counts committed runs; 1 is the creation. */
  readonly version: number;
  readonly state: string;
  readonly subject: string;
  readonly contact_lists: { readonly [list: string]: { readonly contactuuids: readonly string[] } };
  readonly pointers: {
    readonly assigned_to?: { readonly list_name: string };
    readonly in_the_pool_of?: { readonly list_name: string };
  };
  readonly program: { readonly templateuuid: string; readonly branch: string; readonly context: JsonObject };
  readonly data: JsonObject;
  readonly links: readonly JsonObject[];
  readonly attachments: readonly FileObject[];
  readonly metrics: { readonly counters: { readonly [name: string]: number } };
  /** By name; absent where it never had any. */
  readonly timers?: { readonly [name: string]: StubTimer };
  /** Present once the loop guard has stopped a run on it. */
  readonly loop_guard?: {
    readonly refused: number;
    readonly last_refused_at: string;
  };
  readonly created_at: string;
  readonly updated_at: string;
}

/** What went wrong, as stored and answered: a code of the error table, and a sentence that says what to do. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  /** The provider's own code, where one caused it. */
  readonly provider_code?: number;
}

export interface TaskRecord {
  readonly success: boolean;
  readonly skipped?: true;
  readonly payload?: unknown;
  readonly error?: Problem;
  readonly task_duration_ms: number;
}

export const DELIVERY_STATUSES = [
  'queued',
  'stashed',
  'sending',
  'accepted',
  'sent',
  'delivered',
  'read',
  'played',
  'failed',
] as const;
/** In the order they are reached; `failed` may come at any time and wins. */
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

export interface DeliveryStep {
  readonly status: DeliveryStatus;
  readonly at: string;
  readonly error?: Problem;
  /** Something an operator should know: sent a second time after an unknown outcome. */
  readonly note?: string;
}

/** A delivery as the API shows it on its stubpost. */
export interface DeliveryView {
  readonly id: string;
  readonly recipient: string;
  readonly contactuuid?: string;
  readonly channel: string;
  readonly profile?: string;
  readonly to: string;
  /** The provider's id of the message, once the provider has accepted it. */
  readonly provider_id?: string;
  readonly status: DeliveryStatus;
  readonly history: readonly DeliveryStep[];
}

/** One notification's result as stored: its deliveries live in records of their own and are joined when it is read. */
export interface NotificationRecord {
  readonly skipped?: true;
  readonly error?: Problem;
  readonly deliveries: readonly string[];
}

/** The log entry of one run of an action. */
export interface Stubpost {
  readonly v: 1;
  readonly stubpostuuid: string;
  readonly stubref: string;
  readonly action_name: string;
  readonly message: string;
  readonly data: JsonObject;
  readonly attachments: readonly FileObject[];
  readonly posted_by: PostedBy;
  readonly posted_at: string;
  /** Of a person's message: by which rule it came to this stub, and why not by those before. */
  readonly routing?: JsonObject;
  readonly from_state: string | null;
  readonly to_state: string;
  readonly tasks: { readonly [key: string]: TaskRecord };
  readonly notifications: { readonly [key: string]: NotificationRecord };
  /** Branches of `to_state` whose conditions gave no answer: they counted as not holding. */
  readonly to_state_errors?: { readonly [branch: string]: Problem };
  /** Present when the run was refused: nothing of it happened but this entry. */
  readonly refused?: Problem & { readonly details?: unknown };
  /** The person behind it was erased: what they said is gone, the shape of the log stays. */
  readonly erased?: true;
}

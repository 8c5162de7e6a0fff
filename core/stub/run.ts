import { Postponed } from '../actor/postponed.js';
import type { Tell, Timer, Write } from '../contract/actor-kind.js';
import type { Channel } from '../contract/channel.js';
import type { Json, JsonObject } from '../contract/json.js';
import type { Org } from '../contract/org.js';
import type { Contact, FileObject, PostedBy, Problem, Stub, Stubpost } from '../contract/stub.js';
import type { StubTemplate } from '../contract/stub-template.js';
import type { TaskType } from '../contract/task-type.js';
import { StubwireError } from '../errors.js';
import type { Lids } from '../lid/lids.js';
import type { PlannedDelivery } from '../notification/planned-delivery.js';
import type { FillOptions, Substitution } from '../template/substitution.js';

/** A run of an action that somebody asks for. */
export interface RunOrder {
  readonly stubpostuuid: string;
  readonly action: string;
  readonly message: string;
  readonly data: JsonObject;
  /** Full file objects, or `fileuuid` alone for files that somebody named and that must be looked up. */
  readonly attachments: readonly FileObject[];
  readonly posted_by: PostedBy;
  /** The data of the event that started it. */
  readonly heimdall?: JsonObject;
  /** An outside system's answer: allowed in every state. */
  readonly feedback?: true;
  /** How a person's message came to this stub. */
  readonly routing?: JsonObject;
  /** How many actions, each sent by the one before, led to this one. */
  readonly hops?: number;
  /** Names all that the first of those actions leads to; absent for one that nothing sent. */
  readonly chain?: string;
  /** When it was asked for, ms: the same where the turn runs again. Default: the turn's time. */
  readonly atMs?: number;
  /** Decided before the run: it is logged with this and does nothing. */
  readonly blocked?: Problem;
}

/** What the engine may ask while it decides. It reads only; everything it wants done is in its answer. */
export interface RunWorld {
  readonly org: Org;
  readonly nowMs: number;
  readonly substitution: Substitution;
  /** Only shows what would happen. */
  readonly dryRun: boolean;
  readonly channels: ReadonlyMap<string, Channel>;
  // biome-ignore lint/suspicious/noExplicitAny: task types of different params share one registry
  readonly taskTypes: ReadonlyMap<string, TaskType<any>>;
  contacts(contactuuids: readonly string[]): Promise<readonly (Contact | undefined)[]>;
  /** The file of this id, if there is one. */
  file(fileuuid: string): Promise<FileObject | undefined>;
  readonly lids: Pick<Lids, 'lidOf' | 'writes'>;
  /** The contactuuid of a contact named by it, or by an address of theirs; undefined where there is none. */
  contactId(named: Json): Promise<string | undefined>;
  /** Throws `condition_failed` where one throws or runs too long, as `matches` does. */
  holds(conditions: readonly string[], roots: RunRoots): Promise<boolean>;
  /** Does the regular expression match somewhere in the text? */
  matches(regex: string, flags: string, text: string): Promise<boolean>;
}

/** What substitution and conditions see. */
export interface RunRoots {
  readonly stub: Stub;
  readonly stubpost: Stubpost;
  readonly program: Stub['program'];
  readonly template: { readonly name: string; readonly data: JsonObject };
  readonly org: Org;
  readonly actioningContact?: Contact;
  readonly heimdall?: JsonObject;
}

export interface RunResult {
  readonly stub: Stub;
  readonly post: Stubpost;
  readonly deliveries: readonly PlannedDelivery[];
  readonly writes: readonly Write[];
  readonly tells: readonly Tell[];
  readonly timers: readonly Timer[];
}

/** A run under way: each phase reads it and adds to it. */
export interface RunDraft {
  readonly order: RunOrder;
  readonly template: StubTemplate;
  readonly world: RunWorld;
  readonly actioningContact?: Contact;
  stub: Stub;
  post: Stubpost;
  readonly deliveries: PlannedDelivery[];
  readonly writes: Write[];
  readonly tells: Tell[];
  readonly timers: Timer[];
}

export const rootsOf = (draft: RunDraft): RunRoots => ({
  stub: draft.stub,
  stubpost: draft.post,
  program: draft.stub.program,
  template: { name: draft.template.name, data: draft.template.data },
  org: draft.world.org,
  ...(draft.actioningContact && { actioningContact: draft.actioningContact }),
  ...(draft.order.heimdall && { heimdall: draft.order.heimdall }),
});

/** A piece of the template, filled in as the run stands. `lid`: that of the delivery which it is for. */
export const filledIn = (
  written: Json,
  draft: RunDraft,
  { lid, ...options }: Omit<FillOptions, 'atMs'> & { readonly lid?: string } = {},
): Json => {
  const { order, world } = draft;
  const roots = { ...rootsOf(draft), ...(lid !== undefined && { lid }) };
  return world.substitution.fill(written, roots, { atMs: order.atMs ?? world.nowMs, ...options });
};

/** A refusal before anything happened: the run is logged with it and does nothing. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  constructor(readonly problem: Problem & { readonly details?: unknown }) {
    super(problem.message);
  }
}

/** What a step may not keep to itself: the run is tried again when it is over. */
const OUTAGES: readonly unknown[] = ['stopping', 'store_away'];
export const isOutage = (error: unknown): boolean =>
  error instanceof Postponed || (error instanceof StubwireError && OUTAGES.includes(error.code));

/** The code and sentence of anything thrown in a step, for the stubpost. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Refusal) return error.problem;
  if (error instanceof Error && 'code' in error && typeof error.code === 'string')
    return { code: error.code, message: error.message };
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) };
}

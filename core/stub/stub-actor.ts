import { inject, injectable, multiInject, optional } from 'inversify';
import type { ActorKind, Decision, Letter, Turn } from '../contract/actor-kind.js';
import { Channel } from '../contract/channel.js';
import { type Feedback, FeedbackAction } from '../contract/feedback-action.js';
import type { JsonObject } from '../contract/json.js';
import { Org } from '../contract/org.js';
import type { Contact, ContactPoint, PostedBy, Stub } from '../contract/stub.js';
import type { StubTemplate } from '../contract/stub-template.js';
import { TaskType } from '../contract/task-type.js';
import { StubwireError } from '../errors.js';
import { FileStore, fileObject } from '../file/file-store.js';
import { Lids } from '../lid/lids.js';
import { Keys } from '../redis/keys.js';
import { ConditionRunner } from '../template/conditions.js';
import { Templates } from '../template/templates.js';
import { ContactBook } from './contact-book.js';
import { runAction } from './engine.js';
import { derivedUuid, stubpostIdOf } from './ids.js';
import type { RunOrder, RunWorld } from './run.js';
import { runWrites } from './stub-records.js';

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
      /** How many actions, each sent by the one before, led to this one. */
      readonly hops?: number;
    }
  | {
      readonly type: 'feedback';
      readonly action: string;
      /** The feedback action that makes the run's data where `action` is the template's own, and that runs where the stub has no such action. */
      readonly otherwise?: string;
      readonly feedback: Feedback;
      /** Who wrote, for a feedback that came before there was a contact of that address. */
      readonly client?: ContactPoint & { readonly name: string };
      readonly heimdall?: JsonObject;
    };

/** Where what stubs want to happen later waits. */
export const STUB_TIMERS = 'stub-timers';

type StubDecision = Decision<Stub | null>;

/** Stubs as actors: one run at a time on each, in the order asked for. */
@injectable()
export class StubActor implements ActorKind<Stub | null, StubLetter> {
  readonly kind = 'stub';
  readonly queue = 'stub-actions';
  readonly stateVersion = 1;
  readonly timerQueues = [STUB_TIMERS];
  private readonly world: Omit<RunWorld, 'nowMs' | 'dryRun'>;
  private readonly feedbackActions: ReadonlyMap<string, FeedbackAction>;

  constructor(
    @inject(Keys) private readonly keys: Keys,
    @inject(Templates) private readonly templates: Templates,
    @inject(ContactBook) private readonly contacts: ContactBook,
    @inject(FileStore) files: FileStore,
    @inject(Lids) lids: Lids,
    @inject(ConditionRunner) conditions: ConditionRunner,
    @inject(Org) private readonly org: Org,
    @multiInject(Channel) @optional() channels: Channel[] = [],
    @multiInject(TaskType) @optional() taskTypes: TaskType[] = [],
    @multiInject(FeedbackAction) @optional() feedbackActions: FeedbackAction[] = [],
  ) {
    this.feedbackActions = new Map(feedbackActions.map((action) => [action.name, action]));
    this.world = {
      org,
      channels: new Map(channels.map((channel) => [channel.id, channel])),
      taskTypes: new Map(taskTypes.map((type) => [type.tasktype, type])),
      contacts: (ids) => contacts.getMany(ids),
      file: async (fileuuid) => {
        const file = await files.get(fileuuid);
        return file && fileObject(file);
      },
      lids,
      holds: (list, roots) => conditions.holds(list, roots as unknown as JsonObject),
    };
  }

  initial(): null {
    return null;
  }

  async decide({ id, state, nowMs }: Turn<Stub | null>, letter: Letter<StubLetter>): Promise<StubDecision> {
    const order = this.orderOf(id, await this.withSender(letter), state);
    if (letter.body.type === 'create') {
      if (state) return { state }; // a second birth under another letter: the stub stands as it is
      const stub = await this.newStub(id, letter.body, letter.atMs);
      const [creator] = letter.body.created_by ? (stub.contact_lists['_created_by']?.contactuuids ?? []).slice(-1) : [];
      return this.run(null, stub, creator ? { ...order, posted_by: { on_behalf_of: creator } } : order, nowMs);
    }
    if (!state) throw new StubwireError('stub_unknown', `There is no stub ${id} to run "${order.action}" on.`);
    return this.run(state, state, order, nowMs);
  }

  private async run(before: Stub | null, stub: Stub, order: RunOrder, nowMs: number): Promise<StubDecision> {
    const world = { ...this.world, nowMs, dryRun: false, contacts: readOnce(this.world.contacts) };
    const result = await runAction(this.templateOf(stub), stub, order, world);
    return {
      state: result.stub,
      writes: [...runWrites(this.keys, before, result), ...result.writes],
      tells: [...result.deliveries.flatMap(({ tell }) => tell ?? []), ...result.tells],
      timers: result.timers,
    };
  }

  private async withSender(letter: Letter<StubLetter>): Promise<Letter<StubLetter>> {
    const { body } = letter;
    if (body.type !== 'feedback' || body.feedback.contactuuid !== undefined || !body.client) return letter;
    const contactuuid = await this.contacts.idOfPoint(body.client.type, body.client.contact);
    return contactuuid === undefined
      ? letter
      : { ...letter, body: { ...body, feedback: { ...body.feedback, contactuuid } } };
  }

  private orderOf(stubref: string, { id, body }: Letter<StubLetter>, stub: Stub | null): RunOrder {
    const stubpostuuid = stubpostIdOf(stubref, id);
    if (body.type === 'create')
      return {
        stubpostuuid,
        action: '_create',
        message: body.message,
        data: body.data,
        attachments: [],
        posted_by: body.posted_by,
      };
    const heimdall = body.heimdall && { heimdall: body.heimdall };
    if (body.type === 'run') {
      const data = { ...body.data, ...heimdall };
      return {
        stubpostuuid,
        action: body.action,
        message: body.message,
        data,
        attachments: (body.attachments ?? []).map((fileuuid) => ({ fileuuid })),
        posted_by: body.posted_by,
        ...heimdall,
        ...(body.hops !== undefined && { hops: body.hops }),
      };
    }
    const { trace } = body.feedback;
    const routing = trace && { routing: trace };
    const { action, feedbackAction } = this.feedbackActionOf(body, stub);
    if (feedbackAction) {
      const run = feedbackAction.run(body.feedback);
      return {
        stubpostuuid,
        action,
        ...run,
        data: { ...run.data, ...heimdall },
        feedback: true,
        ...routing,
        ...heimdall,
      };
    }
    // An ordinary action that a registration named to take a message: it runs as if it were asked for by hand.
    const { contactuuid, incoming, attachments = [] } = body.feedback;
    const posted_by: PostedBy = contactuuid ? { on_behalf_of: contactuuid } : {};
    return {
      stubpostuuid,
      action: body.action,
      message: String(incoming['message'] ?? ''),
      data: { ...heimdall },
      attachments,
      posted_by,
      ...routing,
      ...heimdall,
    };
  }

  /** Which action takes a feedback, and what makes its data. A stub that lacks the named one takes the other. */
  private feedbackActionOf(
    { action, otherwise }: StubLetter & { type: 'feedback' },
    stub: Stub | null,
  ): { readonly action: string; readonly feedbackAction: FeedbackAction | undefined } {
    const named = this.feedbackActions.get(action);
    if (named || otherwise === undefined) return { action, feedbackAction: named };
    const isOwn = stub !== null && this.templates.get(stub.template)?.actions.has(action) === true;
    return { action: isOwn ? action : otherwise, feedbackAction: this.feedbackActions.get(otherwise) };
  }

  private async newStub(stubref: string, letter: StubLetter & { type: 'create' }, atMs: number): Promise<Stub> {
    const template = this.templates.get(letter.template);
    if (!template)
      throw new StubwireError(
        'template_unknown',
        `No template "${letter.template}" is loaded. Loaded: ${this.templates.names().join(', ') || 'none'}.`,
      );
    const lists: { [list: string]: readonly string[] } = { ...letter.contact_lists };
    if (letter.created_by) {
      const { name, ...point } = letter.created_by;
      const creator = await this.contacts.ensure(point, name);
      lists['_created_by'] = [...new Set([...(lists['_created_by'] ?? []), creator.contactuuid])];
    } else if (letter.posted_by.contactuuid && !lists['_created_by']) {
      lists['_created_by'] = [letter.posted_by.contactuuid];
    }
    const at = new Date(atMs).toISOString();
    return {
      orguuid: this.org.orguuid,
      stubref,
      stubuuid: derivedUuid('stub', stubref),
      template: template.name,
      version: 0,
      state: template.initialState,
      subject: letter.subject,
      contact_lists: Object.fromEntries(Object.entries(lists).map(([list, contactuuids]) => [list, { contactuuids }])),
      pointers: {},
      program: { templateuuid: derivedUuid('template', template.name), branch: 'main', context: {} },
      data: {},
      links: [],
      attachments: [],
      metrics: { counters: {} },
      created_at: at,
      updated_at: at,
    };
  }

  private templateOf(stub: Stub): StubTemplate {
    const template = this.templates.get(stub.template);
    if (!template) {
      throw new StubwireError(
        'template_unknown',
        `The stub ${stub.stubref} is of the template "${stub.template}", which is not loaded. Put its file back.`,
      );
    }
    return template;
  }
}

/** Contacts as one run sees them: each read once. */
function readOnce(read: RunWorld['contacts']): RunWorld['contacts'] {
  const known = new Map<string, Contact | undefined>();
  return async (ids) => {
    const missing = ids.filter((id) => !known.has(id));
    if (missing.length > 0)
      for (const [at, contact] of (await read(missing)).entries()) known.set(missing[at]!, contact);
    return ids.map((id) => known.get(id));
  };
}

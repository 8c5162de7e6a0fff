import { inject, injectable, multiInject, optional } from 'inversify';
import { Postponed } from '../actor/postponed.js';
import type { ActorKind, Decision, Letter, Turn, Write } from '../contract/actor-kind.js';
import { FeedbackAction } from '../contract/feedback-action.js';
import { Org } from '../contract/org.js';
import type { PostedBy, Problem, Stub } from '../contract/stub.js';
import type { StubTemplate } from '../contract/stub-template.js';
import { StubwireError } from '../errors.js';
import { RedisConnection } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';
import { Templates } from '../template/templates.js';
import { ContactBook } from './contact-book.js';
import { isPersonLetter, type StubPersonLetter } from './contact-letters.js';
import { runAction } from './engine.js';
import { derivedUuid, stubpostIdOf } from './ids.js';
import {
  admit,
  type ClientRuns,
  DEFAULT_LOOP_LIMITS,
  LoopLimits,
  tooFast,
  tooMany,
  tooManyHops,
} from './loop-guard.js';
import type { RunOrder, RunResult } from './run.js';
import { chainWrites, RunChains } from './run-chains.js';
import { RunWorlds } from './run-worlds.js';
import { StubBirths } from './stub-births.js';
import { STUB_TIMERS, type StubLetter } from './stub-letter.js';
import { StubPeople } from './stub-people.js';
import { refusedBirthWrites, runWrites } from './stub-records.js';
import { type TimerMark, takenTimer } from './stub-timers.js';

/** A stub as its actor keeps it. */
type StubRecord = Stub & {
  /** Of the loop guard. */
  readonly client_runs?: ClientRuns;
};
type AskedLetter = Exclude<StubLetter, { readonly type: 'timer' }>;
type StubDecision = Decision<StubRecord | null>;

/** Short at first, because the file may arrive soon. Longer later, because many stubs may wait for days. */
const lookAgainMs = (waitedMs: number): number => Math.min(30_000, Math.max(500, waitedMs / 2));

/** Stubs as actors: one run at a time on each, in the order asked for. */
@injectable()
export class StubActor implements ActorKind<StubRecord | null, StubLetter | StubPersonLetter> {
  readonly kind = 'stub';
  readonly queue = 'stub-actions';
  readonly stateVersion = 1;
  readonly timerQueues = [STUB_TIMERS];
  private readonly people: StubPeople;
  private readonly births: StubBirths;
  private readonly chains: RunChains;
  private readonly feedbackActions: ReadonlyMap<string, FeedbackAction>;

  constructor(
    @inject(Keys) private readonly keys: Keys,
    @inject(Templates) private readonly templates: Templates,
    @inject(ContactBook) private readonly contacts: ContactBook,
    @inject(RunWorlds) private readonly worlds: RunWorlds,
    @inject(Org) org: Org,
    @inject(RedisConnection) redis: RedisConnection,
    @multiInject(FeedbackAction) @optional() feedbackActions: FeedbackAction[] = [],
    @inject(LoopLimits) @optional() private readonly limits: LoopLimits = DEFAULT_LOOP_LIMITS,
  ) {
    this.people = new StubPeople(redis, keys);
    this.births = new StubBirths(contacts, org);
    this.chains = new RunChains(redis, keys);
    this.feedbackActions = new Map(feedbackActions.map((action) => [action.name, action]));
  }

  initial(): null {
    return null;
  }

  /** An erasure goes through the stubposts. */
  looksBack({ body }: Letter<StubLetter | StubPersonLetter>): boolean {
    return body.type === 'contact_erased';
  }

  async decide(
    turn: Turn<StubRecord | null>,
    { body, ...told }: Letter<StubLetter | StubPersonLetter>,
  ): Promise<StubDecision> {
    if (isPersonLetter(body)) return this.people.decide(turn, { ...told, body });
    if (body.type === 'timer') return this.timerCame(turn, told, body.timer);
    const { id, state, nowMs } = turn;
    const letter = await this.withSender({ ...told, body });
    const order = { ...this.orderOf(id, letter, state), atMs: letter.atMs };
    if (letter.body.type === 'create') {
      if (state) return { state }; // a second birth under another letter: the stub stands as it is
      // Of birth and run, were it replaced between them.
      const template = this.templateOf(letter.body, nowMs - letter.atMs);
      const stub = await this.births.newStub(id, template, letter.body, letter.atMs);
      const [creator] = letter.body.created_by ? (stub.contact_lists['_created_by']?.contactuuids ?? []).slice(-1) : [];
      const asked = creator ? { ...order, posted_by: { ...order.posted_by, on_behalf_of: creator } } : order;
      const born = await this.run(null, stub, asked, nowMs, template);
      return letter.body.or_nothing && born.refused ? { state: null, writes: born.refused } : born.decision;
    }
    if (!state) throw new StubwireError('stub_unknown', `There is no stub ${id} to run "${order.action}" on.`);
    const { client_runs: runs = {}, ...stub } = state;
    if (letter.body.type === 'run') return withRuns(await this.ran(stub, stub, order, nowMs), runs);
    const { feedback, client } = letter.body;
    const name = derivedUuid('client', feedback.contactuuid ?? (client ? `${client.type} ${client.contact}` : ''));
    const guarded = admit(runs, name.slice(0, 8), nowMs, this.limits);
    const blocked = guarded.admitted ? undefined : tooFast(this.limits);
    return withRuns(await this.ran(stub, stub, { ...order, ...(blocked && { blocked }) }, nowMs), guarded.runs);
  }

  /** What the run would come to now. Nothing of it happens. */
  foresee(stub: Stub, letter: Letter<StubLetter & { readonly type: 'run' }>, nowMs: number): Promise<RunResult> {
    const order = this.orderOf(stub.stubref, letter, stub);
    const template = this.templates.get(stub.template);
    if (!template) {
      const message = `The stub ${stub.stubref} uses the template "${stub.template}", which is not loaded. Put its file back.`;
      throw new StubwireError('template_unknown', message);
    }
    return runAction(template, stub, order, this.worlds.of({ nowMs, dryRun: true }));
  }

  /** One that was replaced or cancelled meanwhile does nothing. */
  private async timerCame(
    { id, state, nowMs }: Turn<StubRecord | null>,
    { id: letter, atMs }: Pick<Letter, 'id' | 'atMs'>,
    mark: TimerMark,
  ): Promise<StubDecision> {
    if (!state) return { state };
    const { client_runs: runs = {}, ...stub } = state;
    const taken = takenTimer(stub, mark);
    if (!taken) return { state };
    const { action_name: action, message, data } = taken.timer;
    const stubpostuuid = stubpostIdOf(id, letter);
    const asked = { stubpostuuid, action, message, data, attachments: [], posted_by: {}, atMs };
    const order: RunOrder = { ...asked, ...this.everywhere(action) };
    return withRuns(await this.ran(stub, taken.stub, order, nowMs), runs);
  }

  private async ran(before: Stub, stub: Stub, order: RunOrder, nowMs: number): Promise<StubDecision> {
    return (await this.run(before, stub, order, nowMs)).decision;
  }

  /** `refused`: the writes that keep nothing but the refusal. */
  private async run(
    before: Stub | null,
    stub: Stub,
    asked: RunOrder,
    nowMs: number,
    template = this.templateOf(stub, nowMs - (asked.atMs ?? nowMs)),
  ): Promise<{ readonly decision: StubDecision; readonly refused?: readonly Write[] }> {
    const endless = await this.endless(asked);
    const order = endless ? { ...asked, blocked: endless.problem } : asked;
    const ran = await runAction(template, stub, order, this.worlds.of({ nowMs, dryRun: false }));
    const result = order.blocked ? { ...ran, stub: stopped(ran) } : ran;
    const decision: StubDecision = {
      state: result.stub,
      writes: [
        ...runWrites(this.keys, before, result),
        ...result.writes,
        ...(order.blocked ? [['HINCRBY', this.keys.loopGuard(), endless?.guard ?? 'client', 1] as const] : []),
        ...chainWrites(this.keys, order.chain, result.tells.length),
      ],
      tells: [...result.deliveries.flatMap(({ tell }) => tell ?? []), ...result.tells],
      timers: result.timers,
    };
    return { decision, ...(result.post.refused && { refused: refusedBirthWrites(this.keys, result.post) }) };
  }

  /** Why a run that others have led to is not one more of them. */
  private async endless(order: RunOrder): Promise<{ readonly guard: string; readonly problem: Problem } | undefined> {
    const { hops = 0, chain } = order;
    if (hops > this.limits.hops) return { guard: 'hops', problem: tooManyHops(order, this.limits) };
    if (chain === undefined || (await this.chains.sent(chain)) < this.limits.actionsPerChain) return undefined;
    return { guard: 'chain', problem: tooMany(order, this.limits) };
  }

  private async withSender(letter: Letter<AskedLetter>): Promise<Letter<AskedLetter>> {
    const { body } = letter;
    if (body.type !== 'feedback' || body.feedback.contactuuid !== undefined || !body.client) return letter;
    const contactuuid = await this.contacts.idOfPoint(body.client.type, body.client.contact);
    return contactuuid === undefined
      ? letter
      : { ...letter, body: { ...body, feedback: { ...body.feedback, contactuuid } } };
  }

  private orderOf(stubref: string, { id, body }: Letter<AskedLetter>, stub: Stub | null): RunOrder {
    const stubpostuuid = stubpostIdOf(stubref, id);
    if (body.type === 'create')
      return {
        stubpostuuid,
        action: '_create',
        message: body.message,
        data: body.data,
        attachments: named(body.attachments),
        posted_by: body.posted_by,
        ...sentBy(body),
      };
    const heimdall = body.heimdall && { heimdall: body.heimdall };
    if (body.type === 'run') {
      const data = { ...body.data, ...heimdall };
      return {
        stubpostuuid,
        action: body.action,
        message: body.message,
        data,
        attachments: named(body.attachments),
        posted_by: body.posted_by,
        ...this.everywhere(body.action),
        ...heimdall,
        ...sentBy(body),
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
        ...sentBy(body),
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
      ...sentBy(body),
    };
  }

  /** A feedback action runs in every state, whoever asks for it. */
  private everywhere(action: string): { readonly feedback?: true } {
    return this.feedbackActions.has(action) ? { feedback: true } : {};
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

  /**
   * Throws `Postponed` while the template is not loaded, without a limit: another process may have it already, and a broken or
   * missing file must not lose requests. `waitedMs`: how long the letter has waited.
   */
  private templateOf({ template: name }: Pick<Stub, 'template'>, waitedMs: number): StubTemplate {
    const template = this.templates.get(name);
    if (!template) throw new Postponed(lookAgainMs(waitedMs));
    return template;
  }
}

const named = (fileuuids: readonly string[] = []) => fileuuids.map((fileuuid) => ({ fileuuid }));

const sentBy = ({ hops, chain }: Pick<RunOrder, 'hops' | 'chain'>): Pick<RunOrder, 'hops' | 'chain'> => ({
  ...(hops !== undefined && { hops }),
  ...(chain !== undefined && { chain }),
});

const withRuns = (decision: StubDecision, runs: ClientRuns): StubDecision =>
  decision.state && Object.keys(runs).length > 0
    ? { ...decision, state: { ...decision.state, client_runs: runs } }
    : decision;

/** The stub after a run that the loop guard stopped: it says so itself. */
const stopped = ({ stub, post }: RunResult): Stub => ({
  ...stub,
  loop_guard: { refused: (stub.loop_guard?.refused ?? 0) + 1, last_refused_at: post.posted_at },
});

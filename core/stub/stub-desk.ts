import { randomUUID } from 'node:crypto';
import { inject, injectable, multiInject, optional } from 'inversify';
import { ActorMail } from '../actor/actor-mail.js';
import { RedisClock } from '../actor/redis-clock.js';
import { didYouMean } from '../config/nearest.js';
import { FeedbackAction } from '../contract/feedback-action.js';
import type { Json, JsonObject } from '../contract/json.js';
import { Org } from '../contract/org.js';
import type { PostedBy, Problem, Stub, Stubpost } from '../contract/stub.js';
import { ERRORS, type ErrorCode, StubwireError } from '../errors.js';
import { FileStore } from '../file/file-store.js';
import { RedisConnection, STORE_WAIT_MS } from '../redis/connection.js';
import { Substitution } from '../template/substitution.js';
import { Templates } from '../template/templates.js';
import { type ActionView, actionView } from './action-view.js';
import { actionOf, BASE_ACTIONS, runProblem } from './base-actions.js';
import { derivedStubref, newStubref, stubpostIdOf } from './ids.js';
import { stateProblem } from './state-problem.js';
import type { StubLetter } from './stub-letter.js';
import { type PostView, StubStore } from './stub-store.js';

/** The newest stubs, among which one is looked for that was meant. */
const NEAREST_OF = 100;

export interface RunRequest {
  readonly message?: string | undefined;
  readonly data?: JsonObject | undefined;
  /** Fileuuids. */
  readonly attachments?: readonly string[] | undefined;
  readonly posted_by?: PostedBy | undefined;
}

export interface CreateRequest extends RunRequest {
  readonly template: string;
  readonly subject?: string | undefined;
  /** By contactuuid. */
  readonly contact_lists?: { readonly [list: string]: readonly string[] } | undefined;
}

/** A stub, and what keeps it from being run as its template says. */
export type StubView = Stub & { readonly state_problem?: Problem };

/** What can run on a stub now. */
export interface ActionsView {
  readonly items: readonly ActionView[];
  /** Why it is so little: the template, or the stub's state in it, is gone. */
  readonly state_problem?: Problem;
}

/** Takes what people ask of stubs: checks it against what is known now, stores it as a letter, and says how it went. */
@injectable()
export class StubDesk {
  /** Feedback actions run in every state. */
  private readonly everywhere: ReadonlySet<string>;

  constructor(
    @inject(ActorMail) private readonly mail: ActorMail,
    @inject(StubStore) private readonly store: StubStore,
    @inject(Templates) private readonly templates: Templates,
    @inject(FileStore) private readonly files: FileStore,
    @inject(RedisClock) private readonly clock: RedisClock,
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Org) private readonly org: Org,
    @inject(Substitution) private readonly substitution: Substitution,
    @multiInject(FeedbackAction) @optional() feedbackActions: FeedbackAction[] = [],
  ) {
    this.everywhere = new Set(feedbackActions.map(({ name }) => name));
  }

  /**
   * Resolves when the stub stands (or its letter is safe and the turn is slow). The same key makes the same stub. Where
   * `_create` is refused there is no stub, and the refusal is thrown.
   */
  async create(request: CreateRequest, idempotencyKey?: string): Promise<{ stubref: string; stubpostuuid: string }> {
    const problem = this.templates.creationProblem(request.template);
    if (problem) throw new StubwireError(problem.code, problem.message);
    const { attachments = [] } = request;
    await this.requireFiles(attachments);
    const nowMs = await this.redis.orAway(this.clock.nowMs());
    const stubref = idempotencyKey ? await this.keyedStubref(nowMs, idempotencyKey) : newStubref(nowMs);
    const letter: StubLetter = {
      type: 'create',
      template: request.template,
      subject: request.subject ?? '',
      message: request.message ?? '',
      data: request.data ?? {},
      contact_lists: request.contact_lists ?? {},
      posted_by: request.posted_by ?? {},
      ...(attachments.length > 0 && { attachments }),
      or_nothing: true,
    };
    const id = idempotencyKey ?? randomUUID();
    await this.redis.orAway(this.mail.tell([{ to: { kind: 'stub', id: stubref }, id, body: letter }]));
    const stubpostuuid = stubpostIdOf(stubref, id);
    const post = await this.awaitPost(stubpostuuid, STORE_WAIT_MS);
    if (post?.refused) throw refusal(post.refused);
    return { stubref, stubpostuuid };
  }

  /** Resolves when the run is safe. It is checked against the stub as it is now, and again when its turn comes. */
  async run(
    stubref: string,
    action: string,
    request: RunRequest,
    idempotencyKey?: string,
  ): Promise<{ stubpostuuid: string }> {
    const id = idempotencyKey ?? randomUUID();
    const stubpostuuid = stubpostIdOf(stubref, id);
    // A repeat whose first went through is not held against the state that it led to.
    if (idempotencyKey && (await this.redis.orAway(this.store.post(stubpostuuid)))) return { stubpostuuid };
    const { letter } = await this.asked(stubref, action, request);
    await this.redis.orAway(this.mail.tell([{ to: { kind: 'stub', id: stubref }, id, body: letter }]));
    return { stubpostuuid };
  }

  /** The letter that a request becomes, and the stub as it is now. Throws what can be refused at once. */
  async asked(stubref: string, action: string, request: RunRequest) {
    const stub = await this.require(stubref);
    this.requireRunnable(stub, action);
    const { attachments = [] } = request;
    await this.requireFiles(attachments);
    const letter: StubLetter & { readonly type: 'run' } = {
      type: 'run',
      action,
      message: request.message ?? '',
      data: request.data ?? {},
      ...(attachments.length > 0 && { attachments }),
      posted_by: request.posted_by ?? {},
    };
    return { stub, letter };
  }

  /** The stubpost once it is committed, or undefined after `waitMs`. */
  async awaitPost(stubpostuuid: string, waitMs: number): Promise<PostView | undefined> {
    const until = performance.now() + waitMs;
    for (let pauseMs = 4; ; pauseMs = Math.min(2 * pauseMs, 100)) {
      const leftMs = until - performance.now();
      const post = await this.redis.orAway(this.store.post(stubpostuuid), Math.max(leftMs, STORE_WAIT_MS));
      if (post || leftMs <= 0) return post;
      await new Promise((resolve) => setTimeout(resolve, Math.min(pauseMs, leftMs)));
    }
  }

  /** What can run on the stub now, with what a form needs. Conditions are judged when it runs. */
  async actions(stubref: string): Promise<ActionsView> {
    const stub = await this.require(stubref);
    const template = this.templates.get(stub.template);
    const problem = stateProblem(stub, template);
    const state_problem = problem && { state_problem: problem };
    if (!template) return { items: [], ...state_problem };
    const atMs = await this.redis.orAway(this.clock.nowMs());
    const roots = {
      stub,
      program: stub.program,
      template: { name: template.name, data: template.data },
      org: this.org,
    };
    const fill = (written: Json): Json => this.substitution.fill(written, roots, { atMs });
    const listed = template.states.get(stub.state)?.actions ?? [];
    const base = BASE_ACTIONS.filter((name) => name !== '_create' && !runProblem(stub, template, name));
    const names = new Set([...listed, ...base]);
    return { items: [...names].map((name) => actionView(actionOf(template, name), fill)), ...state_problem };
  }

  /** The stub as the API shows it. */
  view(stub: Stub): StubView {
    const problem = stateProblem(stub, this.templates.get(stub.template));
    return problem ? { ...stub, state_problem: problem } : stub;
  }

  /** The same key names the same stub, also where the repeat comes after midnight. */
  private async keyedStubref(nowMs: number, key: string): Promise<string> {
    const yesterday = derivedStubref(nowMs - 86_400_000, key);
    return (await this.redis.orAway(this.store.exists(yesterday))) ? yesterday : derivedStubref(nowMs, key);
  }

  private async require(stubref: string): Promise<Stub> {
    const stub = await this.redis.orAway(this.store.get(stubref));
    if (stub) return stub;
    const { items } = await this.redis.orAway(this.store.list({}, undefined, NEAREST_OF));
    const hint = didYouMean(
      stubref,
      items.map((known) => known.stubref),
    );
    throw new StubwireError('stub_unknown', `There is no stub "${stubref}".${hint} GET /api/stubs lists them.`);
  }

  private async requireFiles(fileuuids: readonly string[]): Promise<void> {
    const found = await this.redis.orAway(Promise.all(fileuuids.map((id) => this.files.get(id))));
    const missing = found.indexOf(undefined);
    if (missing < 0) return;
    throw new StubwireError(
      'file_unknown',
      `attachments.${missing} names a file that does not exist. POST /api/files makes files and answers with their fileuuids.`,
    );
  }

  private requireRunnable(stub: Stub, action: string): void {
    const template = this.templates.get(stub.template);
    if (!template)
      throw new StubwireError(
        'template_unknown',
        `The stub ${stub.stubref} uses the template "${stub.template}", which is not loaded. Put its file back.`,
      );
    if (action === '_create')
      throw new StubwireError(
        'action_not_in_state',
        'The action "_create" has run already: it is what made this stub.',
      );
    const problem = this.everywhere.has(action) ? undefined : runProblem(stub, template, action);
    if (problem) throw new StubwireError(problem.code as ErrorCode, problem.message);
  }
}

/** A run that was refused when its turn came, as if it had been refused at once. */
export function refusal({ code, message, details }: NonNullable<Stubpost['refused']>, about?: unknown): StubwireError {
  const known: ErrorCode = Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : 'internal';
  return new StubwireError(known, message, { details: details ?? about });
}

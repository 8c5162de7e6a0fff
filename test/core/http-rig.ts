import { join } from 'node:path';
import { Container } from 'inversify';
import { pino } from 'pino';
import { ActorMail } from '../../core/actor/actor-mail.js';
import { ActorRuntime } from '../../core/actor/actor-runtime.js';
import { ActorStore } from '../../core/actor/actor-store.js';
import { DeadLetters } from '../../core/actor/dead-letters.js';
import { KindQueues } from '../../core/actor/kind-queues.js';
import { RedisClock } from '../../core/actor/redis-clock.js';
import { Sweeper } from '../../core/actor/sweeper.js';
import { UnattendedMail } from '../../core/actor/unattended-mail.js';
import { ActorKind } from '../../core/contract/actor-kind.js';
import { Clock } from '../../core/contract/clock.js';
import { HttpRoutes } from '../../core/contract/http-routes.js';
import { Org } from '../../core/contract/org.js';
import type { StubTemplate, TemplateAction } from '../../core/contract/stub-template.js';
import { TaskType } from '../../core/contract/task-type.js';
import { WebhookSource } from '../../core/contract/webhook-source.js';
import { DryRuns } from '../../core/dry-run/dry-runs.js';
import { EditorSchemas } from '../../core/editor/editor-schemas.js';
import { FileConfig } from '../../core/file/file-config.js';
import { FileStore } from '../../core/file/file-store.js';
import { DecisionMemory } from '../../core/heimdall/decision-memory.js';
import { EventAnswers } from '../../core/heimdall/event-answers.js';
import { EventBus } from '../../core/heimdall/event-bus.js';
import { EventClock } from '../../core/heimdall/event-clock.js';
import { EventStream } from '../../core/heimdall/event-stream.js';
import { HeimdallActor } from '../../core/heimdall/heimdall-actor.js';
import { RegistrationDesk } from '../../core/heimdall/registration-desk.js';
import { Registrations } from '../../core/heimdall/registrations.js';
import { UnroutedInbox } from '../../core/heimdall/unrouted-inbox.js';
import { Auth } from '../../core/http/auth.js';
import { CORE_ROUTES } from '../../core/http/core-routes.js';
import { HttpConfig } from '../../core/http/http-config.js';
import { Idempotency } from '../../core/http/idempotency.js';
import { Readiness } from '../../core/http/readiness.js';
import { Refusals } from '../../core/http/refusals.js';
import { HttpServer } from '../../core/http/server.js';
import { UnhandledWebhooks } from '../../core/http/unhandled-webhooks.js';
import { Lids } from '../../core/lid/lids.js';
import { LinkKeys, LinkSecrets } from '../../core/link/link-keys.js';
import { DeliveryDeskActor } from '../../core/notification/delivery-desk-actor.js';
import { DeliveryStore } from '../../core/notification/delivery-store.js';
import { FailureCounts } from '../../core/notification/failure-counts.js';
import { LaneBacklog } from '../../core/notification/lane-backlog.js';
import { LanePauses } from '../../core/notification/lane-pauses.js';
import { SingleSend } from '../../core/notification/single-send.js';
import { SingleSendActor } from '../../core/notification/single-send-actor.js';
import { Logger } from '../../core/observability/logger.js';
import { QueuePace } from '../../core/queue/queue-pace.js';
import { Queues } from '../../core/queue/queues.js';
import { TimerQueues } from '../../core/queue/timer-queues.js';
import { TurnQueues } from '../../core/queue/turn-queues.js';
import { AppendOnlyFile } from '../../core/redis/append-only-file.js';
import { RedisConnection } from '../../core/redis/connection.js';
import { Keys } from '../../core/redis/keys.js';
import { RedisTarget } from '../../core/redis/redis-target.js';
import { ConfigFile, ConfigWatch } from '../../core/reload/config-watch.js';
import { MissingTemplates } from '../../core/reload/missing-templates.js';
import { TemplateLedger } from '../../core/reload/template-ledger.js';
import { TemplateWatch } from '../../core/reload/template-watch.js';
import { ContactBook } from '../../core/stub/contact-book.js';
import { ContactDesk } from '../../core/stub/contact-desk.js';
import { People } from '../../core/stub/people.js';
import { RunWorlds } from '../../core/stub/run-worlds.js';
import { StubActor } from '../../core/stub/stub-actor.js';
import { StubDesk } from '../../core/stub/stub-desk.js';
import { StubStore } from '../../core/stub/stub-store.js';
import { SaveData } from '../../core/stub/tasks/savedata.js';
import { ConditionRunner } from '../../core/template/conditions.js';
import { Substitution } from '../../core/template/substitution.js';
import { Templates } from '../../core/template/templates.js';
import { type PrivateRedis, privateRedis } from '../support/private-redis.js';

// biome-ignore lint/suspicious/noExplicitAny: answers are asserted, not typed
export type Answer = { readonly status: number; readonly headers: Headers; readonly body: any };

export interface RigOptions {
  readonly redis?: PrivateRedis;
  readonly http?: Partial<HttpConfig>;
  readonly sources?: readonly WebhookSource[];
  readonly kinds?: readonly ActorKind[];
  readonly routes?: readonly HttpRoutes[];
  readonly tasks?: readonly object[];
  readonly templates?: readonly StubTemplate[];
  readonly maxFileBytes?: number;
  /** Runs the turns of stubs and `kinds`. */
  readonly workers?: boolean;
}

const SERVICES = [
  RedisConnection,
  AppendOnlyFile,
  Queues,
  QueuePace,
  TurnQueues,
  TimerQueues,
  KindQueues,
  ActorMail,
  ActorStore,
  ActorRuntime,
  DeadLetters,
  Sweeper,
  UnattendedMail,
  RedisClock,
  Templates,
  TemplateLedger,
  TemplateWatch,
  MissingTemplates,
  ConfigWatch,
  ConditionRunner,
  Substitution,
  LinkKeys,
  ContactBook,
  People,
  FileStore,
  Lids,
  LanePauses,
  LaneBacklog,
  DeliveryStore,
  FailureCounts,
  SingleSend,
  RunWorlds,
  StubStore,
  StubDesk,
  StubActor,
  DryRuns,
  Registrations,
  RegistrationDesk,
  DecisionMemory,
  EventBus,
  EventAnswers,
  EventClock,
  EventStream,
  UnroutedInbox,
  UnhandledWebhooks,
  Readiness,
  Refusals,
  Auth,
  Idempotency,
  HttpServer,
] as const;

/** The HTTP side of the program on a port of its own, on the tests' Redis, without plugins. */
export class HttpRig {
  readonly container = new Container();
  readonly log: string[] = [];
  private url = '';

  constructor(private readonly options: RigOptions = {}) {
    const { redis = privateRedis, http, sources = [], kinds = [], routes = [], tasks = [], templates = [] } = options;
    const { container } = this;
    const keep = { write: (line: string) => void this.log.push(line) };
    container.bind(Logger).toConstantValue(pino({ level: 'debug' }, keep));
    container.bind(RedisTarget).toConstantValue(new RedisTarget(redis.options, redis.newPrefix()));
    container.bind(Keys).toConstantValue(new Keys(container.get(RedisTarget).keyPrefix));
    const dir = join(redis.dir, `files-${container.get(RedisTarget).keyPrefix}`);
    container.bind(TaskType).to(SaveData);
    container.bind(EditorSchemas).toSelf();
    container.bind(FileConfig).toConstantValue({ dir, maxBytes: options.maxFileBytes ?? 1_000_000 });
    container.bind(Org).toConstantValue({ orguuid: 'demo', name: 'Demo', default_country: 'ZA' });
    container.bind(ConfigFile).toConstantValue({ file: 'none.yaml', version: undefined });
    container.bind(LinkSecrets).toConstantValue({ secrets: [] });
    container
      .bind(HttpConfig)
      .toConstantValue({ host: '127.0.0.1', port: 0, tokens: [], max_connections: 1_000, ...http });
    for (const service of SERVICES) container.bind<object>(service).toSelf().inSingletonScope();
    container.bind(Clock).toService(RedisClock);
    container.bind(ActorKind).toService(StubActor);
    container.bind(ActorKind).to(ContactDesk).inSingletonScope();
    container.bind(ActorKind).to(HeimdallActor).inSingletonScope();
    container.bind(ActorKind).to(SingleSendActor).inSingletonScope();
    container.bind(ActorKind).to(DeliveryDeskActor).inSingletonScope();
    for (const kind of kinds) container.bind(ActorKind).toConstantValue(kind);
    for (const task of tasks) container.bind<object>(TaskType).toConstantValue(task);
    for (const source of sources) container.bind(WebhookSource).toConstantValue(source);
    for (const group of CORE_ROUTES) container.bind(HttpRoutes).to(group).inSingletonScope();
    for (const group of routes) container.bind(HttpRoutes).toConstantValue(group);
    container.get(KindQueues).learn(container.getAll(ActorKind));
    container.get(Templates).replace(new Map(templates.map((template) => [template.name, template])));
  }

  async start(): Promise<this> {
    await this.container.get(LinkKeys).load();
    this.url = (await this.container.get(HttpServer).start()).url;
    if (this.options.workers) await this.container.get(ActorRuntime).start();
    this.container.get(Readiness).ready();
    return this;
  }

  async stop(): Promise<void> {
    await this.container.get(HttpServer).stop();
    if (this.options.workers) await this.container.get(ActorRuntime).stop();
    await this.container.get(ConditionRunner).stop();
    await this.container.get(Queues).close();
    await this.container.get(RedisConnection).close();
  }

  /** Where it listens, without a slash at the end. */
  get address(): string {
    return this.url;
  }

  /** Sends a request; an object is sent as JSON, a form or anything else as it is. */
  async ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const isJson = typeof body === 'object' && body !== null && !Buffer.isBuffer(body) && !(body instanceof FormData);
    const answer = await fetch(`${this.url}${path}`, {
      method,
      redirect: 'manual',
      headers: { ...(isJson && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: isJson ? JSON.stringify(body) : (body as string) }),
    });
    const text = await answer.text();
    const isJsonAnswer = answer.headers.get('content-type')?.includes('json') && text !== '';
    return { status: answer.status, headers: answer.headers, body: isJsonAnswer ? JSON.parse(text) : text };
  }

  /** A stream of server-sent events; `read` gives the next `count` of them. */
  async watch(path: string, headers: Record<string, string> = {}) {
    const end = new AbortController();
    const answer = await fetch(`${this.url}${path}`, { headers, signal: end.signal });
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const read = async (count: number): Promise<{ id?: string; event: string; data: { [key: string]: unknown } }[]> => {
      const events = () =>
        text
          .split('\n\n')
          .slice(0, -1)
          .filter((block) => !block.startsWith(':'));
      while (events().length < count) {
        const { value, done } = await reader.read();
        if (done) break;
        text += value;
      }
      return events().map((block) => {
        const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2)));
        return { ...fields, data: JSON.parse(fields.data) };
      });
    };
    return { status: answer.status, read, end: () => end.abort() };
  }
}

const action = (name: string, to?: string): TemplateAction => ({
  name,
  description: `does ${name}`,
  conditions: [],
  fields: [],
  tasks: [],
  notifications: [],
  metrics: [],
  toState: to === undefined ? [] : [{ key: 'to', state: to, conditions: [], isDefault: true }],
});

/** API tokens of two roles, and the header that sends one. */
export const TOKENS = [
  { name: 'watcher', token: 'token-of-a-viewer', role: 'viewer' },
  { name: 'desk', token: 'token-of-an-operator', role: 'operator' },
] as const;
export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** A template with two states: `open` allows note and close, `done` nothing. */
export const CASE_TEMPLATE: StubTemplate = {
  name: 'case',
  file: 'case.yaml',
  initialState: 'open',
  data: {},
  states: new Map([
    ['open', { name: 'open', actions: ['note', 'close'], isDone: false }],
    ['done', { name: 'done', actions: [], isDone: true }],
  ]),
  actions: new Map([
    ['note', action('note')],
    ['close', action('close', 'done')],
  ]),
  registrations: [],
};

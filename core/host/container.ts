import { join } from 'node:path';
import { Container } from 'inversify';
import { ActorMail } from '../actor/actor-mail.js';
import { ActorRuntime } from '../actor/actor-runtime.js';
import { ActorStore } from '../actor/actor-store.js';
import { DeadLetters } from '../actor/dead-letters.js';
import { KindQueues } from '../actor/kind-queues.js';
import { RedisClock } from '../actor/redis-clock.js';
import { SeenMarks } from '../actor/seen-marks.js';
import { Sweeper } from '../actor/sweeper.js';
import { UnattendedMail } from '../actor/unattended-mail.js';
import { Apicall } from '../apicall/apicall.js';
import { ApicallConfig } from '../apicall/apicall-config.js';
import { CallJournal } from '../apicall/call-journal.js';
import { HttpCaller } from '../apicall/http-caller.js';
import { ApicallHostRefused, ApicallSecretRefused } from '../check/rules/apicall-refused.js';
import { StrandedStubs } from '../check/stranded-stubs.js';
import { TEMPLATE_RULES } from '../check/template-rules.js';
import type { HostConfig } from '../config/host-config.js';
import { ActorKind } from '../contract/actor-kind.js';
import { Channel } from '../contract/channel.js';
import { Clock } from '../contract/clock.js';
import { HttpRoutes } from '../contract/http-routes.js';
import { Org } from '../contract/org.js';
import { PluginFolder } from '../contract/plugin-folder.js';
import { Service } from '../contract/service.js';
import { SubstitutionHelper } from '../contract/substitution-helper.js';
import { TaskType } from '../contract/task-type.js';
import { TemplateCheck } from '../contract/template-check.js';
import { DryRuns } from '../dry-run/dry-runs.js';
import { EditorSchemas } from '../editor/editor-schemas.js';
import { FileConfig } from '../file/file-config.js';
import { FileStore } from '../file/file-store.js';
import { FileSweep } from '../file/file-sweep.js';
import { ClockStart } from '../heimdall/clock-start.js';
import { DecisionMemory } from '../heimdall/decision-memory.js';
import { EventAnswers } from '../heimdall/event-answers.js';
import { EventBus } from '../heimdall/event-bus.js';
import { EventClock } from '../heimdall/event-clock.js';
import { EventStream } from '../heimdall/event-stream.js';
import { HeimdallActor } from '../heimdall/heimdall-actor.js';
import { RegistrationDesk } from '../heimdall/registration-desk.js';
import { Registrations } from '../heimdall/registrations.js';
import { UnroutedInbox } from '../heimdall/unrouted-inbox.js';
import { Auth } from '../http/auth.js';
import { CORE_ROUTES } from '../http/core-routes.js';
import { HostAddress } from '../http/host-address.js';
import { HttpConfig } from '../http/http-config.js';
import { Idempotency } from '../http/idempotency.js';
import { Readiness } from '../http/readiness.js';
import { Refusals } from '../http/refusals.js';
import { HttpServer } from '../http/server.js';
import { UnhandledWebhooks } from '../http/unhandled-webhooks.js';
import { Lids } from '../lid/lids.js';
import { LinkKeys, LinkSecrets } from '../link/link-keys.js';
import { Links } from '../link/links.js';
import { DeliveryDeskActor } from '../notification/delivery-desk-actor.js';
import { DeliveryStore } from '../notification/delivery-store.js';
import { FailureCounts } from '../notification/failure-counts.js';
import { LaneBacklog } from '../notification/lane-backlog.js';
import { LaneDiagnosis } from '../notification/lane-diagnosis.js';
import { LaneKeeper } from '../notification/lane-keeper.js';
import { LanePauses } from '../notification/lane-pauses.js';
import { SendLaneActor } from '../notification/send-lane-actor.js';
import { SingleSend } from '../notification/single-send.js';
import { SingleSendActor } from '../notification/single-send-actor.js';
import { Logger } from '../observability/logger.js';
import { QueuePace } from '../queue/queue-pace.js';
import { Queues } from '../queue/queues.js';
import { TimerQueues } from '../queue/timer-queues.js';
import { TurnQueues } from '../queue/turn-queues.js';
import { WorkUnderWay } from '../queue/work-under-way.js';
import { AppendOnlyFile } from '../redis/append-only-file.js';
import { RedisConnection } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';
import { RedisTarget } from '../redis/redis-target.js';
import { ConfigFile, ConfigWatch } from '../reload/config-watch.js';
import { MissingTemplates } from '../reload/missing-templates.js';
import { TemplateLedger } from '../reload/template-ledger.js';
import { TemplateWatch } from '../reload/template-watch.js';
import { ContactBook } from '../stub/contact-book.js';
import { ContactDesk } from '../stub/contact-desk.js';
import { LoopLimits } from '../stub/loop-guard.js';
import { People } from '../stub/people.js';
import { PeopleKeeper } from '../stub/people-keeper.js';
import { RunWorlds } from '../stub/run-worlds.js';
import { StubActor } from '../stub/stub-actor.js';
import { StubDesk } from '../stub/stub-desk.js';
import { StubStore } from '../stub/stub-store.js';
import { AddContactpoint } from '../stub/tasks/add-contactpoint.js';
import { AttachFile } from '../stub/tasks/attach-file.js';
import { CreateLid } from '../stub/tasks/create-lid.js';
import { CreateStub } from '../stub/tasks/create-stub.js';
import { HeimdallEmit } from '../stub/tasks/heimdall-emit.js';
import { HeimdallRegister } from '../stub/tasks/heimdall-register.js';
import { HeimdallUnregister } from '../stub/tasks/heimdall-unregister.js';
import { SaveData } from '../stub/tasks/savedata.js';
import { SendAction } from '../stub/tasks/sendaction.js';
import { SetList } from '../stub/tasks/set-list.js';
import { SetTimer } from '../stub/tasks/set-timer.js';
import { ConditionRunner } from '../template/conditions.js';
import { CORE_HELPERS } from '../template/helpers/core-helpers.js';
import { Substitution } from '../template/substitution.js';
import { Templates } from '../template/templates.js';
import type { Origins } from './origins.js';

/** What is known before anything is made. */
export interface HostValues {
  readonly config: HostConfig;
  readonly log: Logger;
  readonly target: RedisTarget;
  /** Instead of calls over HTTP: the answers of stories. */
  readonly caller?: HttpCaller;
}

/** Every binding of core. One instance of each; nothing is made, and nothing connects, before it is used. */
export function createContainer({ config, log, target, caller }: HostValues, origins: Origins): Container {
  const container = new Container({ defaultScope: 'Singleton' });
  const bind = origins.noting({ name: 'core' }, container.bind.bind(container));

  // what it runs with
  bind(Logger).toConstantValue(log);
  bind(Org).toConstantValue(config.org);
  bind(PluginFolder).toConstantValue(join(config.files.dir, 'plugins'));
  bind(RedisTarget).toConstantValue(target);
  bind(Keys).toConstantValue(new Keys(target.keyPrefix));
  bind(RedisConnection).toSelf();
  bind(AppendOnlyFile).toSelf();

  // actors
  bind(Queues).toSelf();
  bind(QueuePace).toSelf();
  bind(TurnQueues).toSelf();
  bind(TimerQueues).toSelf();
  bind(WorkUnderWay).toSelf();
  bind(RedisClock).toSelf();
  bind(Clock).toService(RedisClock);
  bind(KindQueues).toSelf();
  bind(ActorMail).toSelf();
  bind(SeenMarks).toSelf();
  bind(ActorStore).toSelf();
  bind(DeadLetters).toSelf();
  bind(Sweeper).toSelf();
  bind(UnattendedMail).toSelf();
  bind(ActorRuntime).toSelf();

  // files, LIDs
  bind(FileConfig).toConstantValue({ dir: config.files.dir, maxBytes: Math.floor(config.files.max_mb * 1024 * 1024) });
  bind(FileStore).toSelf();
  bind(Service).to(FileSweep);
  bind(Lids).toSelf();

  // stubs
  bind(Templates).toSelf();
  bind(TemplateLedger).toSelf();
  bind(MissingTemplates).toSelf();
  bind(TemplateWatch).toSelf();
  bind(Service).toService(TemplateWatch);
  bind(ConfigFile).toConstantValue({ file: config.file, version: config.version });
  bind(ConfigWatch).toSelf();
  bind(Service).toService(ConfigWatch);
  bind(EditorSchemas).toSelf();
  bind(ConditionRunner).toSelf();
  bind(Substitution).toSelf();
  for (const helper of CORE_HELPERS) bind(SubstitutionHelper).to(helper);
  for (const rule of TEMPLATE_RULES) bind(TemplateCheck).toConstantValue(rule);
  bind(TemplateCheck).to(StrandedStubs);
  bind(ContactBook).toSelf();
  bind(People).toSelf();
  bind(ActorKind).to(ContactDesk);
  bind(Service).to(PeopleKeeper);
  bind(StubStore).toSelf();
  bind(StubDesk).toSelf();
  const { actions_per_minute: actionsPerMinute, hops, actions_per_chain: actionsPerChain } = config.stubs.loop_guard;
  bind(LoopLimits).toConstantValue({ actionsPerMinute, hops, actionsPerChain });
  bind(RunWorlds).toSelf();
  bind(StubActor).toSelf();
  bind(ActorKind).toService(StubActor);
  bind(DryRuns).toSelf();
  bind(TaskType).to(SaveData);
  bind(TaskType).to(SendAction);
  bind(TaskType).to(CreateStub);
  bind(TaskType).to(SetList);
  bind(TaskType).to(AddContactpoint);
  bind(TaskType).to(AttachFile);
  bind(TaskType).to(CreateLid);
  bind(TaskType).to(SetTimer);
  bind(TaskType).to(HeimdallEmit);
  bind(TaskType).to(HeimdallRegister);
  bind(TaskType).to(HeimdallUnregister);

  // calls to other systems
  bind(ApicallConfig).toConstantValue(config.apicall);
  if (caller) bind(HttpCaller).toConstantValue(caller);
  else bind(HttpCaller).toSelf();
  bind(CallJournal).toSelf();
  bind(Apicall).toSelf();
  bind(TaskType).toService(Apicall);
  bind(Service).toService(Apicall);
  for (const rule of [ApicallHostRefused, ApicallSecretRefused]) bind(TemplateCheck).to(rule);

  // deliveries
  bind(LanePauses).toSelf();
  bind(LaneBacklog).toSelf();
  bind(DeliveryStore).toSelf();
  bind(FailureCounts).toSelf();
  bind(LaneDiagnosis).toSelf();
  bind(ActorKind).to(DeliveryDeskActor);
  bind(Service).to(LaneKeeper);

  // single sends
  bind(SingleSend).toSelf();
  bind(ActorKind).to(SingleSendActor);

  // events
  bind(Registrations).toSelf();
  bind(DecisionMemory).toSelf();
  bind(EventBus).toSelf();
  bind(EventStream).toSelf();
  bind(UnroutedInbox).toSelf();
  bind(RegistrationDesk).toSelf();
  bind(EventAnswers).toSelf();
  bind(EventClock).toSelf();
  bind(ActorKind).to(HeimdallActor);
  bind(Service).to(ClockStart);

  // HTTP
  const { link_secrets: secrets, ...http } = config.http;
  bind(HttpConfig).toConstantValue({ ...http, tokens: config.auth.tokens });
  bind(LinkSecrets).toConstantValue({ secrets });
  bind(LinkKeys).toSelf();
  bind(Links).toSelf();
  bind(HostAddress).toConstantValue(new HostAddress(config.http.public_url));
  bind(Readiness).toSelf();
  bind(Refusals).toSelf();
  bind(Auth).toSelf();
  bind(Idempotency).toSelf();
  bind(UnhandledWebhooks).toSelf();
  for (const routes of CORE_ROUTES) bind(HttpRoutes).to(routes);
  bind(HttpServer).toSelf();

  return container;
}

/** The send lanes that channels ask for become actors. Channels are made here; they send nothing yet. */
export function bindLanes(container: Container, origins: Origins): void {
  const channels = container.isBound(Channel) ? container.getAll(Channel) : [];
  for (const channel of channels) {
    const bind = origins.noting({ name: `the channel "${channel.id}"` }, container.bind.bind(container));
    for (const group of channel.lanes) {
      bind(ActorKind).toConstantValue(
        new SendLaneActor(channel, group, {
          redis: container.get(RedisConnection),
          keys: container.get(Keys),
          clock: container.get(RedisClock),
          pauses: container.get(LanePauses),
          pace: container.get(QueuePace),
          log: container.get(Logger),
        }),
      );
    }
  }
}

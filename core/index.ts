/**
 * All that a plugin may import.
 *
 * Words. *Stub*: one running case, in one state of its *stub template*. *Action*: what can be run on a stub in a state.
 * *Stubpost*: the log entry of one run. *Notification*: a step of an action that reaches people. *Delivery*: one
 * notification for one recipient on one *channel*. *Profile*: a channel's sender with credentials. *Conversation*: one
 * profile and one client. *Window*: the provider's service window. *Stubsession*: which stub gets a client's next
 * messages. *Stash*: messages that wait for consent. *Actor*: a mailbox and a state, one turn at a time. *Letter*: what
 * stands in a mailbox. *Lane*: the actor that sends to one address, in order.
 *
 * Out: action → stub turn → delivery → channel's actor → send lane → provider.
 * In:  webhook → letter → channel's actor → stub turn (feedback action) → event → registrations.
 */

export { ActorMail } from './actor/actor-mail.js';
export { Postponed } from './actor/postponed.js';
export { RedisClock } from './actor/redis-clock.js';
export { textReferences } from './check/text-references.js';
export { issueWords } from './config/issue-words.js';
export { nearest } from './config/nearest.js';
export { readValue } from './config/read-value.js';
export { schemasAt } from './config/schema-shape.js';
export { valueProblem } from './config/value-problem.js';
export * from './contract/actor-kind.js';
export * from './contract/channel.js';
export * from './contract/clock.js';
export * from './contract/diagnosis.js';
export * from './contract/emulated-account.js';
export * from './contract/feedback-action.js';
export * from './contract/http-routes.js';
export * from './contract/json.js';
export * from './contract/org.js';
export * from './contract/personal-data.js';
export * from './contract/plugin.js';
export * from './contract/plugin-folder.js';
export * from './contract/service.js';
export * from './contract/story-clients.js';
export * from './contract/stub.js';
export * from './contract/stub-template.js';
export * from './contract/substitution-helper.js';
export * from './contract/task-type.js';
export * from './contract/template-check.js';
export * from './contract/template-outline.js';
export * from './contract/webhook-source.js';
export { type ErrorCode, StubwireError } from './errors.js';
export { type AboutFile, FileStore, fileObject, type StoredFile } from './file/file-store.js';
export { type Emission, EventBus, type HeimdallEvent } from './heimdall/event-bus.js';
export { encodeSegment } from './heimdall/path-pattern.js';
export { UnroutedInbox } from './heimdall/unrouted-inbox.js';
export { HostAddress } from './http/host-address.js';
export { time } from './http/json-schema.js';
export { isLoopback } from './http/loopback.js';
export { pageOfArray, pageQuery, pageSchema } from './http/paging.js';
export { unhandledWrites } from './http/unhandled-webhooks.js';
export {
  deliveryWrites,
  failureOverWrites,
  pastFailureWrite,
  providerIdWrite,
  readDelivery,
  roundMark,
  type StoredDelivery,
  stepWrites,
} from './notification/delivery.js';
export { providerMessageWrites } from './notification/lane-attempt.js';
export { LaneBacklog } from './notification/lane-backlog.js';
export { type LaneGroupState, type LanePause, LanePauses, PAUSED_BY_HAND } from './notification/lane-pauses.js';
export type { LaneLetter, LaneReport } from './notification/lane-state.js';
export { Logger } from './observability/logger.js';
export { masked } from './observability/masked.js';
export { QueuePace, receivedWrite } from './queue/queue-pace.js';
export { RedisConnection } from './redis/connection.js';
export { expiringWrite, valueAt } from './redis/expiring-value.js';
export { Keys } from './redis/keys.js';
export { type Page, pageOf } from './redis/page.js';
export { Script } from './redis/script.js';
export { ContactBook } from './stub/contact-book.js';
export { derivedUuid, isUuid } from './stub/ids.js';
export { mobileNumber } from './stub/phone-number.js';
export type { StubLetter } from './stub/stub-letter.js';
export { StubStore } from './stub/stub-store.js';
export { Templates } from './template/templates.js';

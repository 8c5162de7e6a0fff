import { createHash } from 'node:crypto';
import { injectable } from 'inversify';

/**
 * Every key name of the product. All keys of a partition carry its hash tag, so that a script may touch any of them on
 * Redis Cluster too; BullMQ's own keys stand under the same tag (`queuePrefix`). There is one partition so far.
 */
@injectable()
export class Keys {
  /** BullMQ's `prefix`. */
  readonly queuePrefix: string;
  private readonly base: string;

  constructor(prefix: string) {
    this.queuePrefix = `{${prefix}:p0}`;
    this.base = `${this.queuePrefix}:`;
  }

  /** Never exists: a write that changes nothing tests whether Redis accepts writes. */
  probe = () => `${this.base}probe`;

  /** Hash `{url, public_url}`: how the program that was started last is reached, for `stubwire run`. */
  hostAddress = () => `${this.base}host-address`;

  // actors
  /** Hash `{version, state}`. */
  actor = (kind: string, id: string) => `${this.base}actor:${kind}:${id}`;
  /** List of letters, oldest first. */
  mailbox = (kind: string, id: string) => `${this.base}mailbox:${kind}:${id}`;
  /** List of effects that a commit promised and that are not yet carried out. */
  outbox = (kind: string, id: string) => `${this.base}outbox:${kind}:${id}`;
  /** Hash letter id → runs begun. */
  attempts = (kind: string, id: string) => `${this.base}attempts:${kind}:${id}`;
  /** String, expires: this actor has handled this letter. Both ids may contain a phone number, so the name is a hash. */
  seen = (kind: string, id: string, letter: string) => this.seenNamed(`${kind}:${id}:${letter}`);
  /** `plain`: `kind:id:letter`. */
  seenNamed = (plain: string) => `${this.base}had:${createHash('sha256').update(plain).digest('base64url')}`;
  /** Prefix of such names before they were hashes; `kind:id:letter` followed. */
  plainSeen = () => `${this.base}seen:`;
  /** String: marks under plain names have been renamed. */
  seenRenamed = () => `${this.base}had-renamed`;
  /** Sorted set `kind|id` by ms: actors with work, since when or from when. */
  mail = () => `${this.base}mail`;
  /** Hash id → dead letter, and the same ids by time of death. */
  deadLetters = () => `${this.base}dead-letters`;
  deadLetterIndex = () => `${this.base}dead-letters:index`;
  /** String: ms that the emulator moved the clock forward. */
  clockOffset = () => `${this.base}clock-offset`;

  // stubs
  post = (stubpostuuid: string) => `${this.base}post:${stubpostuuid}`;
  /** Sorted sets by creation time. */
  postsOfStub = (stubref: string) => `${this.base}posts-of:${stubref}`;
  stubs = () => `${this.base}stubs`;
  stubsOfTemplate = (template: string) => `${this.base}stubs-of-template:${template}`;
  stubsInState = (template: string, state: string) => `${this.base}stubs-in-state:${template}:${state}`;
  /** Set of the templates that stubs were ever made of. */
  templatesOfStubs = () => `${this.base}templates-of-stubs`;
  /** Set of the states that stubs of a template ever had. */
  statesOfTemplate = (template: string) => `${this.base}states-of-template:${template}`;
  /** Hash template → its final states when it was last loaded. */
  doneStates = () => `${this.base}done-states`;
  /** Hash `client`, `hops` or `chain` → runs that the loop guard stopped. */
  loopGuard = () => `${this.base}loop-guard`;
  /** Hash `sent` → actions that runs of a chain have sent. Expires. */
  chain = (chain: string) => `${this.base}chain:${chain}`;
  stubsOfContact = (contactuuid: string) => `${this.base}stubs-of-contact:${contactuuid}`;

  /** String, expires: how a call ended whose run is not committed yet. */
  calledBefore = (key: string) => `${this.base}called:${key}`;

  // contacts
  contact = (contactuuid: string) => `${this.base}contact:${contactuuid}`;
  /** String: the contact that has this address. */
  contactPoint = (type: string, address: string) => `${this.base}contact-point:${type}:${address}`;
  contacts = () => `${this.base}contacts`;
  /** Sorted set of contacts whose erasure goes on, by ms. */
  erasing = () => `${this.base}contacts:erasing`;
  /** Set of the erased person's stubposts found so far. */
  erasingPosts = (contactuuid: string) => `${this.base}erasing-posts:${contactuuid}`;
  /** As `erasing`, of contacts whose stubs are being told that they are another one now. */
  merging = () => `${this.base}contacts:merging`;
  /** Hash: one field for each stub with a letter of the erasure: `1` until that stub's log is done, then `0`. */
  erasingStubs = (contactuuid: string) => `${this.base}erasing-stubs:${contactuuid}`;
  /** Sorted set by creation time: stubs that have something by or for a contact without having it in a list. */
  stubsTouchedBy = (contactuuid: string) => `${this.base}stubs-touched-by:${contactuuid}`;

  // deliveries
  /** Hash: `doc` and one field for each status reached, written once (`HSETNX`), so a status never moves back. */
  delivery = (id: string) => `${this.base}delivery:${id}`;
  /** Sorted sets by ms: all deliveries by creation; those not yet taken by a provider nor failed; those that failed. */
  deliveries = () => `${this.base}deliveries`;
  openDeliveries = () => `${this.base}deliveries:open`;
  failedDeliveries = () => `${this.base}deliveries:failed`;
  /** Expiring value: the delivery that a provider knows by this id. */
  providerMessage = (channel: string, providerId: string) => `${this.base}provider-message:${channel}:${providerId}`;

  /** Hash `["<code>",<provider's code or null>]` → number of failed deliveries with it, and how many of them were logged. */
  failuresByCode = () => `${this.base}delivery-failures`;
  failuresLogged = () => `${this.base}delivery-failures:logged`;
  /** String, expires: a process currently logs failures. */
  failureLogTurn = () => `${this.base}delivery-failures:turn`;

  // lane groups, by queue
  /** Hash queue → why it is paused, and queue → when it last went on, ms. */
  lanePauses = () => `${this.base}lane-pauses`;
  laneResumes = () => `${this.base}lane-resumes`;
  /** Hash interval of 10 s → messages received in it by the senders of this queue. */
  receivedMessages = (queue: string) => `${this.base}received:${queue}`;
  /** Hash queue → its rate while that is lowered. */
  queuePaces = () => `${this.base}queue-paces`;
  /** Hash queue → sends whose outcome nobody knew, and those of them that nobody ever knew. */
  unknownOutcomes = () => `${this.base}unknown-outcomes`;
  unresolvedOutcomes = () => `${this.base}unknown-outcomes:unresolved`;

  // conversations
  conversations = () => `${this.base}conversations`;
  /** List of routing traces, oldest first, trimmed. */
  routingTrace = (conversation: string) => `${this.base}routing-trace:${conversation}`;
  /** Hash id → item, and the ids by time. */
  unrouted = () => `${this.base}unrouted`;
  unroutedIndex = () => `${this.base}unrouted:index`;

  // files
  file = (fileuuid: string) => `${this.base}file:${fileuuid}`;
  /** String, made once: whose the folder of contents is. */
  filesOwner = () => `${this.base}files-owner`;
  /** Hash: `blob`, the name of the content's file on disk, and one field for each file that has this content. */
  fileContent = (sha256: string) => `${this.base}file-content:${sha256}`;

  // LIDs
  /** String, expires. */
  lid = (lid: string) => `${this.base}lid:${lid}`;
  /** String, made once: what makes LIDs of this installation impossible to guess. */
  lidSecret = () => `${this.base}lid-secret`;

  // links
  /** String, made once: what links are signed with where the configuration has nothing for it. */
  linkSecret = () => `${this.base}link-secret`;

  // events and the rest
  /** Stream of emitted events, trimmed; its entry ids are the ids of the live stream. */
  events = () => `${this.base}events`;
  /** Hash uuid → registration, and the stream of the uuids that changed, trimmed. */
  registrations = () => `${this.base}registrations`;
  registrationChanges = () => `${this.base}registrations:changes`;
  /** Sorted set of registrations by the ms after which none of their events counts any more. */
  registrationExpiries = () => `${this.base}registrations:expiries`;
  /** String, expires: which stubposts answer an event. */
  eventAnswers = (event: string) => `${this.base}event-answers:${event}`;
  /** String, expires: somebody watches the events of the clock; those of its zones. */
  minutesWatched = () => `${this.base}minutes-watched`;
  zonesWatched = () => `${this.base}minutes-watched:zones`;
  idempotency = (caller: string, key: string) => `${this.base}idempotency:${caller}:${key}`;
  /** Sorted set of the names of those records by the time when Redis drops them, ms of its own clock. */
  idempotencyRecords = () => `${this.base}idempotency-records`;
  /** Hash reason → count, and a list of the newest excerpts. */
  unhandledCounts = () => `${this.base}unhandled-webhooks`;
  unhandledNewest = () => `${this.base}unhandled-webhooks:newest`;
  /** What a plugin keeps of its own. */
  plugin = (plugin: string, name: string) => `${this.base}plugin:${plugin}:${name}`;
}

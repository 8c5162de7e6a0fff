import { inject, injectable } from 'inversify';
import {
  type ActorKind,
  type Decision,
  type DeliveryStatus,
  type DeliveryStep,
  EventBus,
  encodeSegment,
  failureOverWrites,
  type JsonObject,
  Keys,
  type LaneLetter,
  LanePauses,
  type Letter,
  type Problem,
  pastFailureWrite,
  providerIdWrite,
  providerMessageWrites,
  RedisConnection,
  readDelivery,
  roundMark,
  type StoredDelivery,
  stepWrites,
  type Tell,
  type Turn,
  unhandledWrites,
  valueAt,
  type Write,
} from '../../core/index.js';
import { hidingWords } from './hidden-words.js';
import { ShownNumbers } from './identity/shown-numbers.js';
import { MEDIA_UPLOAD_CODE, MediaUploads } from './media/media-uploads.js';
import { conversationIdOf, PLUGIN, STATUS_KIND, sendQueueOf } from './profile.js';
import { concernsProfile, isOptOut, problemOfStatus, WINDOW_CLOSED_CODE } from './send-outcome.js';
import { shapeOf } from './webhook-json.js';
import type { StatusLetter } from './webhook-letters.js';

const KNOWN: readonly string[] = ['sent', 'delivered', 'read', 'played', 'failed'] satisfies DeliveryStatus[];

/** Statuses of former years. Each reason is a line of `/metrics`, so all other names share one. */
const OLD: readonly string[] = ['deleted', 'warning'];

/** A profile to pause, for what came of a message that was sent so long ago. */
interface PauseCall {
  readonly queue: string;
  readonly problem: Problem;
  readonly sentAgoMs: number;
}

interface Report {
  readonly name: DeliveryStatus;
  readonly providerId: string;
  /** Which time that the delivery set out it is about. */
  readonly round: number;
  readonly problem?: Problem;
  readonly stored: StoredDelivery;
}

/**
 * What Meta reports of our messages, on a queue of its own: a storm of statuses delays no message. Each status is put on
 * its delivery once, whatever their order; a status also settles a send whose answer was lost.
 */
@injectable()
export class StatusActor implements ActorKind<null, StatusLetter | { readonly type: 'paused' }, PauseCall> {
  readonly kind = STATUS_KIND;
  readonly queue = 'whatsapp-statuses';
  readonly stateVersion = 1;
  readonly lettersPerTurn = 20;
  private readonly shownNumbers: ShownNumbers;

  constructor(
    @inject(Keys) private readonly keys: Keys,
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(EventBus) private readonly events: EventBus,
    @inject(LanePauses) private readonly pauses: LanePauses,
    @inject(MediaUploads) private readonly uploads: MediaUploads,
  ) {
    this.shownNumbers = new ShownNumbers(keys, redis);
  }

  initial(): null {
    return null;
  }

  async decide(
    turn: Turn<null>,
    { id, atMs, body }: Letter<StatusLetter | { readonly type: 'paused' }>,
  ): Promise<Decision<null, PauseCall>> {
    if (body.type === 'paused') return { state: null };
    const { status, profile } = body;
    const name = String(status['status']) as DeliveryStatus;
    const providerId = String(status['id']);
    const [stored, shown] = await Promise.all([
      this.deliveryOf(status, providerId, turn.nowMs),
      this.shownNumbers.newsOf(profile, status, atMs),
    ]);
    if (!stored) return this.foreign(status, 'status of a message that was not sent from here', atMs);
    if (!KNOWN.includes(name))
      return this.foreign(status, OLD.includes(name) ? `status ${name}` : 'status of an unknown name', atMs);
    const round = stored.providerIds.get(providerId) ?? stored.round;
    if (stored.reports.some((report) => report.round === round && report.step.status === name)) return { state: null };
    const problem =
      name === 'failed' ? problemOfStatus(firstError(status), hidingWords(stored.delivery.message)) : undefined;
    const report: Report = { name, providerId, round, stored, ...(problem && { problem }) };

    // Of a profile that has another name by now there is neither lane nor conversation.
    const tells = stored.delivery.profile === profile ? this.tellsOf(report, id) : [];
    const call = this.pauseOf(report, id, turn.nowMs);
    if (windowProvedClosed(report) && tells.length > 0) return { state: null, tells, ...call };
    const emission = await this.emission(report, status, profile, turn, id);
    return {
      state: null,
      writes: [
        ...this.writesOf(report, new Date(atMs).toISOString(), turn.nowMs),
        ...(await this.uploadWrites(report)),
        ...emission.writes,
        ...shown,
      ],
      tells: [...tells, ...emission.tells],
      ...call,
    };
  }

  /** Pauses the profile. Repeated after a crash it does the same once more. */
  async call({ queue, problem, sentAgoMs }: PauseCall): Promise<{ readonly type: 'paused' }> {
    await this.pauses.pause(queue, { problem }, sentAgoMs);
    return { type: 'paused' };
  }

  /** Our own id comes back with each status; the provider's id finds what an older program sent without it. */
  private async deliveryOf(status: JsonObject, providerId: string, nowMs: number): Promise<StoredDelivery | undefined> {
    const own = status['biz_opaque_callback_data'];
    const found = typeof own === 'string' ? await this.read(own) : undefined;
    if (found) return found;
    const id = valueAt(await this.redis.client.get(this.keys.providerMessage(PLUGIN, providerId)), nowMs);
    return id === undefined ? undefined : this.read(id);
  }

  private async read(id: string): Promise<StoredDelivery | undefined> {
    return readDelivery(await this.redis.client.hgetall(this.keys.delivery(id)));
  }

  /** Not ours, or of a name that says nothing to us: counted by reason, and the newest kept without anybody's words. */
  private foreign(status: JsonObject, reason: string, atMs: number): Decision<null> {
    const at = new Date(atMs).toISOString();
    return { state: null, writes: unhandledWrites(this.keys, { at, reason, excerpt: shapeOf(status) }) };
  }

  private writesOf({ name, providerId, round, problem, stored }: Report, at: string, nowMs: number): Write[] {
    const { id } = stored.delivery;
    const step: DeliveryStep = { status: name, at, ...(problem && { error: problem }) };
    const known = stored.providerIds.has(providerId)
      ? []
      : [
          ...providerMessageWrites(this.keys, PLUGIN, providerId, id, nowMs),
          providerIdWrite(this.keys, id, providerId, round),
        ];
    if (name !== 'failed') {
      // It arrived after all, so nobody may be led to send it again.
      const isFound = stored.failure?.error?.code === 'unknown_outcome' && round === stored.round;
      const resolved = isFound ? failureOverWrites(this.keys, stored) : [];
      return [...resolved, ...stepWrites(this.keys, id, step, roundMark(round)), ...known];
    }
    if (round < stored.round) return [pastFailureWrite(this.keys, id, step, round), ...known];
    return [...stepWrites(this.keys, id, step), ...known];
  }

  /** A file that Meta could not use is uploaded anew with the next message that has it. */
  private async uploadWrites({ problem, stored: { delivery } }: Report): Promise<readonly Write[]> {
    if (problem?.provider_code !== MEDIA_UPLOAD_CODE) return [];
    return this.uploads.forgetting(delivery.profile!, delivery.message);
  }

  private tellsOf(report: Report, letterId: string): Tell[] {
    const { stored, problem } = report;
    const { id: delivery, options } = stored.delivery;
    const tells = this.settling(report);
    const tellConversation = (what: string, body: JsonObject) =>
      tells.push({ to: conversationOf(stored), id: `${letterId}:${what}`, body: { ...body, delivery } });
    if (!problem) return tells;
    const { message, provider_code: code } = problem;
    if (windowProvedClosed(report)) {
      const ticket = { ...(stored.ticket ?? stubrefOf(stored)), round: report.round };
      tellConversation('window-closed', { type: 'window_closed', ticket, problem: { ...problem } });
    }
    if (isOptOut(problem)) tellConversation('opted-out', { type: 'opted_out', by: 'meta' });
    if (options['interaction_request'])
      tellConversation('request-failed', { type: 'request_failed', message, ...(code !== undefined && { code }) });
    return tells;
  }

  /** The lane may wait for just this: it was never told that the message was taken. */
  private settling({ stored, providerId, round }: Report): Tell[] {
    const { delivery, reports, lane } = stored;
    const isKnown = reports.some((report) => report.round === round && report.step.status === 'accepted');
    if (isKnown || round < stored.round) return [];
    const body: LaneLetter = { type: 'settled', delivery: delivery.id, providerId, round };
    const to = { kind: sendQueueOf(delivery.profile!), id: lane ?? delivery.to };
    return [{ to, id: `settled:${providerId}`, body, urgent: true }];
  }

  private pauseOf({ problem, stored, round }: Report, letterId: string, nowMs: number) {
    if (!concernsProfile(problem?.provider_code)) return {};
    const sent = stored.reports.findLast((report) => report.round === round && report.step.status === 'sending');
    const sentAgoMs = sent ? nowMs - Date.parse(sent.step.at) : 0;
    const task: PauseCall = { queue: sendQueueOf(stored.delivery.profile!), problem: problem!, sentAgoMs };
    return { call: { id: `${letterId}:pause`, task } };
  }

  private emission(
    { stored, name }: Report,
    status: JsonObject,
    profile: string,
    turn: Turn<null>,
    letterId: string,
  ): ReturnType<EventBus['emission']> {
    const { id: delivery, to, origin } = stored.delivery;
    const root = 'stubber.systems.notifications.whatsapp.status';
    const path = [root, encodeSegment(profile), name, origin?.stubref ?? ''].join('.');
    const category = (status['pricing'] as JsonObject | undefined)?.['category'];
    const data: JsonObject = {
      status: name,
      delivery,
      profile,
      to,
      ...(origin as JsonObject | undefined),
      ...(typeof category === 'string' && { pricing_category: category }),
      whatsapp_body: status,
    };
    const emitted = { id: `${turn.id}:${letterId}`, paths: [path], mechanism: 'evt', data } as const;
    return this.events.emission(emitted, turn);
  }
}

/** Free text that came too late after all: the conversation takes it back into the stash. */
const windowProvedClosed = ({ problem, stored, round }: Report): boolean =>
  problem?.provider_code === WINDOW_CLOSED_CODE &&
  round === stored.round &&
  !stored.delivery.options['needs_no_window'] &&
  !stored.delivery.options['interaction_request'];

const conversationOf = ({ delivery }: StoredDelivery) => ({
  kind: 'conversation',
  id: conversationIdOf(delivery.profile!, delivery.to),
});

const stubrefOf = ({ delivery }: StoredDelivery): JsonObject =>
  delivery.origin ? { stubref: delivery.origin.stubref } : {};

const firstError = (status: JsonObject): JsonObject | undefined =>
  Array.isArray(status['errors']) ? (status['errors'] as JsonObject[])[0] : undefined;

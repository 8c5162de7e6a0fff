import { inject, injectable } from 'inversify';
import {
  type ActorKind,
  type Decision,
  type DeliveryStatus,
  EventBus,
  encodeSegment,
  type JsonObject,
  Keys,
  type LaneLetter,
  type Letter,
  type Problem,
  providerMessageWrites,
  RedisConnection,
  readDelivery,
  type StoredDelivery,
  stepWrite,
  type Tell,
  type Turn,
  type Write,
} from '../../core/index.js';
import { PLUGIN, STATUS_KIND, sendQueueOf } from './profile.js';
import { WINDOW_CLOSED_CODE } from './send-outcome.js';
import type { StatusLetter } from './webhook-letters.js';

const KNOWN: readonly string[] = ['sent', 'delivered', 'read', 'played', 'failed'] satisfies DeliveryStatus[];

/**
 * What Meta reports of our messages, on a queue of its own: a storm of statuses delays no message. Each status is put on
 * its delivery once, whatever their order; a status also settles a send whose answer was lost.
 */
@injectable()
export class StatusActor implements ActorKind<null, StatusLetter> {
  readonly kind = STATUS_KIND;
  readonly queue = 'whatsapp-statuses';
  readonly stateVersion = 1;
  readonly lettersPerTurn = 20;

  constructor(
    @inject(Keys) private readonly keys: Keys,
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(EventBus) private readonly events: EventBus,
  ) {}

  initial(): null {
    return null;
  }

  async decide(turn: Turn<null>, letter: Letter<StatusLetter>): Promise<Decision<null>> {
    const { status, profile } = letter.body;
    const name = String(status['status']) as DeliveryStatus;
    const providerId = String(status['id']);
    const id = await this.deliveryIdOf(status, providerId);
    const stored = id === undefined ? undefined : readDelivery(await this.redis.client.hgetall(this.keys.delivery(id)));
    if (!stored || !KNOWN.includes(name)) {
      const reason = stored ? `status ${name.slice(0, 40)}` : 'status of a message that was not sent from here';
      return {
        state: null,
        writes: [['XADD', this.keys.plugin(PLUGIN, 'foreign-statuses'), 'MAXLEN', '~', 1_000, '*', 'reason', reason]],
      };
    }
    if (stored.history.some((step) => step.status === name)) return { state: null };
    const problem = name === 'failed' ? problemOf(status) : undefined;
    const tells = this.settling(stored, providerId);
    if (
      problem?.provider_code === WINDOW_CLOSED_CODE &&
      !stored.delivery.options['needs_no_window'] &&
      stored.delivery.origin
    ) {
      const body = { type: 'window_closed', delivery: stored.delivery.id, ticket: ticketOf(stored), problem };
      return { state: null, tells: [...tells, { to: conversationOf(stored), id: `${letter.id}:window-closed`, body }] };
    }
    if (problem && stored.delivery.options['interaction_request']) {
      const body = {
        type: 'request_failed',
        delivery: stored.delivery.id,
        message: problem.message,
        ...(problem.provider_code !== undefined && { code: problem.provider_code }),
      };
      tells.push({ to: conversationOf(stored), id: `${letter.id}:request-failed`, body });
    }
    const step = { status: name, at: new Date(letter.atMs).toISOString(), ...(problem && { error: problem }) };
    const emission = this.emission(stored, name, status, profile, turn, letter);
    const writes: Write[] = [
      stepWrite(this.keys, stored.delivery.id, step),
      ...providerMessageWrites(this.keys, PLUGIN, providerId, stored.delivery.id),
      ...emission.writes,
    ];
    return { state: null, writes, tells: [...tells, ...emission.tells] };
  }

  /** Our own id comes back with each status; the provider's id finds what an older program sent without it. */
  private async deliveryIdOf(status: JsonObject, providerId: string): Promise<string | undefined> {
    const own = status['biz_opaque_callback_data'];
    if (typeof own === 'string' && (await this.redis.client.exists(this.keys.delivery(own)))) return own;
    return (await this.redis.client.get(this.keys.providerMessage(PLUGIN, providerId))) ?? undefined;
  }

  /** The lane may wait for just this: it was never told that the message was taken. */
  private settling({ delivery, history }: StoredDelivery, providerId: string): Tell[] {
    if (history.some(({ status }) => status === 'accepted')) return [];
    const body: LaneLetter = { type: 'settled', delivery: delivery.id, providerId };
    return [
      {
        to: { kind: sendQueueOf(delivery.profile!), id: delivery.to },
        id: `settled:${providerId}`,
        body,
        urgent: true,
      },
    ];
  }

  private emission(
    { delivery }: StoredDelivery,
    name: DeliveryStatus,
    status: JsonObject,
    profile: string,
    turn: Turn<null>,
    letter: Letter<StatusLetter>,
  ) {
    const stubref = delivery.origin?.stubref ?? '';
    const path = [
      'stubber',
      'systems',
      'notifications',
      'whatsapp',
      'status',
      encodeSegment(profile),
      name,
      stubref,
    ].join('.');
    const data: JsonObject = {
      status: name,
      delivery: delivery.id,
      profile,
      to: delivery.to,
      ...(delivery.origin as JsonObject | undefined),
      whatsapp_body: status,
    };
    return this.events.emission(
      { id: `${turn.id}:${letter.id}`, paths: [path], mechanism: 'evt', data },
      turn.id,
      turn.nowMs,
    );
  }
}

const conversationOf = ({ delivery }: StoredDelivery) => ({
  kind: 'conversation',
  id: `${delivery.profile}:${delivery.to}`,
});

const ticketOf = ({ delivery, history }: StoredDelivery): JsonObject => ({
  round: history.filter(({ status }) => status === 'sending').length,
  ...(delivery.origin && { stubref: delivery.origin.stubref }),
});

function problemOf(status: JsonObject): Problem {
  const [error] = Array.isArray(status['errors']) ? (status['errors'] as JsonObject[]) : [];
  const code = Number(error?.['code']);
  const details =
    (error?.['error_data'] as JsonObject | undefined)?.['details'] ?? error?.['title'] ?? 'no reason given';
  const known = Number.isInteger(code);
  return {
    code: 'provider_failed',
    message: `Meta reports a failure${known ? ` with ${code}` : ''}: ${String(details).slice(0, 500)}`,
    ...(known && { provider_code: code }),
  };
}

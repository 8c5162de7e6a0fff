import { inject, injectable } from 'inversify';
import type { ActorKind, Decision, Letter, Turn } from '../contract/actor-kind.js';
import { StubwireError } from '../errors.js';
import { Keys } from '../redis/keys.js';
import { newRoundWrites, type StoredDelivery } from './delivery.js';
import { DeliveryStore } from './delivery-store.js';

export type DeskLetter = { readonly type: 'retry' | 'cancel' };

export const DELIVERY_DESK = 'delivery-desk';

/**
 * What a person does to one delivery, one thing at a time. It decides by the delivery as it is now and passes on to the
 * actor that took it from the plan. A retry opens a new round and sends the delivery on in the same commit; who asks
 * twice finds it no longer failed.
 */
@injectable()
export class DeliveryDeskActor implements ActorKind<null, DeskLetter> {
  readonly kind = DELIVERY_DESK;
  readonly queue = 'delivery-desk';
  readonly stateVersion = 1;

  constructor(
    @inject(DeliveryStore) private readonly store: DeliveryStore,
    @inject(Keys) private readonly keys: Keys,
  ) {}

  initial(): null {
    return null;
  }

  async decide({ id, nowMs }: Turn<null>, letter: Letter<DeskLetter>): Promise<Decision<null>> {
    const stored = await this.store.get(id);
    if (!stored || refusalOf(stored, letter.body.type)) return { state: null }; // it moved on since it was asked for
    const { via: to, options, origin } = stored.delivery;
    if (letter.body.type === 'cancel') {
      const tell = { to: to!, id: `${id}:cancel:${letter.id}`, body: { type: 'cancel', delivery: id }, urgent: true };
      return { state: null, tells: [tell] };
    }
    const round = stored.round + 1;
    const body = { type: 'deliver', delivery: id, ...options, origin, round };
    return {
      state: null,
      writes: newRoundWrites(this.keys, stored, new Date(nowMs).toISOString()),
      tells: [{ to: to!, id: `${id}:${round}`, body }],
    };
  }
}

/** Why it cannot be done to this delivery as it is. */
export function refusalOf(
  { delivery, status, resting }: StoredDelivery,
  what: DeskLetter['type'],
): StubwireError | undefined {
  if (!delivery.via)
    return new StubwireError(
      'delivery_fixed',
      delivery.origin
        ? 'The delivery was never planned, so there is nothing to send: correct what its error says and run the action again.'
        : 'The channel sends this of its own accord (an interaction request), and asks again by itself when it is due.',
    );
  if (what === 'retry')
    return status === 'failed'
      ? undefined
      : new StubwireError('delivery_not_failed', `The delivery is ${status}; only a failed one is sent again.`);
  if (status === 'queued' || status === 'stashed' || (status === 'sending' && resting)) return undefined;
  return new StubwireError(
    'delivery_under_way',
    status === 'failed'
      ? 'The delivery has failed: there is nothing to cancel.'
      : `The delivery is ${status}: it is with the provider, or may be. One that is queued, stashed, or rests after a refusal can be cancelled.`,
  );
}

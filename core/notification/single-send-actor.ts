import { inject, injectable } from 'inversify';
import type { ActorKind, Decision, Letter, Turn } from '../contract/actor-kind.js';
import { Keys } from '../redis/keys.js';
import { deliveryWrites } from './delivery.js';
import type { PlannedDelivery } from './planned-delivery.js';

export const SINGLE_SEND = 'single-send';

/** What one request to send holds. */
export interface SingleSendLetter {
  readonly type: 'send';
  readonly planned: readonly PlannedDelivery[];
}

/**
 * Lets the deliveries of one request go: a commit writes them and tells their channels' actors, all or nothing. Each
 * request is an actor of its own, forgotten when it is done; the mark of its one letter drops a repeat.
 */
@injectable()
export class SingleSendActor implements ActorKind<null, SingleSendLetter> {
  readonly kind = SINGLE_SEND;
  readonly queue = 'single-sends';
  readonly stateVersion = 1;

  constructor(@inject(Keys) private readonly keys: Keys) {}

  initial(): null {
    return null;
  }

  decide(_turn: Turn<null>, { body }: Letter<SingleSendLetter>): Decision<null> {
    return {
      state: null,
      writes: body.planned.flatMap(({ delivery, step }) => deliveryWrites(this.keys, delivery, step)),
      tells: body.planned.flatMap(({ tell }) => tell ?? []),
    };
  }
}

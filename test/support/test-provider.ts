import { z } from 'zod';
import type { Channel, Delivery, DeliveryPlan, LaneGroup, SendOutcome } from '../../core/contract/channel.js';

/** A provider that answers as the test says, and notes what it was given. */
export class TestProvider implements Channel {
  readonly id = 'test';
  readonly settings = z.unknown();
  readonly lanes: readonly LaneGroup[];
  readonly calls: string[] = [];
  answer: (delivery: Delivery) => SendOutcome | Promise<SendOutcome> = ({ id }) => this.accept(id);

  constructor(
    messagesPerSecond: number,
    readonly queue = 'test-lanes',
  ) {
    this.lanes = [{ queue, messagesPerSecond, unknownOutcomeWaitMs: 1_000, unknownOutcomeResends: 1 }];
  }

  plan(): DeliveryPlan {
    return { ok: false, problem: { code: 'x', message: 'This provider plans nothing.' } };
  }

  send(delivery: Delivery): Promise<SendOutcome> {
    this.calls.push(delivery.id);
    return Promise.resolve(this.answer(delivery));
  }

  accept(id: string): SendOutcome {
    return { result: 'accepted', providerId: `w:${id}` };
  }
}

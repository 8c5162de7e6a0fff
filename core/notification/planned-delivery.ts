import type { Tell, Write } from '../contract/actor-kind.js';
import type { Delivery, DeliveryPlan } from '../contract/channel.js';
import type { DeliveryStep, Problem } from '../contract/stub.js';

/** A delivery as it is planned, to be committed in one step: queued for the actor that `tell` names, or failed already. */
export interface PlannedDelivery {
  readonly delivery: Delivery;
  readonly step: DeliveryStep;
  readonly tell?: Tell;
  /** What else is written with it. */
  readonly writes?: readonly Write[];
}

/** What a delivery is besides its message. */
export type AboutDelivery = Pick<Delivery, 'id' | 'channel' | 'origin' | 'created_at'>;

/** The delivery that a channel's plan makes. */
export function plannedDelivery(about: AboutDelivery, plan: DeliveryPlan): PlannedDelivery {
  if (!plan.ok) return failedDelivery(about, plan.to ?? '', plan.problem, plan.profile);
  const { id, origin, created_at: at } = about;
  const delivery: Delivery = {
    v: 1,
    ...about,
    to: plan.to,
    message: plan.message,
    options: plan.options,
    show_all_statuses: plan.show_all_statuses ?? false,
    via: plan.via,
    ...(plan.profile !== undefined && { profile: plan.profile }),
  };
  const body = { type: 'deliver', delivery: id, ...plan.options, ...(origin && { origin }) };
  const note = plan.note !== undefined && { note: plan.note };
  return { delivery, step: { status: 'queued', at, ...note }, tell: { to: plan.via, id, body } };
}

export function failedDelivery(about: AboutDelivery, to: string, problem: Problem, profile?: string): PlannedDelivery {
  return {
    delivery: {
      v: 1,
      ...about,
      to,
      message: {},
      options: {},
      show_all_statuses: false,
      ...(profile !== undefined && { profile }),
    },
    step: { status: 'failed', at: about.created_at, error: problem },
  };
}

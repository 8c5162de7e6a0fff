import type { Write } from '../contract/actor-kind.js';
import type { Delivery } from '../contract/channel.js';
import { DELIVERY_STATUSES, type DeliveryStatus, type DeliveryStep, type DeliveryView } from '../contract/stub.js';
import type { Keys } from '../redis/keys.js';

/**
 * A delivery is one hash: `doc`, what is sent, written once; and a field for each status reached, the first report of it
 * kept. So any number of writers may report in any order, twice or late: a status never moves back and nothing is lost.
 */
export const deliveryWrites = (keys: Keys, delivery: Delivery, step: DeliveryStep): Write[] => [
  ['HSETNX', keys.delivery(delivery.id), 'doc', JSON.stringify(delivery)],
  stepWrite(keys, delivery.id, step),
];

/** Reports a status. `mark` tells apart reports of one status that should all be kept (a second attempt). */
export const stepWrite = (keys: Keys, deliveryId: string, step: DeliveryStep, mark = ''): Write => [
  'HSETNX',
  keys.delivery(deliveryId),
  `step:${step.status}${mark}`,
  JSON.stringify(step),
];

export interface StoredDelivery {
  readonly delivery: Delivery;
  /** In the order of time. */
  readonly history: readonly DeliveryStep[];
  readonly status: DeliveryStatus;
}

/** The record as read with `HGETALL`; undefined where there is none. */
export function readDelivery(hash: { readonly [field: string]: string }): StoredDelivery | undefined {
  const { doc, ...fields } = hash;
  if (doc === undefined) return undefined;
  const history = Object.entries(fields)
    .filter(([field]) => field.startsWith('step:'))
    .map(([, text]) => JSON.parse(text) as DeliveryStep)
    .sort((a, b) => a.at.localeCompare(b.at) || rank(a.status) - rank(b.status));
  const status = history.reduce<DeliveryStatus>(
    (top, { status }) => (rank(status) > rank(top) ? status : top),
    'queued',
  );
  return { delivery: JSON.parse(doc) as Delivery, history, status };
}

/** What a stubpost shows of it: up to `sent` and `failed`, unless the notification asked for all. */
export function viewOf({ delivery, history }: StoredDelivery): DeliveryView {
  const shown = delivery.show_all_statuses ? history : capped(history);
  return {
    id: delivery.id,
    recipient: delivery.origin?.recipient ?? '',
    ...(delivery.origin?.contactuuid && { contactuuid: delivery.origin.contactuuid }),
    channel: delivery.channel,
    ...(delivery.profile && { profile: delivery.profile }),
    to: delivery.to,
    status: statusOf(shown),
    history: shown,
  };
}

/**
 * From `accepted` on the furthest status counts, in whatever order they were reported. Before that the newest: a message
 * that was on its way may go back into the stash.
 */
function statusOf(history: readonly DeliveryStep[]): DeliveryStatus {
  const furthest = history.reduce((top, { status }) => Math.max(top, rank(status)), 0);
  return furthest >= rank('accepted') ? DELIVERY_STATUSES[furthest]! : (history.at(-1)?.status ?? 'queued');
}

const BEYOND_SENT: readonly DeliveryStatus[] = ['delivered', 'read', 'played'];

/** A later status implies the earlier: where `sent` was skipped, the first of the later ones stands for it. */
function capped(history: readonly DeliveryStep[]): DeliveryStep[] {
  const shown = history.filter(({ status }) => !BEYOND_SENT.includes(status));
  const later = history.find(({ status }) => BEYOND_SENT.includes(status));
  if (later && !shown.some(({ status }) => status === 'sent')) shown.push({ ...later, status: 'sent' });
  return shown;
}

const rank = (status: DeliveryStatus): number => DELIVERY_STATUSES.indexOf(status);

/** Accepted or stashed at the least: what a notification's `success` asks of each delivery. */
export const isUnderWay = (status: DeliveryStatus): boolean =>
  status === 'stashed' || (rank(status) >= rank('accepted') && status !== 'failed');

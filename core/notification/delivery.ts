import type { Write } from '../contract/actor-kind.js';
import type { Delivery } from '../contract/channel.js';
import type { JsonObject } from '../contract/json.js';
import {
  DELIVERY_STATUSES,
  type DeliveryStatus,
  type DeliveryStep,
  type DeliveryView,
  type Problem,
} from '../contract/stub.js';
import type { Keys } from '../redis/keys.js';

const FAILURE = 'step:failed';

/**
 * A delivery is one hash: `doc`, what is sent, written once; and a field for each status reached, the first report of it
 * kept. So any number of writers may report in any order, twice or late: a status never moves back and nothing is lost.
 *
 * A delivery goes to the provider in rounds: it comes back when the window proves to be closed, or when a person has a
 * failed one sent again. Each round is a story of its own, and the newest is what the delivery stands for.
 */
export const deliveryWrites = (keys: Keys, delivery: Delivery, step: DeliveryStep): Write[] => [
  ['HSETNX', keys.delivery(delivery.id), 'doc', JSON.stringify(delivery)],
  ['ZADD', keys.deliveries(), Date.parse(delivery.created_at), delivery.id],
  ...stepWrites(keys, delivery.id, step),
];

/**
 * Reports a status, and keeps the lists of open and of failed deliveries. `mark` tells apart reports of one status that
 * should all be kept: `#<round>`, and `#<round>.<attempt>` with whatever follows. Without one it is of round 1, but for
 * `failed`, which is of the newest round: there is one at most, for only a retry goes on from it and sets it aside.
 */
export const stepWrites = (keys: Keys, deliveryId: string, step: DeliveryStep, mark = ''): Write[] => [
  ['HSETNX', keys.delivery(deliveryId), `step:${step.status}${mark}`, JSON.stringify(step)],
  ...listWrites(keys, deliveryId, step),
  ...(step.status === 'failed' ? [failureCountWrite(keys, step.error)] : []),
];

function listWrites(keys: Keys, id: string, { status, at }: DeliveryStep): Write[] {
  const open = keys.openDeliveries();
  if (status === 'queued' || status === 'stashed') return [['ZADD', open, Date.parse(at), id]];
  if (status === 'accepted') return [['ZREM', open, id]];
  if (status === 'failed')
    return [
      ['ZREM', open, id],
      ['ZADD', keys.failedDeliveries(), Date.parse(at), id],
    ];
  return [];
}

/** Counts a reported failure by its code and the provider's; `FailureCounts` reads it. */
const failureCountWrite = (keys: Keys, error: Problem | undefined): Write => [
  'HINCRBY',
  keys.failuresByCode(),
  JSON.stringify([error?.code ?? '', error?.provider_code ?? null]),
  1,
];

/** The mark of a status that comes once in a round. */
export const roundMark = (round: number): string => (round > 1 ? `#${round}` : '');

/** The failure in force becomes history: it proved to be none, or the delivery sets out anew. */
export const failureOverWrites = (keys: Keys, { delivery, failure, round }: StoredDelivery): Write[] =>
  failure
    ? [
        ['HDEL', keys.delivery(delivery.id), FAILURE],
        pastFailureWrite(keys, delivery.id, failure, round),
        ['ZREM', keys.failedDeliveries(), delivery.id],
      ]
    : [];

/** Keeps a failure that is not in force: of an earlier round, say. */
export const pastFailureWrite = (keys: Keys, deliveryId: string, failure: DeliveryStep, round: number): Write => [
  'HSETNX',
  keys.delivery(deliveryId),
  `${FAILURE}#${round}:${failure.error?.code ?? ''}`,
  JSON.stringify(failure),
];

/** A person has a failed delivery sent again. */
export const newRoundWrites = (keys: Keys, stored: StoredDelivery, at: string): Write[] => [
  ...failureOverWrites(keys, stored),
  ...stepWrites(
    keys,
    stored.delivery.id,
    { status: 'queued', at, note: 'Sent again by hand.' },
    `#${stored.round + 1}`,
  ),
];

/** Remembers which round a provider's message id is of, so that a late status of an earlier one is not taken for news. */
export const providerIdWrite = (keys: Keys, deliveryId: string, providerId: string, round: number): Write => [
  'HSETNX',
  keys.delivery(deliveryId),
  `provider:${providerId}`,
  round,
];

/** Keeps what the owner needs to know again when the delivery comes back after its lane was done with it. */
export const ticketWrite = (keys: Keys, deliveryId: string, ticket: JsonObject): Write => [
  'HSET',
  keys.delivery(deliveryId),
  'ticket',
  JSON.stringify(ticket),
];

export interface StoredDelivery {
  readonly delivery: Delivery;
  /** In the order of time, of all rounds. */
  readonly history: readonly DeliveryStep[];
  readonly status: DeliveryStatus;
  /** How often it has set out for the provider; 1 the first time. */
  readonly round: number;
  /** All steps with their rounds, in the order of time. */
  readonly reports: readonly { readonly round: number; readonly step: DeliveryStep }[];
  /** The steps of the newest round that are in force, in the order of time. */
  readonly now: readonly DeliveryStep[];
  /** The failure in force. */
  readonly failure?: DeliveryStep;
  /** Its lane was refused for now and rests: nothing of this round is with the provider, or may be. */
  readonly resting: boolean;
  /** What the owner gave its lane along. */
  readonly ticket?: JsonObject;
  /** Id of its lane, where that is not `to`: the client is known under another id by now. */
  readonly lane?: string;
  /** The provider's ids of it, and of which round each is. */
  readonly providerIds: ReadonlyMap<string, number>;
}

/** The provider's id of the message, from the newest round that has one. */
export function providerIdOf({ providerIds }: StoredDelivery): string | undefined {
  const [newest] = [...providerIds].sort(([, a], [, b]) => b - a);
  return newest?.[0];
}

interface Report {
  readonly field: string;
  readonly round: number;
  readonly step: DeliveryStep;
}

/** The record as read with `HGETALL`; undefined where there is none. */
export function readDelivery(hash: { readonly [field: string]: string }): StoredDelivery | undefined {
  const { doc, ticket, lane } = hash;
  if (doc === undefined) return undefined;
  const fields = Object.entries(hash);
  const found = fields.flatMap(([field, text]) => reportOf(field, text));
  const round = found.reduce((newest, report) => Math.max(newest, report.round), 1);
  const reports = found.map((report) => (report.field === FAILURE ? { ...report, round } : report)).sort(inTime);
  const newest = reports.filter((report) => report.round === round && !report.field.startsWith(`${FAILURE}#`));
  const failure = newest.find(({ field }) => field === FAILURE)?.step;
  return {
    delivery: JSON.parse(doc) as Delivery,
    history: reports.map(({ step }) => step),
    reports: reports.map(({ round, step }) => ({ round, step })),
    now: newest.map(({ step }) => step),
    status: statusOf(newest.map(({ step }) => step)),
    round,
    resting: newest.at(-1)?.field.endsWith(':refused') === true && !newest.some(isUnknown),
    providerIds: new Map(
      fields
        .filter(([field]) => field.startsWith('provider:'))
        .map(([field, of]) => [field.slice('provider:'.length), Number(of)]),
    ),
    ...(failure && { failure }),
    ...(ticket !== undefined && { ticket: JSON.parse(ticket) as JsonObject }),
    ...(lane !== undefined && { lane }),
  };
}

const isUnknown = ({ field }: Report): boolean => field.endsWith(':unknown');

function reportOf(field: string, text: string): Report[] {
  if (!field.startsWith('step:')) return [];
  const round = Number(/#(\d+)/.exec(field)?.[1] ?? 1);
  return [{ field, round, step: JSON.parse(text) as DeliveryStep }];
}

const inTime = (a: Report, b: Report): number =>
  a.step.at.localeCompare(b.step.at) ||
  a.round - b.round ||
  rank(a.step.status) - rank(b.step.status) ||
  (a.field < b.field ? -1 : 1); // an attempt, then what came of it

/** What a stubpost shows of it: up to `sent` and `failed`, unless the notification asked for all. */
export function viewOf(stored: StoredDelivery): DeliveryView {
  const { delivery, history, now, status } = stored;
  const all = delivery.show_all_statuses;
  const provider_id = providerIdOf(stored);
  return {
    id: delivery.id,
    recipient: delivery.origin?.recipient ?? '',
    ...(delivery.origin?.contactuuid && { contactuuid: delivery.origin.contactuuid }),
    channel: delivery.channel,
    ...(delivery.profile && { profile: delivery.profile }),
    to: delivery.to,
    ...(provider_id !== undefined && { provider_id }),
    status: all ? status : statusOf(capped(now)),
    history: all ? history : capped(history),
  };
}

/**
 * From `accepted` on the furthest status of the round counts, in whatever order they were reported. Before that the
 * newest: a message that was on its way may go back into the stash.
 */
function statusOf(steps: readonly DeliveryStep[]): DeliveryStatus {
  const furthest = steps.reduce((top, { status }) => Math.max(top, rank(status)), 0);
  return furthest >= rank('accepted') ? DELIVERY_STATUSES[furthest]! : (steps.at(-1)?.status ?? 'queued');
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

/** Not yet accepted by the provider and not failed: the result is open. */
export const isPending = (status: DeliveryStatus): boolean => status === 'queued' || status === 'sending';

/** Accepted or stashed at the least: what a notification's `success` asks of each delivery. */
export const isUnderWay = (status: DeliveryStatus): boolean =>
  status === 'stashed' || (rank(status) >= rank('accepted') && status !== 'failed');

import type { ActorRef, Tell, Write } from '../contract/actor-kind.js';
import type { Problem } from '../contract/stub.js';
import { expiringWrite } from '../redis/expiring-value.js';
import type { Keys } from '../redis/keys.js';
import type { Current, LaneItem, LaneLetter, LaneOutcome, LaneReport } from './lane-state.js';

type DeliverLetter = Extract<LaneLetter, { type: 'deliver' }>;

/** A delivery as it stands in its lane. */
export function itemOf({ delivery, owner, announce, round = 1, ticket }: DeliverLetter): LaneItem {
  return {
    delivery,
    round,
    ...(owner && { owner }),
    ...(announce && { announce }),
    ...(ticket !== undefined && { ticket }),
  };
}

/** The item at the head of the lane, before its first attempt. */
export const begun = (item: LaneItem): Current => ({
  ...item,
  phase: 'sending',
  untilMs: 0,
  attempts: 0,
  retries: 0,
  pairRetries: 0,
  resends: 0,
});

/** The answer was not lost but late; if no other was, nothing is in doubt. */
export function heard(current: Current, { result }: LaneOutcome): Current {
  if (current.phase !== 'unsettled' || current.resends > 0 || result === 'unknown') return current;
  const { mayHaveArrived: _, ...sure } = current;
  return sure;
}

/** Names one attempt of a delivery: `<delivery>:<round>.<attempt>`. */
export const attemptId = ({ delivery, round, attempts }: Current): string => `${delivery}:${round}.${attempts}`;

/** The delivery and the round of an attempt. */
export function partsOf(attempt: string): { readonly delivery: string; readonly round: number } {
  const at = attempt.lastIndexOf(':');
  return { delivery: attempt.slice(0, at), round: Number.parseInt(attempt.slice(at + 1), 10) };
}

/** The report to the owner of an item, under an id of its own. */
export const report = (to: ActorRef, id: string, body: LaneReport): Tell => ({ to, id, body });

/** Tells an owner that asked for it that the item sets out. */
export const leaving = ({ owner, announce, delivery, round, ticket }: LaneItem): Tell[] =>
  owner && announce === 'leaving'
    ? [report(owner, `${delivery}:${round}:leaving`, { type: 'leaving', delivery, ...(ticket && { ticket }) })]
    : [];

/** Tells an owner that the lane is done with the item. */
export const ended = ({ owner, delivery, ticket }: LaneItem, id: string, problem: Problem | undefined): Tell[] =>
  owner ? [report(owner, id, { type: 'ended', delivery, ...(ticket && { ticket }), ...(problem && { problem }) })] : [];

/** 1 s, 2 s, 4 s … 60 s, each by up to a quarter more or less; which is told by the attempt, so a decision made twice is the same. */
export function backOffMs(attempt: string, retries: number): number {
  let hash = 0;
  for (const character of attempt) hash = (hash * 31 + character.charCodeAt(0)) % 1_000;
  return Math.min(1_000 * 2 ** retries, 60_000) * (0.75 + hash / 2_000);
}

/** Quoted messages and taps are found by the provider's id for this long. */
const PROVIDER_MESSAGE_MS = 90 * 86_400_000;

/** Makes a delivery known by the provider's id of it. */
export const providerMessageWrites = (
  keys: Keys,
  channel: string,
  providerId: string,
  delivery: string,
  nowMs: number,
): Write[] => [expiringWrite(keys.providerMessage(channel, providerId), delivery, PROVIDER_MESSAGE_MS, nowMs)];

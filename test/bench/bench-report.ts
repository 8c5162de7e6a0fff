import { median, table } from './figures.js';
import { scriptCalls, totalCalls } from './redis-figures.js';
import type { TargetName } from './target-process.js';
import type { Phase, Round } from './w1-round.js';

/** The targets of the contract: the engine's share of the yardstick. */
const AT_LEAST = { endToEnd: 0.3, durableAck: 0.6 };

export type Rounds = { readonly [Name in TargetName]: readonly Round[] };
type Figure = (round: Round) => number;

const microseconds =
  (pick: (phase: Phase) => number, phase: (round: Round) => Phase): Figure =>
  (round) =>
    (pick(phase(round)) * 1e6) / phase(round).messages;
const burst = (round: Round) => round.burst;
const steady = (round: Round) => round.steady;
const ingress = (round: Round) => round.ingress;
const targetCpu = (phase: Phase) => phase.targetCpuSeconds;
const redisCpu = (phase: Phase) => phase.redis.cpuSeconds;
const bothCpu = (phase: Phase) => targetCpu(phase) + redisCpu(phase);

const FIGURES: readonly (readonly [label: string, figure: Figure, digits: number])[] = [
  ['end to end, messages/s', (round) => round.burst.perSecond, 0],
  ['  process CPU, µs a message', microseconds(targetCpu, burst), 0],
  ['  Redis CPU, µs a message', microseconds(redisCpu, burst), 0],
  ['  both, µs a message', microseconds(bothCpu, burst), 0],
  ['  Redis scripts a message', (round) => scriptCalls(round.burst.redis) / round.burst.messages, 1],
  ['  Redis commands a message', (round) => totalCalls(round.burst.redis) / round.burst.messages, 1],
  ['at a steady rate: answer p50, ms', (round) => round.steady.latencyMs!.p50, 1],
  ['  answer p99, ms', (round) => round.steady.latencyMs!.p99, 1],
  ['  ack p50, ms', (round) => round.steady.ackMs.p50, 1],
  ['  ack p99, ms', (round) => round.steady.ackMs.p99, 1],
  ['  process CPU, µs a message', microseconds(targetCpu, steady), 0],
  ['  Redis CPU, µs a message', microseconds(redisCpu, steady), 0],
  ['  Redis commands a message', (round) => totalCalls(round.steady.redis) / round.steady.messages, 1],
  ['durable ack only, webhooks/s', (round) => round.ingress.perSecond, 0],
  ['  ack p50, ms', (round) => round.ingress.ackMs.p50, 1],
  ['  ack p99, ms', (round) => round.ingress.ackMs.p99, 1],
  ['  process CPU, µs a webhook', microseconds(targetCpu, ingress), 0],
  ['  Redis CPU, µs a webhook', microseconds(redisCpu, ingress), 0],
];

/** Medians of all rounds side by side, and the ratio of each. */
export function figuresTable({ engine, yardstick }: Rounds): string {
  const rows = FIGURES.map(([label, figure, digits]) => {
    const [ours, theirs] = [engine, yardstick].map((rounds) => median(rounds.map(figure)));
    return [label, ours!.toFixed(digits), theirs!.toFixed(digits), (ours! / theirs!).toFixed(2)];
  });
  return table([['median of the rounds', 'engine', 'yardstick', 'ratio'], ...rows]);
}

/**
 * What the machine could do if nothing else ran on it: the CPU that a message takes hardly changes with other load, which
 * the rates do.
 */
export function cpuRatio({ engine, yardstick }: Rounds): string {
  const [ours, theirs] = [engine, yardstick].map((rounds) => median(rounds.map(microseconds(bothCpu, burst))));
  return `CPU      a message takes ${(ours! / theirs!).toFixed(1)} × the yardstick’s (process and Redis)`;
}

/** The two ratios of the contract, with the worst and best round, and whether each is reached. */
export function verdicts({
  engine,
  yardstick,
}: Rounds): readonly { readonly line: string; readonly reached: boolean }[] {
  const verdict = (what: string, figure: Figure, atLeast: number) => {
    const ratio = median(engine.map(figure)) / median(yardstick.map(figure));
    const each = engine.map((round, at) => figure(round) / figure(yardstick[at]!));
    const range = `${Math.min(...each).toFixed(2)}–${Math.max(...each).toFixed(2)}`;
    const reached = ratio >= atLeast;
    return {
      line: `${reached ? 'reached' : 'MISSED '}  ${what}: ${ratio.toFixed(2)} × yardstick (rounds ${range}; target ≥ ${atLeast})`,
      reached,
    };
  };
  return [
    verdict('end to end', (round) => round.burst.perSecond, AT_LEAST.endToEnd),
    verdict('durable ack', (round) => round.ingress.perSecond, AT_LEAST.durableAck),
  ];
}

/** Which Redis commands a message costs, those inside scripts too. */
export function commandTable({ burst: { redis, messages } }: Round): string {
  const sorted = Object.entries(redis.calls).sort(([, a], [, b]) => b - a);
  const rows = sorted
    .filter(([, calls]) => calls / messages >= 0.05)
    .map(([name, calls]) => [name, (calls / messages).toFixed(2)]);
  return table([['Redis command', 'calls a message'], ...rows]);
}

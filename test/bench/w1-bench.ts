import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PrivateRedis } from '../support/private-redis.js';
import { commandTable, cpuRatio, figuresTable, verdicts } from './bench-report.js';
import { cpuTable } from './cpu-share.js';
import type { GraphOrder, GraphReport } from './fake-graph.js';
import { HelperProcess } from './helper-process.js';
import { type Round, runRound, type Sizes, type World } from './w1-round.js';
import type { LoadOrder, LoadReport } from './webhook-load.js';

export interface W1Options {
  readonly rounds: number;
  readonly messages: number;
  /** Messages per second of the steady part. */
  readonly rate: number;
  readonly profile: boolean;
}

/**
 * W1, messages that are answered, on the engine and on the yardstick, one after the other in each round. `exact`: no message
 * was lost, doubled or out of order. A target that is not `reached` can be the fault of other work on the machine.
 */
export async function w1Bench(options: W1Options): Promise<{ readonly exact: boolean; readonly reached: boolean }> {
  const { messages, rate } = options;
  const sizes: Sizes = { burst: messages, steadyPerSecond: rate, steady: rate * 10, ingress: messages };
  await PrivateRedis.sweep(); // of runs that were cut short
  const graph = new HelperProcess<GraphOrder, GraphReport>('fake-graph');
  const graphUrl = `http://127.0.0.1:${await graph.message<number>()}`;
  const load = new HelperProcess<LoadOrder, LoadReport>('webhook-load');
  const world: World = { graph, graphUrl, load };

  const rounds: { readonly engine: Round[]; readonly yardstick: Round[] } = { engine: [], yardstick: [] };
  for (let round = 1; round <= options.rounds; round++) {
    // Who goes first changes, so that a machine that warms up or fills up favours neither.
    for (const name of round % 2 === 1 ? (['yardstick', 'engine'] as const) : (['engine', 'yardstick'] as const)) {
      const figures = await runRound(name, world, sizes);
      rounds[name].push(figures);
      const { burst, steady, ingress } = figures;
      const line = `${burst.perSecond.toFixed(0)} messages/s, ${steady.latencyMs!.p50.toFixed(1)} ms, ${ingress.perSecond.toFixed(0)} acks/s`;
      console.log(`round ${round}  ${name.padEnd(9)}  ${line}`);
    }
  }
  console.log(`\n${figuresTable(rounds)}\n\n${commandTable(rounds.engine.at(-1)!)}`);
  if (options.profile) console.log(`\n${await profiledRound(world, sizes)}`);
  graph.end();
  load.end();

  const results = verdicts(rounds);
  const faults = [...rounds.engine, ...rounds.yardstick].flatMap((round) => round.faults);
  console.log(`\n${[...results.map(({ line }) => line), cpuRatio(rounds)].join('\n')}`);
  console.log(
    faults.length === 0
      ? 'exact    each message was answered once, the engine kept the order'
      : `BROKEN\n  ${faults.join('\n  ')}`,
  );
  return { exact: faults.length === 0, reached: results.every(({ reached }) => reached) };
}

/** A further round of the engine under node's profiler, which slows it: only the shares count. */
async function profiledRound(world: World, sizes: Sizes): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'stubwire-bench-'));
  try {
    await runRound('engine', world, sizes, ['--cpu-prof', '--cpu-prof-dir', dir]);
    return cpuTable(readdirSync(dir).map((file) => join(dir, file)));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

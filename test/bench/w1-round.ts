import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { PrivateRedis } from '../support/private-redis.js';
import type { GraphOrder, GraphReport } from './fake-graph.js';
import type { Percentiles } from './figures.js';
import type { HelperProcess } from './helper-process.js';
import { type RedisFigures, redisFigures, since } from './redis-figures.js';
import { type TargetName, TargetProcess, type TargetRole } from './target-process.js';
import { CLIENTS } from './w1.js';
import type { LoadOrder, LoadReport } from './webhook-load.js';

/** How much is sent. Totals are rounded to the same number for each client. */
export interface Sizes {
  readonly burst: number;
  readonly steadyPerSecond: number;
  readonly steady: number;
  readonly ingress: number;
}

/** The processes around what is measured. */
export interface World {
  readonly graph: HelperProcess<GraphOrder, GraphReport>;
  readonly graphUrl: string;
  readonly load: HelperProcess<LoadOrder, LoadReport>;
}

/** What one phase took. */
export interface Phase {
  readonly messages: number;
  readonly perSecond: number;
  readonly targetCpuSeconds: number;
  readonly redis: RedisFigures;
  readonly ackMs: Percentiles;
  /** Until the answer; without worker there is none. */
  readonly latencyMs?: Percentiles;
}

export interface Round {
  /** As fast as it goes: from the first post to the last answer. */
  readonly burst: Phase;
  /** At a moderate rate that both can keep. */
  readonly steady: Phase;
  /** Webhooks only, nobody works on them: the durable ack. */
  readonly ingress: Phase;
  /** What of the product's promise was broken; empty when all was delivered once, and by the engine in order. */
  readonly faults: readonly string[];
}

const STALLED_MS = 15_000;
/** What follows the last answer (its record) belongs to the cost, and a second answer would come in this time. */
const SETTLE_MS = 700;

export async function runRound(
  name: TargetName,
  world: World,
  sizes: Sizes,
  nodeOptions: readonly string[] = [],
): Promise<Round> {
  const faults: string[] = [];
  const worked = await withTarget(name, 'all', world, nodeOptions, async (target, redis) => {
    const bench = new Bench(name, world, target, redis, faults);
    await bench.answered('warm-up', { firstSeq: 0, messagesPerClient: 1 });
    const burst = await bench.answered('burst', { firstSeq: 1, messagesPerClient: perClient(sizes.burst) });
    const firstSeq = 1 + perClient(sizes.burst);
    const order = { firstSeq, messagesPerClient: perClient(sizes.steady), perSecond: sizes.steadyPerSecond };
    return { burst, steady: await bench.answered('steady', order) };
  });
  const ingress = await withTarget(name, 'api', world, [], (target, redis) =>
    new Bench(name, world, target, redis, faults).taken({ firstSeq: 0, messagesPerClient: perClient(sizes.ingress) }),
  );
  return { ...worked, ingress, faults };
}

const perClient = (total: number): number => Math.max(1, Math.round(total / CLIENTS));

class Bench {
  constructor(
    private readonly name: TargetName,
    private readonly world: World,
    private readonly target: TargetProcess,
    private readonly redis: Redis,
    private readonly faults: string[],
  ) {}

  /** Posts and waits until each message has been answered. */
  async answered(phase: string, order: Omit<LoadOrder, 'port'>): Promise<Phase> {
    const { graph } = this.world;
    const messages = order.messagesPerClient * CLIENTS;
    await graph.ask('reset');
    return this.measure(messages, order, async () => {
      let report = await graph.ask('report');
      for (let changedAt = Date.now(); report.received < messages && Date.now() - changedAt < STALLED_MS; ) {
        await sleep(100);
        const { received } = report;
        report = await graph.ask('report');
        if (report.received > received) changedAt = Date.now();
      }
      await sleep(SETTLE_MS);
      const { received, doubled, disordered, lastAtMs, latencyMs } = await graph.ask('report');
      if (received !== messages)
        this.faults.push(`${this.name}, ${phase}: ${received} of ${messages} messages were answered`);
      if (doubled > 0) this.faults.push(`${this.name}, ${phase}: ${doubled} answers came twice`);
      if (disordered > 0 && this.name === 'engine')
        this.faults.push(`${this.name}, ${phase}: ${disordered} answers out of order`);
      return { endMs: lastAtMs, latencyMs };
    });
  }

  /** Posts and waits for the acks only. */
  taken(order: Omit<LoadOrder, 'port'>): Promise<Phase> {
    return this.measure(order.messagesPerClient * CLIENTS, order, async ({ endMs }) => ({ endMs }));
  }

  private async measure(
    messages: number,
    order: Omit<LoadOrder, 'port'>,
    finish: (load: LoadReport) => Promise<{ readonly endMs: number; readonly latencyMs?: Percentiles }>,
  ): Promise<Phase> {
    const before = { cpu: this.target.cpuSeconds(), redis: await redisFigures(this.redis) };
    const load = await this.world.load.ask({ ...order, port: this.target.port! });
    const { endMs, latencyMs } = await finish(load);
    return {
      messages,
      perSecond: (messages * 1_000) / (endMs - load.startMs),
      targetCpuSeconds: this.target.cpuSeconds() - before.cpu,
      redis: since(before.redis, await redisFigures(this.redis)),
      ackMs: load.ackMs,
      ...(latencyMs && { latencyMs }),
    };
  }
}

/** A fresh Redis (append-only, synced at every write) and a fresh target on it. */
async function withTarget<Result>(
  name: TargetName,
  role: TargetRole,
  { graphUrl }: World,
  nodeOptions: readonly string[],
  work: (target: TargetProcess, redis: Redis) => Promise<Result>,
): Promise<Result> {
  const server = await new PrivateRedis().start();
  const redis = server.connect();
  try {
    const target = await TargetProcess.start({
      name,
      role,
      redisSocket: server.options.path,
      dir: server.dir,
      graphUrl,
      nodeOptions,
    });
    try {
      return await work(target, redis);
    } finally {
      await target.stop();
    }
  } finally {
    redis.disconnect();
    await server.stop();
  }
}

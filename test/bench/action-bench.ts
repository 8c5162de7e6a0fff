import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ActorMail } from '../../core/actor/actor-mail.js';
import { KindQueues } from '../../core/actor/kind-queues.js';
import { ActorKind, type Tell } from '../../core/contract/actor-kind.js';
import { assemble } from '../../core/host/assemble.js';
import { startUp } from '../../core/host/boot.js';
import { readConfig } from '../../core/host/read-config.js';
import { RedisSource } from '../../core/host/redis-source.js';
import { createLogger } from '../../core/observability/logger.js';
import { RedisConnection } from '../../core/redis/connection.js';
import { Keys } from '../../core/redis/keys.js';
import type { StubLetter } from '../../core/stub/stub-letter.js';
import { PrivateRedis } from '../support/private-redis.js';
import { until } from '../support/until.js';
import { median, table } from './figures.js';

const STUBS = 5_000;
/** As many runs on one stub. */
const RUNS = 5_000;
const ROUNDS = 3;
const TELL_AT_ONCE = 500;

const TEMPLATE = `
template: counted
initial_state: open
states: { open: { actions: [count] } }
actions:
  count:
    fields: { amount: { fieldtype: number, params: { min: 0 }, validations: { needed: { validationtype: required } } } }
    tasks: { keep: { tasktype: savedata, params: { data: { last: "~~stubpost.data.amount", said: "{{stubpost.message}} of {{stub.subject}}" } } } }
    metrics: { n: { counter: runs } }
    to_state: open
`;

/** The runtime with nothing to do: a state that counts letters. */
const bare: ActorKind<number> = {
  kind: 'bare',
  queue: 'bare-actors',
  stateVersion: 1,
  initial: () => ({ n: 0 }) as never,
  decide: ({ state }) => ({ state: { n: (state as unknown as { n: number }).n + 1 } as never }),
};

const create: StubLetter = {
  type: 'create',
  template: 'counted',
  subject: 'A case',
  message: '',
  data: {},
  contact_lists: {},
  posted_by: {},
};
const run: StubLetter = { type: 'run', action: 'count', message: 'Word', data: { amount: 7 }, posted_by: {} };

interface Measured {
  readonly perSecond: number;
  readonly cpuMicroseconds: number;
}

/** Runs of an action, on one stub and on many, beside as many letters of an actor that only counts them. */
export async function actionBench(): Promise<string> {
  const redis = await new PrivateRedis().start();
  const dir = mkdtempSync(join(tmpdir(), 'stubwire-actions-'));
  mkdirSync(join(dir, 'templates'));
  writeFileSync(join(dir, 'templates', 'counted.yaml'), TEMPLATE);
  const settings = {
    org: { orguuid: 'bench', name: 'Bench', default_country: 'ZA' },
    redis: { url: `unix://${redis.options.path}`, prefix: 'bench' },
    files: { dir: 'files' },
    log: { level: 'error' },
    plugins: { log: {} },
  };
  writeFileSync(join(dir, 'stubwire.yaml'), JSON.stringify(settings));
  const config = await readConfig(join(dir, 'stubwire.yaml'));
  const log = createLogger('error');
  const source = new RedisSource(config.redis, log);
  const container = await assemble({ config, log, target: source.target });
  container.bind(ActorKind).toConstantValue(bare);
  container.get(KindQueues).learn(container.getAll(ActorKind));
  const program = await startUp(container, source, { role: 'worker', provideRedis: () => undefined });
  const mail = container.get(ActorMail);
  const { client } = container.get(RedisConnection);
  const keys = container.get(Keys);
  let told = 0;

  /** Tells letters and waits until no actor has any left. */
  async function measured(count: number, kind: string, idOf: (at: number) => string, body: unknown): Promise<Measured> {
    const cpu = process.cpuUsage();
    const from = performance.now();
    for (let at = 0; at < count; at += TELL_AT_ONCE) {
      const tells = Array.from({ length: Math.min(TELL_AT_ONCE, count - at) }, (_, n): Tell => {
        told += 1;
        return { to: { kind, id: idOf(at + n) }, id: `l${told}`, body };
      });
      await mail.tell(tells);
    }
    await until('every letter to be handled', async () => (await client.zcard(keys.mail())) === 0, 120_000);
    const ms = performance.now() - from;
    const { user, system } = process.cpuUsage(cpu);
    return { perSecond: (count * 1_000) / ms, cpuMicroseconds: (user + system) / count };
  }

  const refOf = (at: number) => `2026-01-01-AAAA-${String(at).padStart(4, '0')}`;
  const one = () => refOf(0);
  const results = {
    one: [] as Measured[],
    many: [] as Measured[],
    bareOne: [] as Measured[],
    bareMany: [] as Measured[],
  };
  try {
    await measured(STUBS, 'stub', refOf, create);
    for (let round = 0; round < ROUNDS; round++) {
      results.bareOne.push(await measured(RUNS, 'bare', one, {}));
      results.one.push(await measured(RUNS, 'stub', one, run));
      results.bareMany.push(await measured(STUBS, 'bare', refOf, {}));
      results.many.push(await measured(STUBS, 'stub', refOf, run));
    }
  } finally {
    await program.stop();
    await redis.stop();
    rmSync(dir, { recursive: true, force: true });
  }
  const row = (name: string, ours: readonly Measured[], theirs: readonly Measured[]) => {
    const [rate, bareRate] = [ours, theirs].map((all) => median(all.map(({ perSecond }) => perSecond)));
    const [cpu, bareCpu] = [ours, theirs].map((all) => median(all.map(({ cpuMicroseconds }) => cpuMicroseconds)));
    return [
      name,
      rate!.toFixed(0),
      bareRate!.toFixed(0),
      (rate! / bareRate!).toFixed(2),
      cpu!.toFixed(0),
      (cpu! / bareCpu!).toFixed(2),
    ];
  };
  return table([
    ['actions', 'runs/s', 'bare letters/s', 'ratio', 'CPU, µs a run', 'of bare'],
    row(`${RUNS} on one stub`, results.one, results.bareOne),
    row(`one on each of ${STUBS} stubs`, results.many, results.bareMany),
  ]);
}

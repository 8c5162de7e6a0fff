import type { Redis } from 'ioredis';

/** What a Redis has done so far. */
export interface RedisFigures {
  readonly cpuSeconds: number;
  /** Calls by command, those made inside scripts too. */
  readonly calls: { readonly [command: string]: number };
}

export async function redisFigures(redis: Redis): Promise<RedisFigures> {
  const [cpu, stats] = await Promise.all([redis.info('cpu'), redis.info('commandstats')]);
  const seconds = [...cpu.matchAll(/^used_cpu_(?:sys|user):([\d.]+)/gm)].map((match) => Number(match[1]));
  const calls = [...stats.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)].map((match) => [match[1]!, Number(match[2])]);
  return { cpuSeconds: seconds.reduce((sum, value) => sum + value, 0), calls: Object.fromEntries(calls) };
}

/** What it has done since. */
export function since(before: RedisFigures, after: RedisFigures): RedisFigures {
  const calls = Object.entries(after.calls).map(
    ([command, count]) => [command, count - (before.calls[command] ?? 0)] as const,
  );
  return {
    cpuSeconds: after.cpuSeconds - before.cpuSeconds,
    calls: Object.fromEntries(calls.filter(([, count]) => count > 0)),
  };
}

const SCRIPT_CALLS = ['eval', 'evalsha', 'fcall'];

export const totalCalls = ({ calls }: RedisFigures): number =>
  Object.values(calls).reduce((sum, count) => sum + count, 0);
export const scriptCalls = ({ calls }: RedisFigures): number =>
  SCRIPT_CALLS.reduce((sum, name) => sum + (calls[name] ?? 0), 0);

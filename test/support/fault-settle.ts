import type { FaultWorld } from './fault-world.js';
import { until } from './until.js';

const SETTLE_MS = 60_000;
/** Work moves between the two sides, so one look at each may miss it. */
const QUIET_LOOKS = 3;

/** Waits until nothing is under way any more: no letter, no call, no flush, no webhook. */
export async function settled(world: FaultWorld): Promise<void> {
  let looks = 0;
  let left: readonly string[] = [];
  const quiet = async () => {
    left = await underWay(world);
    looks = left.length === 0 ? looks + 1 : 0;
    return looks === QUIET_LOOKS;
  };
  await until(quiet, SETTLE_MS).catch(() => {
    throw new Error(`Still under way after ${SETTLE_MS} ms: ${left.slice(0, 10).join(', ')}`);
  });
}

async function underWay({ redis, keys, emulatorRedis, emulatorKeys }: FaultWorld): Promise<string[]> {
  const flush = `${keys.queuePrefix}:stash-flush`;
  const ofEmulator = (name: string) => emulatorRedis.zrange(emulatorKeys.plugin('whatsapp_emulator', name), '0', '-1');
  const lists = await Promise.all([
    ofEmulator('due'),
    ofEmulator('leased'),
    redis.zrange(keys.mail(), '0', '-1'),
    redis.lrange(`${flush}:wait`, 0, -1),
    redis.lrange(`${flush}:active`, 0, -1),
  ]);
  return lists.flat();
}

import { type FaultWorld, STATUS_WAIT_MS } from './fault-world.js';
import { until } from './until.js';

const SETTLE_MS = 240_000;
/** Work moves between the two sides, so one look at each may miss it. */
const QUIET_LOOKS = 3;
/** The sweeper wakes actors whose letters have been due for more than 3 s. */
const SKIP_MS = STATUS_WAIT_MS + 5_000;

/**
 * Waits until no letter, call, flush or webhook is in progress. Then it moves the engines' clock to end other waits (a back-off,
 * a status that may still come). So a status in transit arrives before the wait for it ends, however slow the machine is.
 */
export async function settled(world: FaultWorld): Promise<void> {
  let looks = 0;
  let left: readonly string[] = [];
  const quiet = async () => {
    const { working, waiting } = await underWay(world);
    left = [...working, ...waiting];
    looks = working.length === 0 ? looks + 1 : 0;
    if (looks < QUIET_LOOKS) return false;
    if (waiting.length === 0) return true;
    await world.advanceEngines(SKIP_MS);
    looks = 0;
    return false;
  };
  await until(quiet, SETTLE_MS).catch(() => {
    throw new Error(`Still under way after ${SETTLE_MS} ms: ${left.slice(0, 10).join(', ')}`);
  });
}

async function underWay({ redis, keys, emulatorRedis, emulatorKeys }: FaultWorld) {
  const flush = `${keys.queuePrefix}:stash-flush`;
  const ofEmulator = (name: string) => emulatorRedis.zrange(emulatorKeys.plugin('whatsapp_emulator', name), '0', '-1');
  const [[seconds], offset] = await Promise.all([redis.time(), redis.get(keys.clockOffset())]);
  const nowMs = Number(seconds) * 1_000 + 1_000 + Number(offset ?? 0);
  const lists = await Promise.all([
    ofEmulator('due'),
    ofEmulator('leased'),
    redis.zrange(keys.mail(), '-inf', String(nowMs), 'BYSCORE'),
    redis.lrange(`${flush}:wait`, 0, -1),
    redis.lrange(`${flush}:active`, 0, -1),
  ]);
  return { working: lists.flat(), waiting: await redis.zrange(keys.mail(), `(${nowMs}`, '+inf', 'BYSCORE') };
}

import { setTimeout as pause } from 'node:timers/promises';
import type { FaultWorld } from './fault-world.js';

const LOOK_EVERY_MS = 20;
const DONE_MS = 120_000;

/**
 * What stood in mailboxes and outboxes when a process was killed, and when each of it moved on: a commit of its actor
 * means that another process has taken it up.
 */
export class StrandedWork {
  /** Actors that had work. */
  readonly count: number;
  /** The longest time until one moved on, from the kill, ms; what moved before `aliveFrom` counts as at once. */
  slowestMs = 0;
  private aliveFromMs: number;
  private ended = false;
  private readonly watching: Promise<void>;

  private constructor(
    private readonly world: FaultWorld,
    private readonly left: Map<string, string>,
  ) {
    this.count = left.size;
    this.aliveFromMs = performance.now();
    this.watching = this.watch();
    world.beforeClose(() => this.end());
  }

  /** Looks right after a kill. Work that waits for a later time (a back-off) is not stranded. */
  static async now(world: FaultWorld): Promise<StrandedWork> {
    const [seconds] = await world.redis.time();
    const members = await world.redis.zrange(
      world.keys.mail(),
      '-inf',
      String((Number(seconds) + 1) * 1_000),
      'BYSCORE',
    );
    const prints = await fingerprints(world, members);
    return new StrandedWork(
      world,
      new Map(members.map((member, at) => [member, prints[at]!] as const).filter(([, print]) => print !== '')),
    );
  }

  /** There was nobody to take it up until now: count from here. */
  aliveFrom(): void {
    this.aliveFromMs = performance.now();
  }

  /** Resolves when all of it has moved on; an error after `DONE_MS`. */
  async done(): Promise<void> {
    const late = setTimeout(() => void this.end(), DONE_MS);
    await this.watching;
    clearTimeout(late);
    if (this.left.size > 0) throw new Error(`Not taken up after ${DONE_MS} ms: ${[...this.left].join('; ')}`);
  }

  /** Looks no more: the next kill is near. */
  async end(): Promise<void> {
    this.ended = true;
    await this.watching;
  }

  static printed(all: readonly StrandedWork[], from: string): string {
    const count = all.reduce((total, one) => total + one.count, 0);
    const slowest = Math.round(Math.max(...all.map(({ slowestMs }) => slowestMs)));
    return `${all.length} kills met ${count} actors with work; the slowest went on ${slowest} ms after the ${from}`;
  }

  private async watch(): Promise<void> {
    while (this.left.size > 0 && !this.ended) {
      await pause(LOOK_EVERY_MS);
      const members = [...this.left.keys()];
      const prints = await fingerprints(this.world, members);
      for (const [at, member] of members.entries()) {
        if (prints[at] === this.left.get(member)) continue;
        this.left.delete(member);
        this.slowestMs = Math.max(this.slowestMs, performance.now() - this.aliveFromMs);
      }
    }
  }
}

/**
 * Changes with every commit of an actor: its version, the letter at the head, the number of effects still to do. Empty
 * for one that has no work any more.
 */
async function fingerprints({ redis, keys }: FaultWorld, members: readonly string[]): Promise<string[]> {
  const pipeline = redis.pipeline();
  for (const member of members) {
    const at = member.indexOf('|');
    const [kind, id] = [member.slice(0, at), member.slice(at + 1)];
    pipeline.zscore(keys.mail(), member).hget(keys.actor(kind, id), 'version');
    pipeline.lindex(keys.mailbox(kind, id), 0).llen(keys.outbox(kind, id));
  }
  const answers = ((await pipeline.exec()) ?? []).map(([, value]) => value);
  return members.map((_, at) => {
    const [score, ...print] = answers.slice(4 * at, 4 * at + 4);
    return score === null ? '' : print.join('\n');
  });
}

import { inject, injectable } from 'inversify';
import { Logger } from '../observability/logger.js';
import { TurnQueues } from '../queue/turn-queues.js';
import { RedisConnection } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';
import { KindQueues } from './kind-queues.js';
import { RedisClock } from './redis-clock.js';

const EVERY_MS = 1_500;
const OLDER_THAN_MS = 3_000;
const AT_MOST = 500;
/**
 * How long actors are left alone that would not run: of a paused queue, for their wakes wait in it, but for what a process
 * took along; of a kind that this program does not have (a profile that was taken out), for another may.
 */
const PAUSED_MS = 30_000;

/**
 * Wakes actors that have had work for too long: a process died between storing a letter and waking its actor, an
 * operator removed a job. A wake too many is dropped by the queue.
 */
@injectable()
export class Sweeper {
  private timer: NodeJS.Timeout | undefined;
  private running = false;
  private readonly warned = new Set<string>();

  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Keys) private readonly keys: Keys,
    @inject(RedisClock) private readonly clock: RedisClock,
    @inject(TurnQueues) private readonly turns: TurnQueues,
    @inject(KindQueues) private readonly kinds: KindQueues,
    @inject(Logger) private readonly log: Logger,
  ) {}

  start(): void {
    this.timer = setInterval(() => void this.tick(), EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Wakes what has waited too long; resolves with how many. */
  async sweep(): Promise<number> {
    const nowMs = await this.clock.nowMs();
    const members = await this.redis.client.zrange(
      this.keys.mail(),
      '-inf',
      String(nowMs - OLDER_THAN_MS),
      'BYSCORE',
      'LIMIT',
      0,
      AT_MOST,
    );
    const kinds = [...new Set(members.map((member) => split(member)[0]))];
    const paused = new Set<string>();
    for (const kind of kinds)
      if (!this.kinds.knows(kind) || (await this.turns.isPaused(this.kinds.queueOf(kind)))) paused.add(kind);
    this.warnOf(kinds.filter((kind) => !this.kinds.knows(kind)));
    await Promise.all(
      members.map(async (member) => {
        const [kind, id] = split(member);
        const isPaused = paused.has(kind);
        // Its next look comes after the same wait. Where nothing runs, one now and then is enough.
        await this.redis.client.zadd(this.keys.mail(), 'XX', isPaused ? nowMs + PAUSED_MS : nowMs, member);
        if (!isPaused) await this.turns.wake(this.kinds.queueOf(kind), id, true);
      }),
    );
    return members.length;
  }

  private warnOf(kinds: readonly string[]): void {
    for (const kind of kinds) {
      if (this.warned.has(kind)) continue;
      this.warned.add(kind);
      this.log.warn({ kind }, 'letters wait for what is no longer configured; they go on when it is there again');
    }
  }

  private async tick(): Promise<void> {
    if (this.running) return; // Redis is away or slow: one at a time
    this.running = true;
    try {
      await this.sweep();
    } catch (error) {
      this.log.error({ err: error }, 'sweep failed');
    } finally {
      this.running = false;
    }
  }
}

function split(member: string): [kind: string, id: string] {
  const at = member.indexOf('|');
  return [member.slice(0, at), member.slice(at + 1)];
}

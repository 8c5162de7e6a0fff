import type { Redis } from 'ioredis';

interface Kept {
  readonly key: string;
  readonly value: Buffer;
  /** Left to live, ms; 0: for ever. */
  readonly leftMs: number;
}

/** All that stands in the Redis of the stories, to begin each of them from the same. That Redis is theirs alone. */
export class StorySnapshot {
  private constructor(
    private readonly redis: Redis,
    private readonly kept: readonly Kept[],
  ) {}

  static async take(redis: Redis): Promise<StorySnapshot> {
    const keys = await redis.keys('*');
    const kept = await Promise.all(
      keys.map(async (key) => {
        const [value, leftMs] = await Promise.all([redis.dumpBuffer(key), redis.pttl(key)]);
        return value === null ? [] : [{ key, value, leftMs: Math.max(0, leftMs) }];
      }),
    );
    return new StorySnapshot(redis, kept.flat());
  }

  /** Forgets everything since. The engine must be at rest. */
  async restore(): Promise<void> {
    const all = this.redis.multi().flushdb();
    for (const { key, value, leftMs } of this.kept) all.restore(key, leftMs, value);
    await all.exec();
  }
}

import type { Redis } from 'ioredis';

/** Where a walk through a sorted set stands: behind this member. */
export interface Ahead {
  readonly score: string;
  readonly id: string;
}

/**
 * The next members of a sorted set, lowest score first. What is removed or added meanwhile does not shift the walk; it
 * ends when nothing comes any more.
 */
export async function pageAhead(
  redis: Redis,
  key: string,
  after: Ahead | undefined,
  count: number,
): Promise<readonly Ahead[]> {
  const found: Ahead[] = [];
  for (let offset = 0; found.length < count; offset += count) {
    const flat = await redis.zrange(
      key,
      after?.score ?? '-inf',
      '+inf',
      'BYSCORE',
      'LIMIT',
      offset,
      count,
      'WITHSCORES',
    );
    for (let at = 0; at < flat.length && found.length < count; at += 2) {
      const [id, score] = [flat[at]!, flat[at + 1]!];
      if (after && score === after.score && id <= after.id) continue;
      found.push({ id, score });
    }
    if (flat.length < 2 * count) break;
  }
  return found;
}

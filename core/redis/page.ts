import type { Redis } from 'ioredis';
import { StubwireError } from '../errors.js';

/** A list as the API gives it: newest first; `next_cursor` is null on the last page. */
export interface Page<Item> {
  readonly items: Item[];
  readonly next_cursor: string | null;
}

/**
 * One page of a sorted set scored by time. `read` turns ids into items and leaves out (undefined) what is gone or
 * filtered; the page then goes on until it is full, or `lookAtMost` ids were looked at: then it may be short, and has a
 * cursor nevertheless. The cursor is `<score>:<id>` of the last one looked at.
 */
export async function pageOf<Item>(
  redis: Redis,
  index: string,
  cursor: string | undefined,
  limit: number,
  read: (ids: string[]) => Promise<(Item | undefined)[]>,
  lookAtMost = Number.POSITIVE_INFINITY,
): Promise<Page<Item>> {
  const items: Item[] = [];
  let after = cursor === undefined ? undefined : parseCursor(cursor);
  let looked = 0;
  const atLeast = Number.isFinite(lookAtMost) ? 100 : 1; // where few pass, not one by one
  for (;;) {
    const batch = await nextIds(redis, index, after, Math.max(atLeast, limit + 1 - items.length));
    if (batch.length === 0) return { items, next_cursor: null };
    const found = await read(batch.map(({ id }) => id));
    for (const [position, item] of found.entries()) {
      if (item === undefined) continue;
      if (items.length === limit) return { items, next_cursor: `${after!.score}:${after!.id}` };
      items.push(item);
      after = batch[position]!;
    }
    after = batch.at(-1)!;
    looked += batch.length;
    if (looked >= lookAtMost) return { items, next_cursor: `${after.score}:${after.id}` };
  }
}

interface Position {
  readonly score: number;
  readonly id: string;
}

async function nextIds(redis: Redis, index: string, after: Position | undefined, count: number): Promise<Position[]> {
  const found: Position[] = [];
  // Ids of one score stand in reverse order of the alphabet, so a cursor is exact even where scores repeat.
  for (let offset = 0; found.length < count; ) {
    const max = after === undefined ? '+inf' : after.score;
    const flat = await redis.zrange(index, max, '-inf', 'BYSCORE', 'REV', 'LIMIT', offset, 200, 'WITHSCORES');
    for (let at = 0; at < flat.length; at += 2) {
      const position = { id: flat[at]!, score: Number(flat[at + 1]) };
      if (after && position.score === after.score && position.id >= after.id) continue;
      if (found.push(position) === count) break;
    }
    if (flat.length < 400) break;
    offset += 200;
  }
  return found;
}

function parseCursor(cursor: string): Position {
  const match = /^(\d+(?:\.\d+)?):(.+)$/s.exec(cursor);
  if (!match)
    throw new StubwireError(
      'validation_failed',
      `The cursor "${cursor.slice(0, 80)}" is none. Use next_cursor of the page before, as it is.`,
    );
  return { score: Number(match[1]), id: match[2]! };
}

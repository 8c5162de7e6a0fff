import { z } from 'zod';
import { StubwireError } from '../errors.js';
import type { Page } from '../redis/page.js';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

/** `?cursor=&limit=` of every list, to be spread into a strict object. */
export const pageQuery = {
  cursor: z.string().min(1).max(500).optional().describe('next_cursor of the page before'),
  limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT),
};

/** The envelope of every list. */
export const pageSchema = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item).readonly(), next_cursor: z.string().nullable() });

/** A page of what is in memory; the cursor is a position. */
export function pageOfArray<Item>(items: readonly Item[], cursor: string | undefined, limit: number): Page<Item> {
  if (cursor !== undefined && !/^\d{1,9}$/.test(cursor)) {
    throw new StubwireError('validation_failed', 'The cursor is none. Use next_cursor of the page before, as it is.');
  }
  const from = Number(cursor ?? 0);
  const next = from + limit;
  return { items: items.slice(from, next), next_cursor: next < items.length ? String(next) : null };
}

import type { Write } from '../contract/actor-kind.js';
import type { Feedback } from '../contract/feedback-action.js';
import type { JsonObject } from '../contract/json.js';
import type { ContactPoint } from '../contract/stub.js';
import type { Keys } from '../redis/keys.js';

/** A message or command that nobody handled. It stays until somebody routes or dismisses it. */
export interface UnroutedItem {
  readonly id: string;
  readonly at: string;
  readonly reason: string;
  readonly path: string;
  readonly data: JsonObject;
  /** For a person's message: what a stub gets when it is routed by hand. */
  readonly feedback?: {
    readonly action: string;
    readonly feedback: Feedback;
    readonly client: ContactPoint & { readonly name: string };
  };
}

export type NewUnroutedItem = Omit<UnroutedItem, 'at'> & { readonly atMs: number };

/** The writes that keep an item. */
export function unroutedWrites(keys: Keys, { atMs, ...item }: NewUnroutedItem): Write[] {
  const record: UnroutedItem & { v: 1 } = { v: 1, ...item, at: new Date(atMs).toISOString() };
  return [
    ['HSET', keys.unrouted(), item.id, JSON.stringify(record)],
    ['ZADD', keys.unroutedIndex(), atMs, item.id],
  ];
}

export function readUnrouted(record: string): UnroutedItem {
  const { v: _, ...item } = JSON.parse(record) as UnroutedItem & { v: 1 };
  return item;
}

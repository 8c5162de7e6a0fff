import { inject, injectable } from 'inversify';
import type { Write } from '../contract/actor-kind.js';
import type { WebhookLetters } from '../contract/webhook-source.js';
import { RedisConnection } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';
import { Script } from '../redis/script.js';

const NEWEST_KEPT = 200;
const EXCERPT_CHARACTERS = 2_000;
/** Each reason stays a line of `/metrics` for ever, and its text may come from outside. */
const REASONS_AT_MOST = 200;
const OTHER_REASONS = 'another reason than the first 200';

const countScript = new Script(new URL('./scripts/count-reasons.lua', import.meta.url));

export interface UnhandledWebhook {
  /** When it came, ISO 8601. */
  readonly at: string;
  readonly reason: string;
  readonly excerpt: string;
}

/**
 * The writes that count one unhandled item, for the commit of an actor. `reason` must be one of a few fixed texts, because the
 * limit of reasons does not apply here.
 */
export function unhandledWrites(keys: Keys, unhandled: UnhandledWebhook): Write[] {
  return [['HINCRBY', keys.unhandledCounts(), unhandled.reason, 1], ...newestWrites(keys, [unhandled])];
}

const newestWrites = (keys: Keys, unhandled: readonly UnhandledWebhook[]): Write[] => [
  ...unhandled.slice(-NEWEST_KEPT).map(({ at, reason, excerpt }): Write => {
    const kept: UnhandledWebhook = { at, reason, excerpt: excerpt.slice(0, EXCERPT_CHARACTERS) };
    return ['LPUSH', keys.unhandledNewest(), JSON.stringify(kept)];
  }),
  ['LTRIM', keys.unhandledNewest(), 0, NEWEST_KEPT - 1],
];

/** What webhooks held that was not for us: counted by reason, the newest kept for the operator. */
@injectable()
export class UnhandledWebhooks {
  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Keys) private readonly keys: Keys,
  ) {}

  async count(unhandled: WebhookLetters['unhandled']): Promise<void> {
    const at = new Date().toISOString();
    const counts = new Map<string, number>();
    for (const { reason } of unhandled) counts.set(reason, (counts.get(reason) ?? 0) + 1);
    const pipeline = this.redis.client.pipeline();
    const newest = unhandled.slice(-NEWEST_KEPT).map((one) => ({ at, ...one }));
    for (const [command, ...args] of newestWrites(this.keys, newest)) pipeline.call(command, ...args);
    const names = [REASONS_AT_MOST, OTHER_REASONS, ...[...counts].flat()];
    const [, answers] = await Promise.all([
      countScript.run(this.redis.client, [this.keys.unhandledCounts()], names),
      pipeline.exec(),
    ]);
    for (const [error] of answers ?? []) if (error) throw error;
  }

  async counts(): Promise<{ readonly [reason: string]: number }> {
    const counts = await this.redis.client.hgetall(this.keys.unhandledCounts());
    return Object.fromEntries(Object.entries(counts).map(([reason, count]) => [reason, Number(count)]));
  }

  /** The newest first. */
  async newest(): Promise<readonly UnhandledWebhook[]> {
    const kept = await this.redis.client.lrange(this.keys.unhandledNewest(), 0, -1);
    return kept.map((text) => JSON.parse(text) as UnhandledWebhook);
  }
}

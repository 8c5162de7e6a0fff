import { inject, injectable } from 'inversify';
import type { WebhookLetters } from '../contract/webhook-source.js';
import { RedisConnection } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';

const NEWEST_KEPT = 200;
const EXCERPT_CHARACTERS = 2_000;

export interface UnhandledWebhook {
  /** When it came, ISO 8601. */
  readonly at: string;
  readonly reason: string;
  readonly excerpt: string;
}

/** What webhooks held that was not for us: counted by reason, the newest kept for the operator. */
@injectable()
export class UnhandledWebhooks {
  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Keys) private readonly keys: Keys,
  ) {}

  async count(unhandled: WebhookLetters['unhandled']): Promise<void> {
    const at = new Date().toISOString();
    const commands = this.redis.client.pipeline();
    const counts = new Map<string, number>();
    for (const { reason } of unhandled) counts.set(reason, (counts.get(reason) ?? 0) + 1);
    for (const [reason, count] of counts) commands.hincrby(this.keys.unhandledCounts(), reason, count);
    for (const { reason, excerpt } of unhandled.slice(-NEWEST_KEPT)) {
      const kept: UnhandledWebhook = { at, reason, excerpt: excerpt.slice(0, EXCERPT_CHARACTERS) };
      commands.lpush(this.keys.unhandledNewest(), JSON.stringify(kept));
    }
    commands.ltrim(this.keys.unhandledNewest(), 0, NEWEST_KEPT - 1);
    const answers = await commands.exec();
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

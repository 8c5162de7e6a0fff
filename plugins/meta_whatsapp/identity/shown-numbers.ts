import type { JsonObject, Keys, RedisConnection, Write } from '../../../core/index.js';
import { PLUGIN } from '../profile.js';
import { objectsOf, secondsIn, textIn } from '../webhook-json.js';
import { numberIn, userIdIn } from './client-id.js';

/** A number that Meta showed together with a user id, and when. */
export interface ShownNumber {
  readonly number: string;
  /** Time of the status, ms. */
  readonly atMs: number;
}

/**
 * The number on the card with which a client answers our request for it (`contact_info_request`): of all cards only
 * their own is of that origin. `atMs`: when the message was stored.
 */
export function sharedNumber(message: JsonObject, userId: string, atMs: number): ShownNumber | undefined {
  const [card] = message['type'] === 'contacts' ? objectsOf(message['contacts']) : [];
  if (card?.['origin'] !== 'contact_request' || (textIn(card['user_id']) ?? userId) !== userId) return undefined;
  const [phone] = objectsOf(card['phones']);
  const number = numberIn(phone?.['wa_id']);
  if (number === undefined) return undefined;
  return { number, atMs: Math.min(secondsIn(message['timestamp']) ?? atMs, atMs) };
}

/** How long a shown number is valid, by the product clock. Redis drops it later, by its own clock. */
const COUNTS_MS = 90 * 86_400_000;
const KEPT_MS = COUNTS_MS + 86_400_000;
/** What is known already is noted anew this often, so that it is still known while statuses come. */
const RENEWED_MS = 86_400_000;

/**
 * Numbers that statuses of our own messages showed with a user id. Nothing is linked by them until the person hides the
 * number and writes: then their conversation asks here which number it was that we wrote to.
 */
export class ShownNumbers {
  constructor(
    private readonly keys: Keys,
    private readonly redis: RedisConnection,
  ) {}

  async of(profile: string, userId: string, nowMs: number): Promise<ShownNumber | undefined> {
    const stored = await this.redis.client.get(this.key(profile, userId));
    if (stored === null) return undefined;
    const [number, at] = stored.split(' ') as [string, string];
    return nowMs < Number(at) + COUNTS_MS ? { number, atMs: Number(at) } : undefined;
  }

  /** What a status shows, where that is news. Those of groups and of failures show one id only, or none. */
  async newsOf(profile: string, status: JsonObject, storedAtMs: number): Promise<readonly Write[]> {
    const { recipient_id: recipient, recipient_user_id: recipientUser } = status;
    const number = numberIn(recipient, recipientUser);
    const userId = userIdIn(recipientUser, recipient);
    if (number === undefined || userId === undefined) return [];
    const atMs = Math.min(secondsIn(status['timestamp']) ?? storedAtMs, storedAtMs);
    const known = await this.of(profile, userId, storedAtMs);
    if (known && atMs < known.atMs + (known.number === number ? RENEWED_MS : 0)) return [];
    return [['SET', this.key(profile, userId), `${number} ${atMs}`, 'PX', KEPT_MS]];
  }

  private key(profile: string, userId: string): string {
    return this.keys.plugin(PLUGIN, `shown-number:${profile}:${userId}`);
  }
}

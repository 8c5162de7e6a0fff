import { createHmac, randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import type { Keys, RedisConnection, Write } from '../../../core/index.js';
import type { Conversation, OptOut } from '../conversation/conversation.js';
import { PLUGIN } from '../profile.js';

const derive = promisify<string, string, number, object, Buffer>(scrypt);
/** About 25 ms and 8 MB for one address, on purpose: a million guesses take hours, all numbers of a country months. */
const COST = { N: 8_192, r: 8, p: 1 };
const HASH_BYTES = 24;

/**
 * Who had said no when they were erased. That must outlive them, or the next message would go to somebody who wants none.
 * Kept are a slow, salted hash of the address and what they said. Phone numbers are few, so whoever has the whole store and
 * a number can test that number; the cost is what stands against testing all of them.
 */
export class ForgottenOptOuts {
  private salt: string | undefined;
  private slowed: Promise<void> | undefined;

  constructor(
    private readonly keys: Keys,
    private readonly redis: RedisConnection,
  ) {}

  async writes(profile: string, addresses: readonly string[], optOut: OptOut): Promise<Write[]> {
    const fields = await Promise.all(addresses.map((address) => this.field(profile, address)));
    return fields.map((field): Write => ['HSET', this.slow(), field, JSON.stringify({ v: 1, ...optOut })]);
  }

  /** The conversation with what this address had said, where nothing was ever written there since. */
  async remembered(profile: string, address: string, conversation: Conversation): Promise<Conversation> {
    await this.allSlow();
    if (conversation.seq > 0 || conversation.optedOut || conversation.optedInAtMs > 0) return conversation;
    if ((await this.redis.client.exists(this.slow())) === 0) return conversation; // most installations keep none
    const text = await this.redis.client.hget(this.slow(), await this.field(profile, address));
    if (text === null) return conversation;
    const { v: _, ...optedOut } = JSON.parse(text) as OptOut & { readonly v: 1 };
    return { ...conversation, optedOut };
  }

  /** Once for each process, before the first look. */
  private allSlow(): Promise<void> {
    this.slowed ??= this.slowDown().catch((error) => {
      this.slowed = undefined;
      throw error;
    });
    return this.slowed;
  }

  /** Makes what an earlier version kept under fast hashes slow. A crash or another process takes nothing away. */
  private async slowDown(): Promise<void> {
    const { client } = this.redis;
    for (const [fast, text] of Object.entries(await client.hgetall(this.fast()))) {
      const field = await this.slowHash(fast);
      await client.multi().hset(this.slow(), field, text).hdel(this.fast(), fast).exec();
    }
  }

  private slow(): string {
    return this.keys.plugin(PLUGIN, 'forgotten-opt-outs:slow');
  }

  /** Where an earlier version kept them. */
  private fast(): string {
    return this.keys.plugin(PLUGIN, 'forgotten-opt-outs');
  }

  private async field(profile: string, address: string): Promise<string> {
    // The fast hash is the one of the earlier version, so that its records can be made slow without the address.
    const fast = createHmac('sha256', await this.sharedSalt())
      .update(`${profile}\n${address}`)
      .digest('base64url');
    return this.slowHash(fast);
  }

  private async slowHash(fast: string): Promise<string> {
    return (await derive(fast, await this.sharedSalt(), HASH_BYTES, COST)).toString('base64url');
  }

  private async sharedSalt(): Promise<string> {
    if (this.salt === undefined) {
      const key = this.keys.plugin(PLUGIN, 'forgotten-opt-outs:secret');
      await this.redis.client.set(key, randomBytes(32).toString('hex'), 'NX');
      this.salt = (await this.redis.client.get(key))!;
    }
    return this.salt;
  }
}

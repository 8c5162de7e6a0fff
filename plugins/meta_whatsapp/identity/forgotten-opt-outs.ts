import { createHmac, randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import type { Keys, RedisConnection, Write } from '../../../core/index.js';
import type { Conversation, OptOut } from '../conversation/conversation.js';
import { PLUGIN } from '../profile.js';

const derive = promisify<string, string, number, object, Buffer>(scrypt);
/** Deliberately slow, about 25 ms and 8 MB for one address: a million guesses take hours, all numbers of a country months. */
const COST = { N: 8_192, r: 8, p: 1 };
const HASH_BYTES = 24;

/**
 * Remembers the opt-outs of erased people. Without this the next message would go to somebody who wants none. It stores a
 * slow, salted hash of the address, and the opt-out. With the whole store anybody can test one number; only the cost of the hash
 * prevents testing all numbers.
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

  /** Adds the remembered opt-out of this address to a conversation that has no messages yet. */
  async remembered(profile: string, address: string, conversation: Conversation): Promise<Conversation> {
    await this.allSlow();
    if (conversation.seq > 0 || conversation.optedOut || conversation.optedInAtMs > 0) return conversation;
    if ((await this.redis.client.exists(this.slow())) === 0) return conversation; // most installations keep none
    const text = await this.redis.client.hget(this.slow(), await this.field(profile, address));
    if (text === null) return conversation;
    const { v: _, ...optedOut } = JSON.parse(text) as OptOut & { readonly v: 1 };
    return { ...conversation, optedOut };
  }

  /** Migrates old records once for each process, before the first lookup. */
  private allSlow(): Promise<void> {
    this.slowed ??= this.slowDown().catch((error) => {
      this.slowed = undefined;
      throw error;
    });
    return this.slowed;
  }

  /** Replaces the fast hashes of an earlier version by slow ones. It is safe after a crash and with other processes. */
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

  /** The key of an earlier version. */
  private fast(): string {
    return this.keys.plugin(PLUGIN, 'forgotten-opt-outs');
  }

  private async field(profile: string, address: string): Promise<string> {
    // Hashing the earlier version's fast hash lets its records be migrated without the address.
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

import { createHmac, randomBytes } from 'node:crypto';
import type { Keys, RedisConnection, Write } from '../../../core/index.js';
import type { Conversation, OptOut } from '../conversation/conversation.js';
import { PLUGIN } from '../profile.js';

/**
 * Who had said no when they were erased. That must outlive them, or the next message would go to somebody who wants none:
 * kept is a keyed hash of the address, which nobody can turn back into one, and what they said.
 */
export class ForgottenOptOuts {
  private secret: string | undefined;

  constructor(
    private readonly keys: Keys,
    private readonly redis: RedisConnection,
  ) {}

  async writes(profile: string, addresses: readonly string[], optOut: OptOut): Promise<Write[]> {
    const fields = await Promise.all(addresses.map((address) => this.field(profile, address)));
    return fields.map((field): Write => ['HSET', this.hash(), field, JSON.stringify({ v: 1, ...optOut })]);
  }

  /** The conversation with what this address had said, where nothing was ever written there since. */
  async remembered(profile: string, address: string, conversation: Conversation): Promise<Conversation> {
    if (conversation.seq > 0 || conversation.optedOut || conversation.optedInAtMs > 0) return conversation;
    const text = await this.redis.client.hget(this.hash(), await this.field(profile, address));
    if (text === null) return conversation;
    const { v: _, ...optedOut } = JSON.parse(text) as OptOut & { readonly v: 1 };
    return { ...conversation, optedOut };
  }

  private hash(): string {
    return this.keys.plugin(PLUGIN, 'forgotten-opt-outs');
  }

  private async field(profile: string, address: string): Promise<string> {
    this.secret ??= await this.sharedSecret();
    return createHmac('sha256', this.secret).update(`${profile}\n${address}`).digest('base64url');
  }

  private async sharedSecret(): Promise<string> {
    const key = this.keys.plugin(PLUGIN, 'forgotten-opt-outs:secret');
    await this.redis.client.set(key, randomBytes(32).toString('hex'), 'NX');
    return (await this.redis.client.get(key))!;
  }
}

import { inject, injectable } from 'inversify';
import type { Service } from '../contract/service.js';
import { RedisConnection } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';
import { People } from './people.js';

/** Takes up what a program that died between the book and the contact desk has left: at start, the merges and erasures that go on. */
@injectable()
export class PeopleKeeper implements Service {
  readonly name = 'merges and erasures of contacts';

  constructor(
    @inject(People) private readonly people: People,
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Keys) private readonly keys: Keys,
  ) {}

  async start(): Promise<void> {
    for (const contactuuid of await this.redis.client.zrange(this.keys.merging(), '0', '-1')) {
      await this.people.goOnMerging(contactuuid);
    }
    for (const contactuuid of await this.redis.client.zrange(this.keys.erasing(), '0', '-1')) {
      await this.people.erase(contactuuid, false);
    }
  }

  stop(): void {}
}

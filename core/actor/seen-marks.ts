import { inject, injectable } from 'inversify';
import { RedisConnection } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';

const A_LOOK = 5_000;

/**
 * Renames the marks of letters from an earlier version, whose names contain phone numbers. It runs once for each installation,
 * before any letter is sent, so that a repeated letter is still recognised after the upgrade. Running it again does no harm.
 */
@injectable()
export class SeenMarks {
  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Keys) private readonly keys: Keys,
  ) {}

  async rename(): Promise<void> {
    const { client } = this.redis;
    if ((await client.exists(this.keys.seenRenamed())) === 1) return;
    const plain = this.keys.plainSeen();
    let cursor = '0';
    do {
      const [next, names] = await client.scan(cursor, 'MATCH', `${plain}*`, 'COUNT', A_LOOK);
      cursor = next;
      await Promise.all(names.map((name) => this.renameOne(name, plain.length)));
    } while (cursor !== '0');
    await client.set(this.keys.seenRenamed(), '1');
  }

  private async renameOne(name: string, begins: number): Promise<void> {
    try {
      await this.redis.client.rename(name, this.keys.seenNamed(name.slice(begins))); // keeps its time to live
    } catch (error) {
      if (!/no such key/.test((error as Error).message)) throw error; // the mark expired, or another process renamed it
    }
  }
}

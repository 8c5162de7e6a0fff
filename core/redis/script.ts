import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';

/** One Lua script of a file. Its header in the file says what KEYS, ARGV and the result are. */
export class Script {
  private readonly lua: string;
  private readonly sha: string;

  constructor(file: URL) {
    this.lua = readFileSync(file, 'utf8');
    this.sha = createHash('sha1').update(this.lua).digest('hex');
  }

  /** Runs it by its hash; the text is sent only where Redis does not know it yet. */
  async run(redis: Redis, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
    try {
      return await redis.evalsha(this.sha, keys.length, ...keys, ...args);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return redis.eval(this.lua, keys.length, ...keys, ...args);
    }
  }
}

import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';

type Runner = (keyCount: number, ...keysAndArgs: (string | number)[]) => Promise<unknown>;

/** One Lua script of a file. Its header in the file says what KEYS, ARGV and the result are. */
export class Script {
  private readonly lua: string;

  constructor(
    private readonly name: string,
    file: URL,
  ) {
    this.lua = readFileSync(file, 'utf8');
  }

  /** Runs it by its hash; the text is sent only where Redis does not know it yet. */
  run(redis: Redis, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
    const commands = redis as unknown as Record<string, Runner | undefined>;
    if (!commands[this.name]) redis.defineCommand(this.name, { lua: this.lua });
    return commands[this.name]!.call(redis, keys.length, ...keys, ...args);
  }
}

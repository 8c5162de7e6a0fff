import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Redis } from 'ioredis';

/** Every key of a program with its value, one line each. */
export async function storeDump(redis: Redis, prefix: string): Promise<string[]> {
  const found: string[] = [];
  let cursor = '0';
  do {
    const [next, keys] = await redis.scan(cursor, 'MATCH', `{${prefix}:p0}:*`, 'COUNT', 1_000);
    cursor = next;
    for (const key of keys) {
      const value = await dumpOf(redis, key);
      if (value !== undefined) found.push(`${key} ${JSON.stringify(value)}`);
    }
  } while (cursor !== '0');
  return found;
}

/** Undefined: the key has expired since it was listed. */
async function dumpOf(redis: Redis, key: string): Promise<unknown> {
  switch (await redis.type(key)) {
    case 'string':
      return redis.get(key);
    case 'hash':
      return redis.hgetall(key);
    case 'list':
      return redis.lrange(key, 0, -1);
    case 'set':
      return redis.smembers(key);
    case 'zset':
      return redis.zrange(key, '0', '-1');
    case 'stream':
      return redis.xrange(key, '-', '+');
    default:
      return undefined;
  }
}

/** Every file of a folder with its content, one line each; `skip`: folders that are left out. */
export function folderDump(dir: string, skip: RegExp = /^$/): string[] {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files
    .filter(({ parentPath }) => !skip.test(parentPath))
    .map(({ parentPath, name }) => `${name} ${readFileSync(join(parentPath, name), 'latin1')}`);
}

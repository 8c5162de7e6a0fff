import type { RedisOptions } from 'ioredis';
import { StubwireError } from '../errors.js';

const FORMS = 'redis://[user:password@]host[:port][/db], rediss://… for TLS, or the path of a unix socket';

/** Connection options for `redis.url`. Pure. Errors: `redis_url_unsupported`, which never repeats a password. */
export function redisOptions(url: string): RedisOptions {
  if (url.startsWith('/')) return { path: url };
  if (url.startsWith('unix://')) return { path: url.slice('unix://'.length) };
  const scheme = url.match(/^[a-z+-]+(?=:\/\/)/i)?.[0].toLowerCase() ?? '';
  if (/sentinel|cluster/.test(scheme) || url.includes(',')) {
    throw unsupported('names Sentinel or Cluster nodes, which this version cannot use yet');
  }
  if (scheme !== 'redis' && scheme !== 'rediss') {
    throw unsupported(scheme ? `begins with ${scheme}://` : 'has no scheme');
  }
  if (!URL.canParse(url)) throw unsupported('is no valid URL');
  const { hostname, port, username, password, pathname } = new URL(url);
  const db = pathname.slice(1);
  // What stands there may be the rest of a password with a "/" in it, so it is not shown.
  if (!/^\d*$/.test(db)) throw unsupported('has something else where the number of a database should be');
  return {
    host: hostname.replace(/^\[|\]$/g, '') || 'localhost',
    port: Number(port || 6379),
    ...(username && { username: decoded(username) }),
    ...(password && { password: decoded(password) }),
    ...(db && { db: Number(db) }),
    ...(scheme === 'rediss' && { tls: {} }),
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw unsupported('has a % in its user or password that encodes nothing: write %25 for a %');
  }
}

const unsupported = (found: string) =>
  new StubwireError(
    'redis_url_unsupported',
    `redis.url ${found}. It takes ${FORMS}; leave it empty for the embedded Redis.`,
  );

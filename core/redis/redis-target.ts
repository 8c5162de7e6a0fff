import type { RedisOptions } from 'ioredis';

/** Which Redis: where it is and how its keys begin. Bound once at boot, from `redis.url` or the embedded server. */
export class RedisTarget {
  constructor(
    /** Connection options of ioredis: `{path}` of a socket, or host, port, password, tls. */
    readonly options: RedisOptions,
    /** Begins every key, so that several hosts (or test files) can share one Redis. */
    readonly keyPrefix: string,
    /** Whether it is the embedded server, which nobody else uses. */
    readonly isOurs = false,
  ) {}
}

import type { HostConfig } from '../config/host-config.js';
import { StubwireError } from '../errors.js';
import type { Logger } from '../observability/logger.js';
import type { RedisConnection } from '../redis/connection.js';
import { EmbeddedRedis } from '../redis/embedded-redis.js';
import { RedisTarget } from '../redis/redis-target.js';
import { redisOptions } from '../redis/redis-url.js';
import { checkSettings } from '../redis/settings-check.js';
import { storeRefusal } from '../redis/store-refusal.js';

/** How long a configured Redis has to answer at start, ms. */
const ANSWER_MS = 5_000;

/** The Redis that the host runs on: the one of `redis.url`, or the embedded one. */
export class RedisSource {
  readonly target: RedisTarget;
  private readonly embedded: EmbeddedRedis | undefined;

  constructor(
    config: HostConfig['redis'],
    private readonly log: Logger,
  ) {
    this.embedded = config.url === '' ? new EmbeddedRedis(config.data_dir, log) : undefined;
    const where = this.embedded ? { path: this.embedded.path } : redisOptions(config.url);
    // Commands before the start wait.
    this.target = new RedisTarget({ ...where, lazyConnect: true }, config.prefix, this.embedded !== undefined);
  }

  /** Starts the embedded one; `provide` may install its program. Nothing to do for another. */
  async start(provide: () => void): Promise<void> {
    if (!this.embedded) return;
    provide();
    await this.embedded.start();
  }

  async stop(): Promise<void> {
    await this.embedded?.stop();
  }

  /** Errors: `redis_unreachable`, `redis_refused`, `redis_settings_unfit`. */
  async check(connection: RedisConnection): Promise<void> {
    let warnings: readonly string[];
    try {
      warnings = await connection.orAway(checkSettings(connection.client), ANSWER_MS);
      await connection.probe(ANSWER_MS);
    } catch (error) {
      if (error instanceof StubwireError && storeRefusal(error)) throw this.refused(error);
      if (error instanceof StubwireError && error.code !== 'store_away') throw error;
      throw this.unreachable(error as Error);
    }
    for (const warning of warnings) this.log.warn(warning);
  }

  private get where(): string {
    const { options } = this.target;
    return options.path ?? `${options.host}:${options.port}`;
  }

  private refused(cause: StubwireError): StubwireError {
    return new StubwireError('redis_refused', `${cause.message} It is the one at ${this.where}.`, { cause });
  }

  private unreachable(error: Error): StubwireError {
    const message = `The Redis at ${this.where} does not answer: ${error.message} Check redis.url, or leave it empty for the embedded one.`;
    return new StubwireError('redis_unreachable', message, { cause: error });
  }
}

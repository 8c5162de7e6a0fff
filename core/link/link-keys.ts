import { randomBytes } from 'node:crypto';
import { inject, injectable, type ServiceIdentifier } from 'inversify';
import { StubwireError } from '../errors.js';
import { RedisConnection } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';

/** `http.link_secrets`: the first signs, all of them verify. */
export interface LinkSecrets {
  readonly secrets: readonly string[];
}
export const LinkSecrets: ServiceIdentifier<LinkSecrets> = Symbol.for('stubwire.LinkSecrets');

/**
 * The keys that links are signed with: those of the configuration, or one that the first process makes and keeps in Redis
 * for all of them. That one goes on verifying once there are configured ones, so links that are out stay good.
 */
@injectable()
export class LinkKeys {
  private keys: readonly string[] | undefined;

  constructor(
    @inject(LinkSecrets) private readonly configured: LinkSecrets,
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Keys) private readonly names: Keys,
  ) {}

  /** Part of the boot: links are made where nothing can be waited for. */
  async load(): Promise<void> {
    const { secrets } = this.configured;
    const name = this.names.linkSecret();
    if (secrets.length === 0) await this.redis.client.set(name, randomBytes(32).toString('hex'), 'NX');
    const kept = await this.redis.client.get(name);
    this.keys = kept === null ? secrets : [...secrets, kept];
  }

  /** The first signs. */
  all(): readonly string[] {
    if (this.keys === undefined)
      throw new StubwireError('internal', 'The keys of links are used before they are loaded.');
    return this.keys;
  }
}

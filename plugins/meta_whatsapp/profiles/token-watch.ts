import { createHash } from 'node:crypto';
import { inject, injectable } from 'inversify';
import { Keys, LanePauses, Logger, RedisConnection, type Service } from '../../../core/index.js';
import { PLUGIN, sendQueueOf, WhatsAppConfig } from '../profile.js';

/** The reason of a pause that a person made; such a one is ended by a person too. */
export const PAUSED_BY_HAND = 'paused_by_hand';

const fingerprintOf = (token: string): string => createHash('sha256').update(token).digest('hex').slice(0, 16);

/**
 * A profile that Meta refused altogether stays paused over restarts, for the same token would be refused again. Where the
 * program starts with another access token than before, its sending goes on by itself. Of tokens only the first 16 hex
 * digits of their SHA-256 are stored.
 */
@injectable()
export class TokenWatch implements Service {
  readonly name = 'WhatsApp access tokens';
  private readonly fingerprints: string;

  constructor(
    @inject(WhatsAppConfig) private readonly config: WhatsAppConfig,
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Keys) keys: Keys,
    @inject(LanePauses) private readonly pauses: LanePauses,
    @inject(Logger) private readonly log: Logger,
  ) {
    this.fingerprints = keys.plugin(PLUGIN, 'token-fingerprints');
  }

  async start(): Promise<void> {
    await Promise.all(
      Object.entries(this.config.profiles).map(([name, profile]) => this.look(name, profile.access_token)),
    );
  }

  stop(): void {
    // It only looks at start.
  }

  /** Goes on first and notes then: if the process dies between, the next start finds it new once more. */
  private async look(profile: string, token: string): Promise<void> {
    const fingerprint = fingerprintOf(token);
    const before = await this.redis.client.hget(this.fingerprints, profile);
    if (before === fingerprint) return;
    const queue = sendQueueOf(profile);
    const { pause } = await this.pauses.state(queue);
    if (before !== null && pause && pause.problem.code !== PAUSED_BY_HAND) {
      this.log.info({ profile }, 'the access token is another one than before: sending goes on');
      await this.pauses.resume(queue);
    }
    await this.redis.client.hset(this.fingerprints, profile, fingerprint);
  }
}

import { inject, injectable } from 'inversify';
import { Keys, LanePauses, Logger, PAUSED_BY_HAND, RedisConnection, type Service } from '../../../core/index.js';
import { PLUGIN, sendQueueOf, WhatsAppConfig } from '../profile.js';
import { fingerprintOf } from './credential.js';

const EVERY_MS = 5_000;

/**
 * A profile that Meta refused altogether stays paused over restarts, for the same token would be refused again. Where the
 * program starts with another access token than before, its sending goes on by itself. While tokens are changed process by
 * process, those that still have the old one go on being refused: whoever has another, not refused yet, lets it go on.
 */
@injectable()
export class TokenWatch implements Service {
  readonly name = 'WhatsApp access tokens';
  private readonly fingerprints: string;
  /** Profiles whose token was refused since this process started. */
  private readonly refused = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;

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
    await Promise.all(Object.entries(this.config.profiles).map(([name, profile]) => this.begin(name, profile)));
    await this.look();
    this.timer = setInterval(() => {
      this.looking ??= this.look()
        .catch((error: unknown) => this.log.debug({ err: error }, 'pauses could not be looked at; tried again'))
        .finally(() => {
          this.looking = undefined;
        });
    }, EVERY_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  /** Lets profiles go on that another process's token has stopped. */
  async look(): Promise<void> {
    const pauses = await this.pauses.all();
    for (const [name, profile] of Object.entries(this.config.profiles)) {
      const credential = pauses[sendQueueOf(name)]?.credential;
      if (credential === undefined) continue;
      if (credential === fingerprintOf(profile)) this.refused.add(name);
      else if (!this.refused.has(name)) await this.goOn(name);
    }
  }

  /** Goes on first and notes then: if the process dies between, the next start finds it new once more. */
  private async begin(name: string, profile: WhatsAppConfig['profiles'][string]): Promise<void> {
    const fingerprint = fingerprintOf(profile);
    const before = await this.redis.client.hget(this.fingerprints, name);
    if (before === fingerprint) return;
    const { pause } = await this.pauses.state(sendQueueOf(name));
    if (before !== null && pause && pause.problem.code !== PAUSED_BY_HAND) await this.goOn(name);
    await this.redis.client.hset(this.fingerprints, name, fingerprint);
  }

  private async goOn(profile: string): Promise<void> {
    this.log.info({ profile }, 'the access token is another one than the one that was refused: sending goes on');
    await this.pauses.resume(sendQueueOf(profile));
  }
}

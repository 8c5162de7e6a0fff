import { randomUUID } from 'node:crypto';
import { inject, injectable } from 'inversify';
import { RedisConnection, Script } from '../../../core/index.js';
import type { Account } from '../accounts/account-book.js';
import { EmulatorConfig, PairLimit } from '../emulator-config.js';
import { EmulatorKeys } from '../emulator-keys.js';
import { GraphError } from './graph-error.js';

const admitScript = new Script(new URL('../scripts/emulator-admit.lua', import.meta.url));

const DETAILS: { readonly [code: number]: string } = {
  130429: 'Cloud API message throughput has been reached.',
  131056: 'Too many messages were sent from this number to the same number in a short period of time.',
};

/** The limits of sending that the configuration asks for, counted over all processes on the product's clock. */
@injectable()
export class SendLimits {
  private readonly pair: PairLimit | undefined;
  private readonly perSecond: number;

  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(EmulatorKeys) private readonly keys: EmulatorKeys,
    @inject(EmulatorConfig) { pair_limit, throughput_per_second }: EmulatorConfig,
  ) {
    this.pair = pair_limit === true ? PairLimit.parse({}) : pair_limit || undefined;
    this.perSecond = throughput_per_second ?? 0;
  }

  /** Counts one send. Meta's refusal where it is over a limit. */
  async admit({ phoneNumberId }: Account, client: string): Promise<GraphError | undefined> {
    if (!this.pair && this.perSecond === 0) return undefined;
    const keys = [this.keys.clockOffset(), this.keys.sendRate(phoneNumberId), this.keys.client(client)];
    const args = [phoneNumberId, this.perSecond, this.pair?.interval_ms ?? 0, this.pair?.burst ?? 0, randomUUID()];
    const code = (await this.redis.orAway(admitScript.run(this.redis.client, keys, args))) as number;
    return code === 0 ? undefined : new GraphError(code, DETAILS[code]!);
  }
}

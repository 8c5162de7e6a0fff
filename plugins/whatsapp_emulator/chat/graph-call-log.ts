import { inject, injectable } from 'inversify';
import { RedisConnection } from '../../../core/index.js';
import { EmulatorConfig } from '../emulator-config.js';
import { EmulatorKeys } from '../emulator-keys.js';

/** One Graph call as it is listed. Headers, and with them tokens, are never kept. */
export interface GraphCall {
  /** ISO 8601, product clock where the call was opened, else this process's. */
  readonly at: string;
  readonly method: string;
  /** Below `/emulator/graph`. */
  readonly path: string;
  readonly profile?: string;
  /** The client's number, where the call names one that is known. */
  readonly client?: string;
  readonly body: unknown;
  /** The HTTP status answered; 0 where a fault destroyed the connection. */
  readonly status: number;
  readonly answer: unknown;
}

/** The newest Graph calls. */
@injectable()
export class GraphCallLog {
  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(EmulatorKeys) private readonly keys: EmulatorKeys,
    @inject(EmulatorConfig) private readonly config: EmulatorConfig,
  ) {}

  /** Notes a call that changed nothing else; one that did is noted by its commit. */
  async add(call: GraphCall): Promise<void> {
    const kept = this.config.requests_kept;
    const added = this.redis.client.xadd(this.keys.requests(), 'MAXLEN', '~', kept, '*', 'call', JSON.stringify(call));
    await this.redis.orAway(added);
  }

  /** Oldest first. */
  async list(limit: number, client?: string): Promise<readonly (GraphCall & { readonly id: string })[]> {
    const read = this.redis.client.xrevrange(this.keys.requests(), '+', '-', 'COUNT', this.config.requests_kept);
    const calls = (await this.redis.orAway(read)).map(([id, fields]) => ({
      id,
      ...(JSON.parse(fields[1]!) as GraphCall),
    }));
    const wanted = client === undefined ? calls : calls.filter((call) => call.client === client);
    return wanted.slice(0, limit).reverse();
  }
}

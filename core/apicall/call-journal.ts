import { inject, injectable } from 'inversify';
import type { Write } from '../contract/actor-kind.js';
import type { Problem } from '../contract/stub.js';
import { StubwireError } from '../errors.js';
import { RedisConnection } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';
import type { CallPayload } from './call-answer.js';

/** How a call ended: what the task says of it. */
export interface CallResult {
  readonly payload?: CallPayload;
  readonly error?: Problem;
}

/** Longer than a host is down; a record goes with the commit of its run, so only what a crash left behind stays. */
const KEPT_MS = 86_400_000;

/**
 * How calls ended whose run is not committed yet. A run that is begun again (a crash after the answer, a turn that another
 * process took over) finds here what its calls came to, and does not make them a second time.
 */
@injectable()
export class CallJournal {
  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Keys) private readonly keys: Keys,
  ) {}

  async read(key: string): Promise<CallResult | undefined> {
    const text = await this.redis.client.get(this.keys.calledBefore(key));
    if (text === null) return undefined;
    const { v, ...result } = JSON.parse(text) as CallResult & { readonly v: number };
    if (v !== 1) throw new StubwireError('internal', `A call is stored as version ${v}; this program reads version 1.`);
    return result;
  }

  /** The first end counts: of two processes that made the call, both go on with the same. */
  async keep(key: string, result: CallResult): Promise<CallResult> {
    const record = JSON.stringify({ v: 1, ...result });
    const isFirst = await this.redis.client.set(this.keys.calledBefore(key), record, 'PX', KEPT_MS, 'NX');
    return isFirst === null ? ((await this.read(key)) ?? result) : result;
  }

  /** For the commit of the run. */
  forgetting(key: string): Write[] {
    return [['DEL', this.keys.calledBefore(key)]];
  }
}

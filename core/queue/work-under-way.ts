import { inject, injectable } from 'inversify';
import { RedisConnection } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';
import { Script } from '../redis/script.js';
import { Queues } from './queues.js';

const lookScript = new Script(new URL('./scripts/work-under-way.lua', import.meta.url));

/** Work that stands elsewhere than in queues and mailboxes, as keys of sorted sets. */
export interface FurtherWork {
  /** By when it is due, ms on the product's clock. */
  readonly due: readonly string[];
  /** Every member is at work now. */
  readonly atWork: readonly string[];
}

export interface Look {
  /** Names of what is under way, 20 at most; none: everything rests until `nextDueMs`. */
  readonly underWay: readonly string[];
  /** Product clock; undefined: nothing waits for its time. */
  readonly nextDueMs?: number;
  readonly nowMs: number;
}

/** Says whether anything is under way in the whole engine: letters, turns, sends, timers that are due. One exact look. */
@injectable()
export class WorkUnderWay {
  constructor(
    @inject(Queues) private readonly queues: Queues,
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Keys) private readonly keys: Keys,
  ) {}

  async look(queueOfKind: ReadonlyMap<string, string>, further: FurtherWork): Promise<Look> {
    const queues = this.queues.all();
    const keys = [
      this.keys.clockOffset(),
      this.keys.mail(),
      ...queues.flatMap((queue) => ['meta', 'wait', 'active', 'prioritized', 'delayed'].map((key) => queue.toKey(key))),
      ...further.due,
      ...further.atWork,
    ];
    const kinds = [...queueOfKind].flatMap(([kind, queue]) => [kind, this.queues.get(queue).toKey('')]);
    const args = [queues.length, further.due.length, further.atWork.length, ...kinds];
    const [nextDue, now, underWay] = (await lookScript.run(this.redis.client, keys, args)) as [
      string,
      string,
      string[],
    ];
    return { underWay, nowMs: Number(now), ...(nextDue !== '' && { nextDueMs: Number(nextDue) }) };
  }
}

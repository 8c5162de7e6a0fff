import { inject, injectable } from 'inversify';
import { TurnQueues } from '../queue/turn-queues.js';
import { RedisConnection } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';
import { KindQueues } from './kind-queues.js';
import { RedisClock } from './redis-clock.js';

/** A running worker handles a letter, or finds out why it waits, within seconds. */
const OLDER_THAN_MS = 10_000;

/** Finds letters that wait because no worker is running: no process has the role `all` or `worker`, or it has died. */
@injectable()
export class UnattendedMail {
  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Keys) private readonly keys: Keys,
    @inject(RedisClock) private readonly clock: RedisClock,
    @inject(TurnQueues) private readonly turns: TurnQueues,
    @inject(KindQueues) private readonly kinds: KindQueues,
  ) {}

  /** Says what waits and what to do; undefined if a worker is running or nothing waits. Reads Redis at each call. */
  async problem(): Promise<string | undefined> {
    const olderThan = (await this.clock.nowMs()) - OLDER_THAN_MS;
    const waiting = await this.redis.client.zcount(this.keys.mail(), '-inf', olderThan);
    if (waiting === 0 || (await this.turns.hasWorkers(this.kinds.queueOf('stub')))) return undefined;
    const work =
      waiting === 1
        ? '1 stub, conversation or other actor has'
        : `${waiting} stubs, conversations and other actors have`;
    return `No worker is running: ${work} letters older than ${OLDER_THAN_MS / 1_000} s. They are kept. Start a process with the role all or worker, such as "npm start".`;
  }
}

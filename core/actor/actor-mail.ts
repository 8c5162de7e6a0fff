import { inject, injectable } from 'inversify';
import type { Tell } from '../contract/actor-kind.js';
import { TurnQueues } from '../queue/turn-queues.js';
import { RedisConnection } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';
import { Script } from '../redis/script.js';
import { KindQueues } from './kind-queues.js';

/** Marks of letters had are kept this long: Meta repeats a webhook for 7 days. */
export const SEEN_MS = 8 * 86_400_000;

const tellScript = new Script(new URL('./scripts/tell.lua', import.meta.url));

/**
 * Posts letters to actors. A letter is stored (once, by its id) and then the actor is woken; both steps may be repeated,
 * and the sweeper mends a process that dies between them.
 */
@injectable()
export class ActorMail {
  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Keys) private readonly keys: Keys,
    @inject(TurnQueues) private readonly queues: TurnQueues,
    @inject(KindQueues) private readonly kinds: KindQueues,
  ) {}

  /** Resolves when every letter is stored and its actor is woken. `true` for each that was new. */
  async tell(tells: readonly Tell[]): Promise<boolean[]> {
    const stored = await Promise.all(tells.map((tell) => this.store(tell)));
    await this.wake(tells.filter((_, at) => stored[at] !== 'behind others'));
    return stored.map((result) => result !== 'known');
  }

  /** The second half of `tell`, for letters that a commit has stored itself. */
  async wake(tells: readonly Tell[]): Promise<void> {
    await Promise.all(
      tells.map(({ to, urgent }) => this.queues.wake(this.kinds.queueOf(to.kind), to.id, urgent ?? false)),
    );
  }

  private async store({ to, id, body, urgent }: Tell): Promise<'known' | 'first' | 'behind others'> {
    this.kinds.queueOf(to.kind); // a letter to nobody is refused before it is stored
    const { mailbox, seen, mail, clockOffset } = this.keys;
    const keys = [mailbox(to.kind, to.id), seen(to.kind, to.id, id), mail(), clockOffset()];
    const args = [`${to.kind}|${to.id}`, id, JSON.stringify(body), SEEN_MS, urgent ? '1' : '0'];
    const result = (await tellScript.run(this.redis.client, keys, args)) as 0 | 1 | 2;
    return (['known', 'first', 'behind others'] as const)[result];
  }
}

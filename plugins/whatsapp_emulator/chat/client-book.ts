import { inject, injectable } from 'inversify';
import { masked, RedisConnection, StubwireError } from '../../../core/index.js';
import { EmulatorConfig } from '../emulator-config.js';
import { EmulatorKeys } from '../emulator-keys.js';
import { GraphError } from '../graph/graph-error.js';
import { digitsOf, type Recipient, USER_ID } from '../message/recipient.js';

/** Who is meant by a number or a user id, and whether there is room for one more client. */
@injectable()
export class ClientBook {
  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(EmulatorKeys) private readonly keys: EmulatorKeys,
    @inject(EmulatorConfig) private readonly config: EmulatorConfig,
  ) {}

  /**
   * The client that a number or a user id names now. A number that nobody has had yet is a client of its own; undefined
   * for a number that was given up, a user id that is unknown, and what is neither.
   */
  async find(written: string): Promise<string | undefined> {
    const { client: redis } = this.redis;
    if (USER_ID.test(written)) return (await this.redis.orAway(redis.hget(this.keys.users(), written))) ?? undefined;
    const digits = digitsOf(written);
    if (digits === undefined) return undefined;
    return ((await this.redis.orAway(redis.hget(this.keys.numbers(), digits))) ?? digits) || undefined;
  }

  /** Whom a send reaches. Throws Meta's 131026 where nobody is there. */
  async addressed(recipient: Recipient): Promise<string> {
    const client = await this.find(recipient.by === 'number' ? recipient.number : recipient.userId);
    if (client === undefined)
      throw new GraphError(131026, `Message undeliverable: nobody here has this ${recipient.by.replace('_', ' ')}.`);
    if (await this.hasRoomFor(client)) return client;
    throw new GraphError(131026, `Message undeliverable: ${this.full()}`);
  }

  /** Who writes. Throws `number_invalid` and `emulator_full`. */
  async writing(written: string): Promise<string> {
    const client = await this.find(written);
    if (client !== undefined) {
      await this.expectRoomFor(client);
      return client;
    }
    const shown = USER_ID.test(written) ? written : digitsOf(written) ? masked(written) : `"${written}"`;
    throw new StubwireError(
      'number_invalid',
      `${shown} is neither a number of 7 to 15 digits that somebody has, nor a user id seen here. POST /emulator/clients makes a client with either.`,
    );
  }

  async expectRoomFor(client: string): Promise<void> {
    if (!(await this.hasRoomFor(client))) throw new StubwireError('emulator_full', this.full());
  }

  private full(): string {
    return `The emulator has ${this.config.clients_max} clients, which is the limit. Write as one of them, or raise plugins.whatsapp_emulator.clients_max.`;
  }

  /** Two that come at the same moment may both be let in. */
  private async hasRoomFor(client: string): Promise<boolean> {
    const { client: redis } = this.redis;
    const [known, count] = await this.redis.orAway(
      Promise.all([redis.zscore(this.keys.clients(), client), redis.zcard(this.keys.clients())]),
    );
    return known !== null || count < this.config.clients_max;
  }
}

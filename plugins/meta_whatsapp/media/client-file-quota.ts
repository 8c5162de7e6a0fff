import { inject, injectable } from 'inversify';
import { Clock, Keys, type Problem, RedisConnection } from '../../../core/index.js';
import { PLUGIN, type Profile } from '../profile.js';

const DAY_MS = 86_400_000;

/** Sorted set of the files of a conversation's client, as `<media id> <bytes>`, by when they were first asked for. */
export const clientFilesKey = (keys: Keys, conversation: string): string =>
  keys.plugin(PLUGIN, `client-files:${conversation}`);

/** Limits the files of a client that are stored within 24 hours, because anybody can send files to the number. */
@injectable()
export class ClientFileQuota {
  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Keys) private readonly keys: Keys,
    @inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * Counts the file, or returns why it must not be stored, without counting it. A repeat is not counted again. Files that are
   * fetched at the same time may exceed the limit together.
   */
  async refusal(
    conversation: string,
    mediaId: string,
    bytes: number,
    { per_day, mb_per_day }: Profile['client_files'],
  ): Promise<Problem | undefined> {
    const key = clientFilesKey(this.keys, conversation);
    const nowMs = await this.clock.nowMs();
    const file = `${mediaId} ${bytes}`;
    const { client } = this.redis;
    await client.zremrangebyscore(key, '-inf', String(nowMs - DAY_MS));
    await client.zadd(key, 'NX', String(nowMs), file);
    await client.pexpire(key, 2 * DAY_MS);
    const files = await client.zrange(key, '0', '-1');
    const before = files.slice(0, files.indexOf(file));
    const total = before.reduce((sum, other) => sum + Number(other.slice(other.indexOf(' '))), bytes);
    if (before.length < per_day && total <= mb_per_day * 1_000_000) return undefined;
    await client.zrem(key, file);
    return {
      code: 'media_quota',
      message: `The client exceeded the limit of ${per_day} files or ${mb_per_day} MB in 24 hours (client_files of the profile). Meta keeps this file for 7 days under the id in whatsapp_body. Raise the limit, or ask the client to send it again later.`,
    };
  }
}

import assert from 'node:assert/strict';
import { pino } from 'pino';
import type { SendOutcome } from '../../core/contract/channel.js';
import { RedisConnection } from '../../core/redis/connection.js';
import { Keys } from '../../core/redis/keys.js';
import { RedisTarget } from '../../core/redis/redis-target.js';
import { type WhatsAppConfig, WhatsAppConfigSchema } from '../../plugins/meta_whatsapp/profile.js';
import { withCredential } from '../../plugins/meta_whatsapp/profiles/credential.js';
import { TokenWatch } from '../../plugins/meta_whatsapp/profiles/token-watch.js';
import { LaneHost } from '../support/lane-host.js';
import { privateRedis } from '../support/private-redis.js';
import { TestProvider } from '../support/test-provider.js';

const QUEUE = 'whatsapp-send-main';

/** What a process with this token knows of the profile. */
const configOf = (access_token: string): WhatsAppConfig => {
  const config = WhatsAppConfigSchema.parse({});
  return { ...config, profiles: { main: { ...config.profiles['main']!, access_token } } };
};
const refusal = (token: string, provider_code = 190) =>
  withCredential(
    { result: 'halt', problem: { code: 'provider_refused', message: 'No.', provider_code } },
    { access_token: token },
  ) as Extract<SendOutcome, { result: 'halt' }>;

describe('meta_whatsapp: tokens that are changed process by process', () => {
  let host: LaneHost;
  let redis: RedisConnection;
  let watches: TokenWatch[];

  beforeEach(async () => {
    host = new LaneHost(new TestProvider(400, QUEUE), privateRedis.newPrefix(), privateRedis.options);
    redis = new RedisConnection(new RedisTarget(privateRedis.options, host.prefix));
    watches = [];
    await host.start();
  });
  afterEach(async () => {
    for (const watch of watches) await watch.stop();
    await redis.close();
    await host.stop();
  });

  async function processWith(token: string): Promise<TokenWatch> {
    const log = pino({ level: 'silent' });
    const watch = new TokenWatch(configOf(token), redis, new Keys(host.prefix), host.pauses, log);
    watches.push(watch);
    await watch.start();
    return watch;
  }
  const isPaused = async () => (await host.pauses.state(QUEUE)).paused;

  it('do not stop the profile for good when one with the old token is refused after the new one began', async () => {
    const old = await processWith('old');
    await host.pauses.pause(QUEUE, refusal('old'));
    const fresh = await processWith('fresh');
    assert.equal(await isPaused(), false, 'another token than before');
    await host.pauses.pause(QUEUE, refusal('old'));
    await old.look();
    assert.equal(await isPaused(), true, 'its own token was refused');
    await fresh.look();
    assert.equal(await isPaused(), false);
    await host.pauses.pause(QUEUE, refusal('old'));
    await processWith('fresh');
    assert.equal(await isPaused(), false, 'nor over a restart with the token that is known already');
  });

  it('stop it where the new one is refused too', async () => {
    const [old, fresh] = [await processWith('old'), await processWith('fresh')];
    for (const token of ['old', 'fresh']) {
      await host.pauses.pause(QUEUE, refusal(token));
      await (token === 'old' ? old : fresh).look();
      await (token === 'old' ? fresh : old).look();
    }
    assert.equal(await isPaused(), true);
  });

  it('leave alone what no token helps against, and what a person stopped', async () => {
    await processWith('old');
    const fresh = await processWith('fresh');
    for (const pause of [refusal('old', 131031), { problem: { code: 'paused_by_hand', message: 'By hand.' } }]) {
      await host.pauses.pause(QUEUE, pause);
      await fresh.look();
      assert.equal(await isPaused(), true);
      await host.pauses.resume(QUEUE);
    }
  });
});

import { pino } from 'pino';
import { EmbeddedRedis } from '../../core/redis/embedded-redis.js';

/** A process that does nothing but use the embedded Redis of a folder: says `up` or the error's code, ends at SIGTERM. */
const redis = new EmbeddedRedis(process.argv[2]!, pino({ level: 'silent' }));
process.once('SIGTERM', async () => {
  await redis.stop();
  process.exit(0);
});
try {
  await redis.start();
  process.send?.('up');
} catch (error) {
  process.send?.((error as { code?: string }).code ?? String(error));
}

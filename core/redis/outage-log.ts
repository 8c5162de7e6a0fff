import type { Redis } from 'ioredis';
import type { Logger } from '../observability/logger.js';

/** Logs one line when Redis goes away and one when it is back. Returns a function that stops this. */
export function logOutages(client: Redis, log: Logger): () => void {
  let awaySince: number | undefined;
  const away = (): void => {
    if (awaySince !== undefined) return;
    awaySince = performance.now();
    log.warn('Redis does not answer: requests get 503, and work waits until it is back');
  };
  const back = (): void => {
    if (awaySince === undefined) return;
    log.warn({ awayMs: Math.round(performance.now() - awaySince) }, 'Redis is back: work continues');
    awaySince = undefined;
  };
  client.on('close', away).on('ready', back);
  return () => void client.off('close', away).off('ready', back);
}

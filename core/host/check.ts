import { listed } from '../config/nearest.js';
import { createLogger } from '../observability/logger.js';
import { RedisConnection } from '../redis/connection.js';
import { Templates } from '../template/templates.js';
import { assemble } from './assemble.js';
import { readConfig } from './read-config.js';
import { RedisSource } from './redis-source.js';

/** `stubwire check`: everything that a start reads, and nothing that it starts. Resolves with what to print. */
export async function check(configFile: string, templateFiles: readonly string[]): Promise<string> {
  const config = await readConfig(configFile);
  const log = createLogger('silent');
  const values = { config, log, target: new RedisSource(config.redis, log).target };
  const container = await assemble(values, templateFiles);
  await container.get(RedisConnection).close();
  const names = container.get(Templates).names();
  return `All is right: ${configFile}, ${config.plugins.length} plugins, templates ${listed(names)}.`;
}

import { fileURLToPath } from 'node:url';
import type { Container } from 'inversify';
import type { CheckTemplatesOptions } from '../../core/check/check-templates.js';
import { type HostConfig, readHostConfig } from '../../core/config/host-config.js';
import { TemplateCheck } from '../../core/contract/template-check.js';
import { assemblePlugins, vocabularyOf } from '../../core/host/assemble.js';
import { createLogger } from '../../core/observability/logger.js';
import { RedisTarget } from '../../core/redis/redis-target.js';

const CONFIG = fileURLToPath(new URL('../../../config/stubwire.yaml', import.meta.url));
let made: Promise<CheckTemplatesOptions> | undefined;

/** What `stubwire check` works with, for the plugins of the sample configuration, and no Redis. */
export function ruleWorld(): Promise<CheckTemplatesOptions> {
  made ??= make();
  return made;
}

async function make(): Promise<CheckTemplatesOptions> {
  const { container, config } = await samplePlugins();
  return {
    vocabulary: vocabularyOf(container),
    rules: container.getAll(TemplateCheck),
    org: config.org,
    storeAnswers: false,
  };
}

let assembled: Promise<{ readonly container: Container; readonly config: HostConfig }> | undefined;

/** The program with the plugins of the sample configuration, put together and not started. */
export function samplePlugins(): Promise<{ readonly container: Container; readonly config: HostConfig }> {
  assembled ??= putTogether();
  return assembled;
}

async function putTogether(): Promise<{ readonly container: Container; readonly config: HostConfig }> {
  const { config, problems } = readHostConfig(CONFIG, {});
  if (!config) throw new Error(problems.map(({ message }) => message).join('\n'));
  const target = new RedisTarget({ path: '/nowhere', lazyConnect: true }, 'check');
  return { container: await assemblePlugins({ config, log: createLogger('silent'), target }), config };
}

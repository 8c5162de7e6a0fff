import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Container } from 'inversify';
import type { HostConfig } from '../config/host-config.js';
import { createLogger } from '../observability/logger.js';
import { RedisServerProcess } from '../redis/redis-server-process.js';
import { isAlive } from '../redis/start-lock.js';
import { loadTemplates } from '../template/template-loader.js';
import { Templates } from '../template/templates.js';
import { joinPlugins, vocabularyOf } from './assemble.js';
import { startUp } from './boot.js';
import { Origins } from './origins.js';
import { loadPlugins } from './plugin-loader.js';
import { readConfig } from './read-config.js';
import { RedisSource } from './redis-source.js';
import { playedPlugins, requirePlayed } from './story-plugins.js';

const FOLDER = 'stubwire-stories-';
/** Stands for a variable that is not set: secrets mean nothing here, and a build server has none. */
const NOT_SET = 'not-set-in-stories';

/** The whole program as it runs stories: with emulators, on a Redis and a folder of its own that are thrown away. */
export interface StoryEngine {
  readonly container: Container;
  stop(): Promise<void>;
}

/** The configuration of the host as stories read it. */
export const storyConfig = (file: string): Promise<HostConfig> => readConfig(file, NOT_SET);

/** Starts it with the templates of a folder. Errors: whatever a start finds wrong, and `stories_not_played`. */
export async function startStoryEngine(host: HostConfig, templates: string): Promise<StoryEngine> {
  const log = createLogger('silent');
  await sweep();
  const dir = mkdtempSync(join(tmpdir(), `${FOLDER}${process.pid}-`));
  const server = new RedisServerProcess(dir, join(dir, 'redis.sock'), false);
  const end = async (): Promise<void> => {
    await server.ensureGone(0);
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    const config: HostConfig = {
      ...host,
      http: { ...host.http, host: '127.0.0.1', port: 0 },
      redis: { ...host.redis, url: `unix://${server.socket}`, prefix: 'stories' },
      files: { ...host.files, dir: join(dir, 'files') },
      auth: { tokens: [{ name: 'stories', token: randomUUID(), role: 'admin' }] }, // nobody else has a say
    };
    mkdirSync(config.files.dir);
    const redis = new RedisSource(config.redis, log);
    const plugins = await playedPlugins(await loadPlugins(config.plugins));
    const origins = new Origins();
    const container = joinPlugins({ config, log, target: redis.target }, plugins, origins);
    requirePlayed(container, origins, plugins);
    container.get(Templates).replace(loadTemplates(templates, vocabularyOf(container)));
    await server.ensureUp();
    const program = await startUp(container, redis, { role: 'all', provideRedis: () => undefined });
    const stop = async (): Promise<void> => {
      await program.stop();
      await end();
    };
    return { container, stop };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Removes what runs that were killed have left: their Redis would stay for ever. */
async function sweep(): Promise<void> {
  for (const entry of readdirSync(tmpdir())) {
    const pid = Number(new RegExp(`^${FOLDER}(\\d+)-`).exec(entry)?.[1]);
    if (!pid || isAlive(pid)) continue;
    const dir = join(tmpdir(), entry);
    await new RedisServerProcess(dir, join(dir, 'redis.sock')).ensureGone(0);
    rmSync(dir, { recursive: true, force: true });
    await sleep(0);
  }
}

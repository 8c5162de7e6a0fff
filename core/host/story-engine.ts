import { randomUUID } from 'node:crypto';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Container } from 'inversify';
import type { HostConfig } from '../config/host-config.js';
import { createLogger } from '../observability/logger.js';
import { RedisConnection } from '../redis/connection.js';
import { RedisServerProcess } from '../redis/redis-server-process.js';
import { isAlive } from '../redis/start-lock.js';
import { PlayedCaller } from '../story/played-caller.js';
import type { KnownTemplate } from '../story/story-names.js';
import { BASE_ACTIONS } from '../stub/base-actions.js';
import { loadTemplates } from '../template/template-loader.js';
import { Templates } from '../template/templates.js';
import { joinPlugins, vocabularyOf } from './assemble.js';
import { type Program, startUp } from './boot.js';
import { Origins } from './origins.js';
import { loadPlugins } from './plugin-loader.js';
import { readConfig } from './read-config.js';
import { RedisSource } from './redis-source.js';
import { playedPlugins, requirePlayed } from './story-plugins.js';

const FOLDER = 'stubwire-stories-';
/** Stands for a variable that is not set: secrets mean nothing here, and a build server has none. */
const NOT_SET = 'not-set-in-stories';

/** The configuration of the host as stories read it. */
export const storyConfig = (file: string): Promise<HostConfig> => readConfig(file, NOT_SET);

/**
 * The whole program as it runs stories: with emulators, and with a Redis and a folder of its own that are thrown away. The
 * Redis, the files, the port and the tokens of the configuration are not touched.
 */
export class StoryEngine {
  private program: Program | undefined;
  /** Who presses Ctrl-C twice has no wish to wait, and none to keep our Redis. */
  private readonly atExit = () => {
    this.server.kill('SIGKILL');
    this.remove();
  };

  private constructor(
    readonly container: Container,
    readonly caller: PlayedCaller,
    private readonly source: RedisSource,
    private readonly dir: string,
    private readonly server: RedisServerProcess,
  ) {
    process.on('exit', this.atExit);
  }

  /** Puts it together with the templates of a folder, and starts nothing. Errors: as a start, and `stories_not_played`. */
  static async prepare(host: HostConfig, templates: string, provideRedis: () => void): Promise<StoryEngine> {
    await sweep();
    const dir = mkdtempSync(join(tmpdir(), `${FOLDER}${process.pid}-`));
    try {
      const server = new RedisServerProcess(dir, join(dir, 'redis.sock'), false);
      const config: HostConfig = {
        ...host,
        http: { ...host.http, host: '127.0.0.1', port: 0 },
        redis: { ...host.redis, url: `unix://${server.socket}`, prefix: 'stories' },
        files: { ...host.files, dir: join(dir, 'files') },
        apicall: { ...host.apicall, secrets: withoutValues(host.apicall.secrets) },
        auth: { tokens: [{ name: 'stories', token: randomUUID(), role: 'admin' }] }, // nobody else has a say
      };
      mkdirSync(config.files.dir);
      const log = createLogger('silent');
      const source = new RedisSource(config.redis, log);
      const plugins = await playedPlugins(await loadPlugins(config.plugins));
      const origins = new Origins();
      const caller = new PlayedCaller(config.apicall);
      const container = joinPlugins({ config, log, target: source.target, caller }, plugins, origins);
      requirePlayed(container, origins, plugins);
      container.get(Templates).replace(loadTemplates(templates, vocabularyOf(container)));
      provideRedis();
      return new StoryEngine(container, caller, source, dir, server);
    } catch (error) {
      rmSync(dir, { recursive: true, force: true });
      throw error;
    }
  }

  get isStarted(): boolean {
    return this.program !== undefined;
  }

  /** What stories can name. */
  knownTemplates(): ReadonlyMap<string, KnownTemplate> {
    const { feedbackActions } = vocabularyOf(this.container);
    const known = this.container.get(Templates).all();
    return new Map(
      known.map(({ name, states, actions }) => [
        name,
        {
          states: [...states.keys()],
          actions: [...new Set([...actions.keys(), ...BASE_ACTIONS, ...feedbackActions])],
        },
      ]),
    );
  }

  async start(): Promise<void> {
    await this.server.ensureUp();
    this.program = await startUp(this.container, this.source, { role: 'all', provideRedis: () => undefined });
  }

  /** Stops what runs, and removes all that it kept. */
  async stop(): Promise<void> {
    if (this.program) await this.program.stop();
    else await this.container.get(RedisConnection).close();
    await this.server.ensureGone(0);
    this.remove();
    process.off('exit', this.atExit);
  }

  private remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** Templates still name them; what a story sees is the name. */
const withoutValues = (secrets: HostConfig['apicall']['secrets']): HostConfig['apicall']['secrets'] =>
  Object.fromEntries(Object.entries(secrets).map(([name, secret]) => [name, { ...secret, value: `secret ${name}` }]));

/** Removes what runs of this user that were killed have left: their Redis would stay for ever. */
async function sweep(): Promise<void> {
  for (const entry of readdirSync(tmpdir())) {
    const pid = Number(new RegExp(`^${FOLDER}(\\d+)-`).exec(entry)?.[1]);
    if (!pid || isAlive(pid)) continue;
    const dir = join(tmpdir(), entry);
    if (lstatSync(dir, { throwIfNoEntry: false })?.uid !== process.getuid?.()) continue;
    await new RedisServerProcess(dir, join(dir, 'redis.sock')).ensureGone(0);
    rmSync(dir, { recursive: true, force: true });
  }
}

import type { Container } from 'inversify';
import { ActorRuntime } from '../actor/actor-runtime.js';
import { SeenMarks } from '../actor/seen-marks.js';
import { ActorKind } from '../contract/actor-kind.js';
import { Service } from '../contract/service.js';
import { HostAddress } from '../http/host-address.js';
import { Readiness } from '../http/readiness.js';
import { HttpServer } from '../http/server.js';
import { LinkKeys } from '../link/link-keys.js';
import { createLogger, Logger } from '../observability/logger.js';
import { Queues } from '../queue/queues.js';
import { RedisConnection } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';
import { logOutages } from '../redis/outage-log.js';
import { MissingTemplates } from '../reload/missing-templates.js';
import { logRefused } from '../reload/refused-log.js';
import { type RefusedFile, TemplateLedger } from '../reload/template-ledger.js';
import { TemplateWatch } from '../reload/template-watch.js';
import { ConditionRunner } from '../template/conditions.js';
import { assemble } from './assemble.js';
import { onPort, readConfig } from './read-config.js';
import { RedisSource } from './redis-source.js';
import { Started } from './started.js';

/** Which part of the work a process takes: `api` answers HTTP, `worker` runs the actors, `all` does both. */
export type Role = 'all' | 'api' | 'worker';

export interface BootOptions {
  /** Path of the configuration file. */
  readonly config: string;
  /** Instead of `http.port`. */
  readonly port?: number;
  readonly role: Role;
  /** Called before the embedded Redis starts: may install its program. */
  provideRedis(): void;
}

/** The program as it runs. */
export interface Program {
  readonly log: Logger;
  /** Absent in a process that only works. */
  readonly url?: string;
  readonly pages: readonly { readonly path: string; readonly title: string }[];
  /** The folder of templates whose changes are taken while it runs. */
  readonly watches?: string;
  /** Template files that are not loaded because they have problems. */
  readonly refused: readonly RefusedFile[];
  /** Which stubs wait for templates that are not loaded, and what to do. */
  readonly waiting?: string;
  /** Drains what is under way and stops everything that was started. */
  stop(): Promise<void>;
}

/**
 * The whole boot, from top to bottom. A wrong configuration or plugin is found before anything starts; when a later
 * step fails, what has started is stopped again. Stopping runs in reverse: no new turns, then the turns under way to
 * their end (HTTP still answers, so that an emulated provider can; what comes in meanwhile is stored), then HTTP, Redis.
 */
export async function boot(options: BootOptions): Promise<Program> {
  // the files
  const config = onPort(await readConfig(options.config), options.port);
  const log = createLogger(config.log.level, { secrets: config.secrets });
  const redis = new RedisSource(config.redis, log);
  return startUp(await assemble({ config, log, target: redis.target }), redis, options);
}

/** The boot of a program that is put together: all but the files. */
export async function startUp(
  container: Container,
  redis: RedisSource,
  options: Pick<BootOptions, 'role' | 'provideRedis'>,
): Promise<Program> {
  const log = container.get(Logger);

  const started = new Started(log);
  try {
    // Redis
    started.add('embedded Redis', () => redis.stop());
    await redis.start(options.provideRedis);
    const connection = container.get(RedisConnection);
    started.add('Redis connection', () => connection.close());
    await redis.check(connection);
    started.add('outage log', logOutages(connection.client, log));
    await container.get(SeenMarks).rename();
    await container.get(LinkKeys).load();
    const ledger = container.get(TemplateLedger);
    await connection.orAway(ledger.note());
    const queues = container.get(Queues);
    started.add('queues', () => queues.close());
    // All of them, so that an operator sees those too that nothing has used yet.
    for (const { queue, timerQueues = [] } of container.getAll(ActorKind)) {
      for (const name of [queue, ...timerQueues]) queues.get(name);
    }
    started.add('conditions', () => container.get(ConditionRunner).stop());

    // HTTP, before the actors: what they send may go to an emulator here
    let url: string | undefined;
    const server = container.get(HttpServer);
    if (options.role !== 'worker') {
      started.add('HTTP', () => server.stop());
      ({ url } = await server.start());
      const address = container.get(HostAddress);
      address.listening(url);
      const reached = { url: address.url, public_url: address.publicUrl };
      await connection.orAway(connection.client.hset(container.get(Keys).hostAddress(), reached));
    }

    // work
    if (options.role !== 'api') {
      const actors = container.get(ActorRuntime);
      started.add('actors', () => actors.stop());
      await actors.start();
    }
    for (const service of container.isBound(Service) ? container.getAll(Service) : []) {
      started.add(service.name, () => service.stop());
      await service.start();
    }

    const watches = container.get(TemplateWatch).folder;
    const refused = ledger.refused();
    logRefused(log, refused, 'template file refused; nothing of it is loaded');
    const templates = container.get(MissingTemplates);
    const missing = await connection.orAway(templates.find());
    const waiting = missing.length > 0 ? templates.describe(missing) : undefined;
    if (waiting !== undefined) log.error({ missing }, waiting);
    container.get(Readiness).ready();
    return {
      log,
      ...(url && { url }),
      pages: url ? server.pages() : [],
      ...(watches !== undefined && { watches }),
      refused,
      ...(waiting !== undefined && { waiting }),
      stop: () => started.stop(),
    };
  } catch (error) {
    await started.stop();
    throw error;
  }
}

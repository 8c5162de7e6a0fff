import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { Keys } from '../../core/redis/keys.js';
import { EngineProcess, freePort } from './engine-process.js';
import { type LaneSettings, SECRETS, writeEmulatorFiles, writeEngineFiles } from './fault-files.js';
import { Front } from './fault-front.js';
import { ask, askFor } from './fault-http.js';
import { PrivateRedis, privateRedis } from './private-redis.js';
import { until } from './until.js';

/** A stub of the template `numbered` and its client. */
export interface Case {
  /** The client's number, digits. */
  readonly client: string;
  readonly stubref: string;
}

/** Too long to pass by itself, however slow the machine is: `settled` moves the clock once all statuses are in. */
export const STATUS_WAIT_MS = 600_000;

const LANES: LaneSettings = { messages_per_second: 400, unknown_outcome_wait_ms: STATUS_WAIT_MS };

interface WorldOptions extends Partial<LaneSettings> {
  /** How many engine processes; 1 by default. */
  readonly engines?: number;
}

/**
 * Real processes: engines on a Redis of their own, and the provider's side, an emulator that nobody kills, on another
 * Redis. It posts its webhooks to whichever engine is alive.
 */
export class FaultWorld {
  readonly redis: Redis;
  readonly keys = new Keys('engine');
  readonly emulatorRedis: Redis;
  readonly emulatorKeys: Keys;
  private clients = 0;
  private readonly closers: (() => Promise<unknown>)[] = [];

  private constructor(
    readonly engineRedis: PrivateRedis,
    readonly emulator: EngineProcess,
    readonly engines: readonly EngineProcess[],
    emulatorPrefix: string,
  ) {
    this.redis = engineRedis.connect();
    this.emulatorRedis = privateRedis.connect();
    this.emulatorKeys = new Keys(emulatorPrefix);
  }

  static async open({ engines: engineCount = 1, ...lanes }: WorldOptions = {}): Promise<FaultWorld> {
    const engineRedis = await new PrivateRedis().start();
    const dir = engineRedis.dir; // removed with it
    const ports = await Promise.all(Array.from({ length: engineCount + 2 }, freePort));
    const [emulatorPort, frontPort, ...enginePorts] = ports as [number, number, ...number[]];
    const emulatorRedis = { socket: privateRedis.options.path, prefix: privateRedis.newPrefix() };
    const webhookUrl = `http://127.0.0.1:${frontPort}/webhooks/meta_whatsapp`;
    const emulatorFile = writeEmulatorFiles(join(dir, 'emulator'), emulatorRedis, webhookUrl);
    const emulator = new EngineProcess(emulatorFile, emulatorPort, SECRETS);
    const redis = { socket: engineRedis.options.path, prefix: 'engine' };
    const engineFile = writeEngineFiles(join(dir, 'engine'), redis, emulator.url, { ...LANES, ...lanes });
    const engines = enginePorts.map((port) => new EngineProcess(engineFile, port, SECRETS));
    const front = new Front(engines, frontPort);
    const world = new FaultWorld(engineRedis, emulator, engines, emulatorRedis.prefix);
    world.beforeClose(() => front.close());
    try {
      await front.start();
      await Promise.all([emulator, ...engines].map((host) => host.start()));
    } catch (error) {
      await world.close();
      throw error;
    }
    return world;
  }

  get engine(): EngineProcess {
    return this.engines[0]!;
  }

  /** A stub with a new client whose window is closed. */
  async newCase(): Promise<Case> {
    this.clients += 1;
    const client = `2782555${String(this.clients).padStart(4, '0')}`;
    const body = { template: 'numbered', contact_lists: { _created_by: [{ mobile: `+${client}`, name: 'Client' }] } };
    const { stubref } = await askFor(201, 'POST', `${this.engine.url}/api/stubs`, body);
    return { client, stubref };
  }

  /** A stub that holds its client's session: what the client writes lands on it. */
  async newSession(): Promise<Case> {
    const made = await this.newCase();
    await askFor(202, 'POST', `${this.engine.url}/api/stubs/${made.stubref}/actions/greet`, {});
    await until('the session to be set', async () => {
      const { body } = await ask('GET', `${this.engine.url}/api/conversations/main/${made.client}`);
      return body?.stubsession?.stubref === made.stubref;
    });
    return made;
  }

  /** Writes or taps as a client. */
  write(client: string, message: { readonly text: string } | { readonly tap: string }): Promise<unknown> {
    return askFor(201, 'POST', `${this.emulator.url}/emulator/clients/${client}/messages`, message);
  }

  /** Several of them, side by side. */
  many<T>(count: number, make: () => Promise<T>): Promise<T[]> {
    return Promise.all(Array.from({ length: count }, make));
  }

  /**
   * After an engine was away: the provider repeats now what was not taken. By itself it would do so after a quarter of the
   * time that it has tried, which kills in a row may forestall until lanes no longer wait for their status.
   */
  async repeatWebhooks(): Promise<void> {
    const due = this.emulatorKeys.plugin('whatsapp_emulator', 'due');
    const lanes = await this.emulatorRedis.zrange(due, '0', '-1');
    if (lanes.length > 0) await this.emulatorRedis.zadd(due, 'XX', ...lanes.flatMap((lane) => [0, lane]));
  }

  /** Moves the engines' clock forward; the provider's stays. */
  async advanceEngines(byMs: number): Promise<void> {
    await this.redis.incrby(this.keys.clockOffset(), byMs);
  }

  /** What must end before the processes do. */
  beforeClose(end: () => Promise<unknown>): void {
    this.closers.push(end);
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.closers.map((end) => end()));
    this.redis.disconnect();
    this.emulatorRedis.disconnect();
    await Promise.all([this.emulator, ...this.engines].map((host) => host.kill9()));
    await this.engineRedis.stop();
  }
}

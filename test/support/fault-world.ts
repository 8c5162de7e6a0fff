import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { Keys } from '../../core/redis/keys.js';
import { EngineProcess, freePort } from './engine-process.js';
import { SECRETS, writeEmulatorFiles, writeEngineFiles } from './fault-files.js';
import { ask, askFor } from './fault-http.js';
import { PrivateRedis, privateRedis } from './private-redis.js';
import { until } from './until.js';

/** A stub of the template `numbered` and its client. */
export interface Case {
  /** The client's number, digits. */
  readonly client: string;
  readonly stubref: string;
}

/**
 * Real processes: engines on a Redis of their own, and the provider's side, an emulator that nobody kills, on another
 * Redis. The emulator posts its webhooks to the first engine.
 */
export class FaultWorld {
  readonly redis: Redis;
  readonly keys = new Keys('engine');
  private clients = 0;

  private constructor(
    readonly engineRedis: PrivateRedis,
    readonly emulator: EngineProcess,
    readonly engines: readonly EngineProcess[],
  ) {
    this.redis = engineRedis.connect();
  }

  static async open({ engines: engineCount = 1, messagesPerSecond = 400 } = {}): Promise<FaultWorld> {
    const engineRedis = await new PrivateRedis().start();
    const dir = engineRedis.dir; // removed with it
    const ports = await Promise.all(Array.from({ length: engineCount + 1 }, freePort));
    const [emulatorPort, ...enginePorts] = ports as [number, ...number[]];
    const emulatorRedis = { socket: privateRedis.options.path, prefix: privateRedis.newPrefix() };
    const webhookUrl = `http://127.0.0.1:${enginePorts[0]}/webhooks/meta_whatsapp`;
    const emulatorFile = writeEmulatorFiles(join(dir, 'emulator'), emulatorRedis, webhookUrl);
    const emulator = new EngineProcess(emulatorFile, emulatorPort, SECRETS);
    const redis = { socket: engineRedis.options.path, prefix: 'engine' };
    const engineFile = writeEngineFiles(join(dir, 'engine'), redis, emulator.url, messagesPerSecond);
    const engines = enginePorts.map((port) => new EngineProcess(engineFile, port, SECRETS));
    const world = new FaultWorld(engineRedis, emulator, engines);
    try {
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
    await until(
      'the session to be set',
      async () => {
        const { body } = await ask('GET', `${this.engine.url}/api/conversations/main/${made.client}`);
        return body?.stubsession?.stubref === made.stubref;
      },
      10_000,
    );
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

  async close(): Promise<void> {
    this.redis.disconnect();
    await Promise.all([this.emulator, ...this.engines].map((host) => host.kill9()));
    await this.engineRedis.stop();
  }
}

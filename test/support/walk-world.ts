import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { Keys } from '../../core/redis/keys.js';
import { MODEL_LIMITS } from './conversation-model.js';
import { EngineProcess, freePort } from './engine-process.js';
import { askFor } from './fault-http.js';
import { PrivateRedis } from './private-redis.js';
import { until } from './until.js';

const QUIET_LOOKS = 2;
const QUIET_MS = 600_000;
/** Longer than a status takes on a busy machine. */
const STATUS_WAIT_MS = 60_000;

/** The whole program with its emulator as one process, made to be killed while thousands of conversations go on. */
export class WalkWorld {
  private constructor(
    readonly engine: EngineProcess,
    private readonly server: PrivateRedis,
    private readonly redis: Redis,
    private readonly keys: Keys,
  ) {}

  static async open(): Promise<WalkWorld> {
    const server = await new PrivateRedis().start();
    const dir = join(server.dir, 'walks');
    mkdirSync(join(dir, 'templates'), { recursive: true });
    writeFileSync(join(dir, 'templates', 'walk.yaml'), TEMPLATE);
    const file = join(dir, 'stubwire.yaml');
    writeFileSync(file, JSON.stringify(configuration(server.options.path)));
    const engine = new EngineProcess(file, await freePort(), {});
    const world = new WalkWorld(engine, server, server.connect(), new Keys('walks'));
    await engine.start();
    return world;
  }

  async close(): Promise<void> {
    await this.engine.kill9();
    this.redis.disconnect();
    await this.server.stop();
  }

  async crash(): Promise<void> {
    await this.engine.kill9();
    await this.engine.start();
  }

  async advance(hours: number): Promise<void> {
    await this.advanceMs(hours * 3_600_000);
  }

  /**
   * Waits until no letter, call, timer that is due, or webhook is under way. Sends that still wait for a status by then
   * never left: their wait is ended on the clock.
   */
  async settled(): Promise<void> {
    let looks = 0;
    await until(
      'everything to come to rest',
      async () => {
        looks = (await this.underWay()) === 0 ? looks + 1 : 0;
        if (looks < QUIET_LOOKS) return false;
        if ((await this.redis.zcard(this.keys.mail())) === 0) return true;
        await this.advanceMs(STATUS_WAIT_MS + 5_000);
        looks = 0;
        return false;
      },
      QUIET_MS,
    );
  }

  private async advanceMs(ms: number): Promise<void> {
    await askFor(200, 'POST', `${this.engine.url}/emulator/clock`, { advance_ms: ms });
  }

  private async underWay(): Promise<number> {
    const [[seconds], offset] = await Promise.all([this.redis.time(), this.redis.get(this.keys.clockOffset())]);
    const nowMs = Number(seconds) * 1_000 + 1_000 + Number(offset ?? 0);
    const ofEmulator = (name: string) => this.redis.zcard(this.keys.plugin('whatsapp_emulator', name));
    const timers = ['stash-flush', 'session-expiry'].flatMap((queue) =>
      ['wait', 'active'].map((list) => this.redis.llen(`${this.keys.queuePrefix}:${queue}:${list}`)),
    );
    const counts = await Promise.all([
      ofEmulator('due'),
      ofEmulator('leased'),
      this.redis.zcount(this.keys.mail(), '-inf', String(nowMs)),
      ...timers,
    ]);
    return counts.reduce((sum, count) => sum + count, 0);
  }
}

const configuration = (socket: string): object => ({
  org: { orguuid: 'walks', name: 'Walks', default_country: 'ZA' },
  http: { host: '127.0.0.1' },
  redis: { url: `unix://${socket}`, prefix: 'walks' },
  log: { level: 'error' },
  stubs: { loop_guard: { actions_per_minute: 600 } }, // these clients write faster than people do
  plugins: {
    meta_whatsapp: {
      profiles: {
        main: {
          phone_number_id: '100000000000001',
          display_phone_number: '15550000001',
          waba_id: '200000000000001',
          access_token: 'emulator',
          app_secrets: ['emulator'],
          verify_token: 'emulator',
          graph_url: 'emulator',
          messages_per_second: 1_000,
          unknown_outcome_wait_ms: STATUS_WAIT_MS,
          interaction_request: {
            stash_limit: MODEL_LIMITS.stash,
            stash_hours: MODEL_LIMITS.stashHours,
            ask_again_after_hours: MODEL_LIMITS.askAgainHours,
          },
        },
      },
    },
    update_from_whatsapp: {},
    whatsapp_emulator: { chat_kept: 100, requests_kept: 100, clients_max: 10_000 },
  },
});

/** Says what it is told to, with the session settings that it is told. */
const TEMPLATE = `
template: walk
initial_state: open
states:
  open: { actions: [text, template] }
actions:
  text:
    notifications:
      it:
        send_to: { client: { type: mobile, value: "{{stubpost.data.to}}" } }
        platforms:
          meta_whatsapp:
            message_type: text
            params: { text: { body: "{{stubpost.message}}" } }
            stubsession: ~~stubpost.data.session
  template:
    notifications:
      it:
        send_to: { client: { type: mobile, value: "{{stubpost.data.to}}" } }
        platforms:
          meta_whatsapp:
            message_type: template
            params: { template: { whatsapp_template_name: general_stub_update, whatsapp_template_params_array: [Walks, "{{stubpost.message}}"] } }
            stubsession: ~~stubpost.data.session
`;

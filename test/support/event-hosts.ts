import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RedisClock } from '../../core/actor/redis-clock.js';
import { boot, type Program } from '../../core/host/boot.js';
import { Queues } from '../../core/queue/queues.js';
import { RedisConnection } from '../../core/redis/connection.js';
import { Keys } from '../../core/redis/keys.js';
import { RedisTarget } from '../../core/redis/redis-target.js';
import { privateRedis } from './private-redis.js';
import { EventWatch } from './story-host.js';
import { until } from './until.js';

// biome-ignore lint/suspicious/noExplicitAny: answers are read as their reader would, field by field
type Answer = any;

const MINUTE_MS = 60_000;

/** The program without any provider: events, stubs and the clock. Several of them are processes on one Redis. */
export class EventHosts {
  readonly keys: Keys;
  readonly redis: RedisConnection;
  private readonly dir = mkdtempSync(join(tmpdir(), 'stubwire-events-'));
  private readonly config = join(this.dir, 'stubwire.yaml');
  private readonly queues: Queues;
  private readonly clock: RedisClock;
  private readonly programs: Program[] = [];

  private constructor(templates: { readonly [name: string]: string }, settings: string) {
    const prefix = privateRedis.newPrefix();
    mkdirSync(join(this.dir, 'templates'));
    for (const [name, text] of Object.entries(templates)) this.writeTemplate(name, text);
    const redis = `redis: { url: "unix://${privateRedis.options.path}", prefix: ${prefix} }`;
    writeFileSync(
      this.config,
      `org: { orguuid: demo, name: Demo, default_country: ZA }\n${redis}\nlog: { level: silent }\nfiles: { dir: files }\ntemplates: templates\nplugins: { log: {} }\n${settings}`,
    );
    this.keys = new Keys(prefix);
    this.redis = new RedisConnection(new RedisTarget(privateRedis.options, prefix));
    this.queues = new Queues(this.redis, this.keys);
    this.clock = new RedisClock(this.redis, this.keys, this.queues);
    this.queues.get('heimdall-clock');
  }

  static async start(templates: { readonly [name: string]: string }, count = 1, settings = ''): Promise<EventHosts> {
    const hosts = new EventHosts(templates, settings);
    for (let at = 0; at < count; at++) await hosts.startOne();
    return hosts;
  }

  /** A new one, or a new text of one that is there. */
  writeTemplate(name: string, text: string): void {
    writeFileSync(join(this.dir, 'templates', `${name}.yaml`), text);
  }

  async startOne(): Promise<void> {
    this.programs.push(await boot({ config: this.config, port: 0, role: 'all', provideRedis: () => undefined }));
  }

  /** Stops the programs; what is stored stays. */
  async stopAll(): Promise<void> {
    for (const program of this.programs.splice(0)) await program.stop();
  }

  async end(): Promise<void> {
    await this.stopAll();
    await this.queues.close();
    await this.redis.close();
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** Asks one of the programs; with `expected` any other status fails. */
  async ask(method: string, path: string, body?: unknown, { expected = 0, of = 0 } = {}): Promise<Answer> {
    const init =
      body === undefined
        ? { method }
        : { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const response = await fetch(`${this.programs[of]!.url}${path}`, init);
    const text = await response.text();
    if (expected === 0 ? !response.ok : response.status !== expected)
      throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  async newStub(template: string): Promise<string> {
    return (await this.ask('POST', '/api/stubs', { template })).stubref;
  }

  run(stubref: string, action: string, request: object = {}): Promise<Answer> {
    return this.ask('POST', `/api/stubs/${stubref}/actions/${action}?wait=30000`, request, { expected: 200 });
  }

  emit(path: string, more: object = {}, of = 0): Promise<Answer> {
    return this.ask('POST', '/api/heimdall/emit', { path, ...more }, { of });
  }

  /** Registers an action of the stub. */
  register(stubref: string, events: object, more: object = {}, of = 0): Promise<Answer> {
    const trigger_stubaction = { action_name: 'note', stubref };
    return this.ask(
      'POST',
      '/api/heimdall/registrations',
      { registration_name: 'test', events, trigger_stubaction, ...more },
      { of },
    );
  }

  /** What the action `note` took, in order: the events' paths or whatever they carry as `n`. */
  async noted(stubref: string): Promise<Answer[]> {
    const { items } = await this.ask('GET', `/api/stubs/${stubref}/posts?limit=200`);
    return items
      .filter(({ action_name }: Answer) => action_name === 'note')
      .reverse()
      .map(({ data }: Answer) => data.heimdall.n ?? data.heimdall.at);
  }

  untilNoted(stubref: string, count: number): Promise<Answer[]> {
    return until(`${count} notes`, async () => {
      const noted = await this.noted(stubref);
      return noted.length >= count && noted;
    });
  }

  /** Waits until every letter that was told is handled. */
  untilQuiet(): Promise<unknown> {
    return until('no actor to have work', async () => (await this.redis.client.zcard(this.keys.mail())) === 0);
  }

  watch(pattern: string): EventWatch {
    return new EventWatch(`${this.programs[0]!.url}/api/heimdall/events?path=${encodeURIComponent(pattern)}`);
  }

  nowMs(): Promise<number> {
    return this.clock.nowMs();
  }

  /** Moves the clock forward. */
  async advance(ms: number): Promise<void> {
    await this.clock.advance(ms);
  }

  /** Moves the clock to just after the beginning of the minute that is `minutes` ahead; that minute, ms. */
  async advanceTo(minutes: number): Promise<number> {
    const nowMs = await this.nowMs();
    const minuteMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS + minutes * MINUTE_MS;
    await this.advance(minuteMs - nowMs + 50);
    return minuteMs;
  }
}

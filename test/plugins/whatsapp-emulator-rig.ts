import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { Container } from 'inversify';
import { pino } from 'pino';
import { request } from 'undici';
import { createFastifyApp } from '../../core/http/fastify-app.js';
import { Readiness } from '../../core/http/readiness.js';
import { Refusals } from '../../core/http/refusals.js';
import {
  Clock,
  EmulatedAccount,
  HostAddress,
  HttpRoutes,
  Keys,
  Logger,
  PluginFolder,
  RedisConnection,
  Service,
} from '../../core/index.js';
import { RedisTarget } from '../../core/redis/redis-target.js';
import emulator from '../../plugins/whatsapp_emulator/index.js';
import { privateRedis } from '../support/private-redis.js';
import { until } from '../support/until.js';

export type Json = { readonly [key: string]: unknown };
// biome-ignore lint/suspicious/noExplicitAny: answers are asserted, not typed
export type Answer = { readonly status: number; readonly body: any };
export interface ReceivedWebhook {
  readonly raw: string;
  readonly signed: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: what Meta posts is asserted, not typed
  readonly value: any;
}

export const NUMBER_ID = '100000000000001';
export const WABA_ID = '200000000000001';
export const BUSINESS = '15550000001';
const TOKEN = 'token-of-main';
const SECRET = 'secret-of-main';

/** Asserts that Graph refuses a call with this code, and returns the error of its answer. */
export async function refused(code: number, call: Promise<Answer>) {
  const { status, body } = await call;
  assert.equal(body.error?.code, code, JSON.stringify(body));
  assert.ok(status >= 400);
  return body.error as { code: number; message: string; error_data?: { details: string }; [key: string]: unknown };
}

/** A receiver of webhooks, as a business would run one. */
export class Receiver {
  readonly got: ReceivedWebhook[] = [];
  /** What to answer to the next posts; 200 when empty. */
  readonly answers: number[] = [];
  /** Posts received, taken or not. */
  posts = 0;
  /** Called before the answer. */
  before: (webhook: ReceivedWebhook) => Promise<void> = async () => undefined;
  private readonly app: FastifyInstance = Fastify();

  async start(): Promise<string> {
    this.app.addContentTypeParser('application/json', { parseAs: 'string' }, (_call, body, done) => done(null, body));
    this.app.post('/hook', async (call, reply) => {
      const raw = String(call.body);
      const expected = `sha256=${createHmac('sha256', SECRET).update(raw).digest('hex')}`;
      const { value } = JSON.parse(raw).entry[0].changes[0];
      const webhook = { raw, signed: call.headers['x-hub-signature-256'] === expected, value };
      this.posts++;
      await this.before(webhook);
      const status = this.answers.shift() ?? 200;
      if (status === 200) this.got.push(webhook);
      return reply.code(status).send();
    });
    return `${await this.app.listen({ host: '127.0.0.1', port: 0 })}/hook`;
  }

  /** One line for each webhook taken: the text of a message, or the status. */
  lines(): readonly string[] {
    return this.got.map(
      ({ value }) =>
        value.messages?.[0]?.text?.body ?? value.statuses?.[0]?.status ?? value.messages?.[0]?.type ?? 'other',
    );
  }

  async has(count: number): Promise<readonly ReceivedWebhook[]> {
    await until(`${count} webhooks`, () => this.got.length >= count);
    return this.got;
  }

  stop(): Promise<void> {
    return this.app.close();
  }
}

/** The product's clock without its queues. */
class TestClock implements Clock {
  constructor(
    private readonly redis: RedisConnection,
    private readonly keys: Keys,
  ) {}

  async nowMs(): Promise<number> {
    const [seconds, micros] = await this.redis.client.time();
    const offset = await this.redis.client.get(this.keys.clockOffset());
    return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000) + Number(offset ?? 0);
  }

  async advance(byMs: number): Promise<number> {
    await this.redis.client.incrby(this.keys.clockOffset(), byMs);
    return this.nowMs();
  }
}

interface RigOptions {
  readonly prefix?: string;
  readonly config?: Json;
  /** Values that replace those of the account `main`. */
  readonly token?: string;
  /** Without it the process accepts and never posts. */
  readonly pump?: boolean;
  /** A second account as a channel plugin contributes it, with its webhook on this host: path and handler. */
  readonly contributed?: { readonly path: string; readonly handler: (body: unknown) => void };
}

const CONTRIBUTED = {
  provider: 'whatsapp',
  profile: 'second',
  phoneNumberId: '100000000000002',
  displayPhoneNumber: '15550000002',
  businessAccountId: '200000000000002',
  accessToken: 'token-of-second',
  appSecret: 'secret-of-second',
};

/** One process with the emulator in it: its routes on a port, its pump running, Redis shared with others of the prefix. */
export class EmulatorRig {
  private constructor(
    readonly url: string,
    private readonly app: FastifyInstance,
    private readonly container: Container,
    private readonly redis: RedisConnection,
  ) {}

  static async start(webhookUrl: string, options: RigOptions = {}): Promise<EmulatorRig> {
    const container = new Container();
    const keys = new Keys(options.prefix ?? privateRedis.newPrefix());
    const redis = new RedisConnection(new RedisTarget(privateRedis.options, ''));
    const account = {
      profile: 'main',
      phone_number_id: NUMBER_ID,
      display_phone_number: BUSINESS,
      waba_id: WABA_ID,
      access_token: options.token ?? TOKEN,
      app_secret: SECRET,
      webhook_url: webhookUrl,
    };
    container.bind(Keys).toConstantValue(keys);
    container.bind(RedisConnection).toConstantValue(redis);
    const folder = join(tmpdir(), `stubwire-emulator-${process.pid}-${keys.queuePrefix.replace(/\W/g, '')}`);
    container.bind(PluginFolder).toConstantValue(folder);
    container.bind(Clock).toConstantValue(new TestClock(redis, keys));
    container.bind(HostAddress).toConstantValue(new HostAddress('http://127.0.0.1:1'));
    container.bind(Logger).toConstantValue(pino({ level: 'silent' }));
    const { contributed } = options;
    if (contributed) container.bind(EmulatedAccount).toConstantValue({ ...CONTRIBUTED, webhookPath: contributed.path });
    const org = { orguuid: 'test', name: 'Test', default_country: 'ZA' };
    const config = emulator.config.parse({ accounts: [account], ...options.config });
    emulator.contribute({ config, org, bind: container.bind.bind(container) });
    const log = container.get(Logger);
    const http = { host: '127.0.0.1', port: 0, tokens: [], max_connections: 1_000 };
    const app = createFastifyApp({ log, readiness: new Readiness(), refusals: new Refusals(log), config: http });
    for (const routes of container.getAll(HttpRoutes)) await app.register(async (scope) => routes.register(scope));
    if (contributed) app.post(contributed.path, async (call) => contributed.handler(call.body));
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    container.get(HostAddress).listening(url);
    const rig = new EmulatorRig(url, app, container, redis);
    if (options.pump !== false) for (const service of rig.services()) await service.start();
    return rig;
  }

  async stop(): Promise<void> {
    await this.app.close();
    for (const service of this.services()) await service.stop();
    await this.redis.close();
    await rm(this.container.get(PluginFolder), { recursive: true, force: true });
  }

  async call(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    token?: string,
  ): Promise<Answer> {
    const headers = {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    };
    const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await request(`${this.url}${path}`, { method, headers, body: text ?? null });
    const answered = await answer.body.text();
    const json = /json/.test(String(answer.headers['content-type']));
    return { status: answer.statusCode, body: json ? JSON.parse(answered) : answered };
  }

  graph(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown, token = TOKEN): Promise<Answer> {
    return this.call(method, `/emulator/graph/v25.0${path}`, body, token);
  }

  /** A send of the profile `main`; `content` names the type: `{text: {…}}`. */
  send(to: string, content: Json, more: Json = {}): Promise<Answer> {
    const body = { messaging_product: 'whatsapp', to, type: Object.keys(content)[0], ...content, ...more };
    return this.graph('POST', `/${NUMBER_ID}/messages`, body);
  }

  text(to: string, text: string, more: Json = {}): Promise<Answer> {
    return this.send(to, { text: { body: text } }, more);
  }

  as(client: string, write: Json): Promise<Answer> {
    return this.call('POST', `/emulator/clients/${encodeURIComponent(client)}/messages`, write);
  }

  async chat(client: string): Promise<readonly (Json & { id: string; text: string; status: string })[]> {
    return (await this.call('GET', `/emulator/clients/${encodeURIComponent(client)}/messages`)).body;
  }

  /** Every key and value in the store, as one text. */
  async stored(): Promise<string> {
    const { client } = this.redis;
    const keys = await client.keys(`${this.container.get(Keys).queuePrefix.replace(/[{}]/g, '?')}*`);
    const values = keys.map(async (key) => {
      const type = await client.type(key);
      if (type === 'hash') return client.hgetall(key);
      if (type === 'list') return client.lrange(key, 0, -1);
      if (type === 'zset') return client.zrange(key, '0', '-1');
      return type === 'set' ? client.smembers(key) : type === 'stream' ? client.xrange(key, '-', '+') : client.get(key);
    });
    return JSON.stringify([keys, await Promise.all(values)]).replaceAll('\\', '');
  }

  private services(): readonly Service[] {
    return this.container.getAll(Service);
  }
}

import { createHmac } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { boot, type Program } from '../../core/host/boot.js';
import { privateRedis } from './private-redis.js';

// biome-ignore lint/suspicious/noExplicitAny: answers are read as their reader would, field by field
type Answer = any;

/** A profile that reaches `graphUrl`; `more` are further lines of its block. */
export const realProfile = (graphUrl: string, more: readonly string[] = []): string =>
  [
    'phone_number_id: "100000000000001"',
    'display_phone_number: "15550000001"',
    'waba_id: "200000000000001"',
    'access_token: secret-token',
    'app_secrets: [secret-app]',
    'verify_token: secret-verify',
    `graph_url: ${graphUrl}`,
    ...more,
  ]
    .map((line) => `        ${line}\n`)
    .join('');

/** A folder with a configuration of one WhatsApp profile `main`, which hosts are started from, again and again. */
export class AccountHost {
  readonly dir = mkdtempSync(join(tmpdir(), 'stubwire-account-'));
  readonly config = join(this.dir, 'stubwire.yaml');
  private readonly prefix = privateRedis.newPrefix();
  private readonly programs: Program[] = [];

  constructor(templates: { readonly [name: string]: string } = {}) {
    mkdirSync(join(this.dir, 'templates'));
    for (const [name, text] of Object.entries(templates))
      writeFileSync(join(this.dir, 'templates', `${name}.yaml`), text);
  }

  write(profile: string, { plugins = '', redisUrl = `unix://${privateRedis.options.path}`, port = 0 } = {}): this {
    const head = `org: { orguuid: demo, name: Demo, default_country: ZA }\nhttp: { port: ${port} }\n`;
    const redis = `redis: { url: "${redisUrl}", prefix: ${this.prefix}, data_dir: data }\nlog: { level: silent }\nfiles: { dir: files }\n`;
    const whatsapp = `  meta_whatsapp:\n    profiles:\n      main:\n${profile}`;
    writeFileSync(
      this.config,
      `${head}${redis}templates: templates\nplugins:\n${whatsapp}  update_from_whatsapp: {}\n${plugins}`,
    );
    return this;
  }

  async start(role: 'all' | 'api' | 'worker' = 'all'): Promise<Program> {
    const program = await boot({ config: this.config, port: 0, role, provideRedis: () => undefined });
    this.programs.push(program);
    return program;
  }

  /** Stops what runs; the folder and what is stored stay. */
  async stopAll(): Promise<void> {
    for (const program of this.programs.splice(0)) await program.stop();
  }

  async end(): Promise<void> {
    await this.stopAll();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

export async function ask(program: Program, method: string, path: string, body?: unknown): Promise<Answer> {
  const init =
    body === undefined
      ? { method }
      : { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const response = await fetch(`${program.url}${path}`, init);
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text), text };
}

/** A webhook of the account of `realProfile`, signed as Meta would. */
export async function postWebhook(program: Program, change: object, time = 1_739_321_024): Promise<number> {
  const entry = { id: '200000000000001', time, changes: [change] };
  const body = JSON.stringify({ object: 'whatsapp_business_account', entry: [entry] });
  const signature = createHmac('sha256', 'secret-app').update(body).digest('hex');
  const headers = { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` };
  return (await fetch(`${program.url}/webhooks/meta_whatsapp`, { method: 'POST', body, headers })).status;
}

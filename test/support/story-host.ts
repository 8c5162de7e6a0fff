import { createHmac } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { boot, type Program } from '../../core/host/boot.js';
import { privateRedis } from './private-redis.js';
import { until } from './until.js';

/** What a chat of the emulator shows. */
export interface ChatMessage {
  readonly id: string;
  readonly direction: 'to_client' | 'from_client';
  readonly type: string;
  readonly text: string;
  readonly status: string;
  /** Meta's object: the body of the send, or the message of the webhook. */
  readonly payload: Answer;
}

// biome-ignore lint/suspicious/noExplicitAny: stories read answers as their reader would, field by field
type Answer = any;

const PLUGINS = `
  meta_whatsapp:
    profiles:
      main: &profile
        phone_number_id: "100000000000001"
        display_phone_number: "15550000001"
        waba_id: "200000000000001"
        access_token: emulator
        app_secrets: [emulator]
        verify_token: emulator
        graph_url: emulator
        unknown_outcome_wait_ms: 60000 # never passes by itself: tests move the clock
        commands: { enabled: true, list: { run: Run something } }
        consent: { stop_words: [STOP, Stop it], start_words: [START] }
      second: { <<: *profile, phone_number_id: "100000000000002", display_phone_number: "15550000002" }
  update_from_whatsapp: {}
  whatsapp_emulator: {}
  log: {}
`;

/** The whole program on the tests' Redis, with templates of its own, used over HTTP as anybody would. */
export class StoryHost {
  private constructor(
    private readonly program: Program,
    private readonly dir: string,
  ) {}

  /** `blocks`: further blocks of the configuration, or others in place of these. */
  static async start(
    templates: { readonly [name: string]: string },
    blocks: { readonly [key: string]: object } = {},
  ): Promise<StoryHost> {
    const dir = mkdtempSync(join(tmpdir(), 'stubwire-story-'));
    mkdirSync(join(dir, 'templates'));
    for (const [name, text] of Object.entries(templates)) writeFileSync(join(dir, 'templates', `${name}.yaml`), text);
    const config = join(dir, 'stubwire.yaml');
    const redis = { url: `unix://${privateRedis.options.path}`, prefix: privateRedis.newPrefix() };
    const more = Object.entries({ redis, ...blocks })
      .map(([key, block]) => `${key}: ${JSON.stringify(block)}\n`)
      .join('');
    writeFileSync(
      config,
      `org: { orguuid: demo, name: Demo Parcels, default_country: ZA }\nlog: { level: silent }\nfiles: { dir: files }\ntemplates: templates\n${more}plugins:${PLUGINS}`,
    );
    return new StoryHost(await boot({ config, port: 0, role: 'all', provideRedis: () => undefined }), dir);
  }

  async stop(): Promise<void> {
    await this.program.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** Where the contents of files are. */
  get filesDir(): string {
    return join(this.dir, 'files');
  }

  /** The configuration's file; `templates` beside it are its templates. */
  get config(): string {
    return join(this.dir, 'stubwire.yaml');
  }

  get url(): string {
    return this.program.url!;
  }

  /** Where its templates are, to be changed while it runs. */
  get templates(): string {
    return join(this.dir, 'templates');
  }

  /** The answer's body; any status but `expected` fails the test. */
  async ask(method: string, path: string, body?: unknown, expected: number | undefined = undefined): Promise<Answer> {
    const init =
      body === undefined
        ? { method }
        : { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const response = await fetch(`${this.url}${path}`, init);
    const text = await response.text();
    if (expected === undefined ? !response.ok : response.status !== expected) {
      throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    }
    return text === '' ? undefined : JSON.parse(text);
  }

  /** Runs an action and waits for its stubpost. */
  run(stubref: string, action: string, request: object = {}): Promise<Answer> {
    return this.ask('POST', `/api/stubs/${stubref}/actions/${action}?wait=30000`, request, 200);
  }

  async newStub(template: string, mobile: string, name = 'Thandi', more: object = {}): Promise<string> {
    const contact_lists = { _created_by: [{ mobile, name }] };
    const { stubref } = await this.ask(
      'POST',
      '/api/stubs',
      { template, subject: 'Parcel 4711', contact_lists, ...more },
      201,
    );
    return stubref;
  }

  post(stubpostuuid: string): Promise<Answer> {
    return this.ask('GET', `/api/posts/${stubpostuuid}`);
  }

  /** The stub's log, oldest first. */
  async posts(stubref: string): Promise<Answer[]> {
    return (await this.ask('GET', `/api/stubs/${stubref}/posts`)).items.reverse();
  }

  conversation(client: string, profile = 'main'): Promise<Answer> {
    return this.ask('GET', `/api/conversations/${profile}/${client}`);
  }

  async clientSays(client: string, message: object): Promise<void> {
    await this.ask('POST', `/emulator/clients/${client}/messages`, message, 201);
  }

  async chat(client: string): Promise<ChatMessage[]> {
    return this.ask('GET', `/emulator/clients/${client}/messages`);
  }

  /** What has been sent to the client, in the order of arrival. */
  async arrived(client: string): Promise<string[]> {
    return (await this.chat(client)).filter(({ direction }) => direction === 'to_client').map(({ text }) => text);
  }

  untilArrived(client: string, count: number): Promise<string[]> {
    return until(`${count} messages to the client`, async () => {
      const texts = await this.arrived(client);
      return texts.length >= count && texts;
    });
  }

  /** The newest message to the client, once `count` have arrived. */
  async untilNewest(client: string, count: number): Promise<ChatMessage> {
    await this.untilArrived(client, count);
    return (await this.chat(client)).filter(({ direction }) => direction === 'to_client').at(-1)!;
  }

  /** Waits until the stubpost's first delivery shows the status. */
  untilDelivery(stubpostuuid: string, status: string): Promise<Answer> {
    return until(`the delivery to be ${status}`, async () => {
      const [{ deliveries }] = Object.values((await this.post(stubpostuuid)).notifications) as [Answer];
      return deliveries[0].status === status && deliveries[0];
    });
  }

  /** Waits until the stub's log has `count` entries. */
  untilPosts(stubref: string, count: number): Promise<Answer[]> {
    return until(`${count} entries in the log`, async () => {
      const posts = await this.posts(stubref);
      return posts.length >= count && posts;
    });
  }

  /** A webhook as Meta would sign it, with `value` of one change of the field `messages`. */
  async webhook(value: object, phoneNumberId = '100000000000001'): Promise<number> {
    const metadata = { display_phone_number: '15550000001', phone_number_id: phoneNumberId };
    const change = { field: 'messages', value: { messaging_product: 'whatsapp', metadata, ...value } };
    const body = JSON.stringify({
      object: 'whatsapp_business_account',
      entry: [{ id: '200000000000001', changes: [change] }],
    });
    const signature = createHmac('sha256', 'emulator').update(body).digest('hex');
    const headers = { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` };
    return (await fetch(`${this.url}/webhooks/meta_whatsapp`, { method: 'POST', body, headers })).status;
  }

  /** Puts a file into the store; its fileuuid. */
  async upload(content: Uint8Array<ArrayBuffer>, name: string, contentType: string): Promise<string> {
    const form = new FormData();
    form.append('file', new Blob([content], { type: contentType }), name);
    const response = await fetch(`${this.url}/api/files`, { method: 'POST', body: form });
    if (response.status !== 201) throw new Error(`the upload answered ${response.status}: ${await response.text()}`);
    return ((await response.json()) as Answer).items[0].fileuuid;
  }

  async download(fileuuid: string): Promise<Buffer> {
    const response = await fetch(`${this.url}/api/files/${fileuuid}`);
    if (!response.ok) throw new Error(`the download answered ${response.status}: ${await response.text()}`);
    return Buffer.from(await response.arrayBuffer());
  }

  /** Asks the emulator for something to go wrong; its id. */
  async fault(request: object): Promise<string> {
    return (await this.ask('POST', '/emulator/faults', request, 201)).id;
  }

  /** The calls that the emulator got, oldest first, whose path ends so. */
  async calls(pathEnd: string): Promise<Answer[]> {
    const calls: Answer[] = await this.ask('GET', '/emulator/requests');
    return calls.filter(({ path }) => path.endsWith(pathEnd));
  }

  async wait(hours: number): Promise<void> {
    await this.ask('POST', '/emulator/clock', { advance_ms: hours * 3_600_000 });
  }

  /** The events of a pattern from now on. */
  watch(pattern: string): EventWatch {
    return new EventWatch(`${this.url}/api/heimdall/events?path=${encodeURIComponent(pattern)}`);
  }
}

/** A reader of server-sent events. */
export class EventWatch {
  readonly events: Answer[] = [];
  private readonly abort = new AbortController();
  readonly open: Promise<void>;

  constructor(url: string) {
    this.open = this.connect(url);
  }

  close(): void {
    this.abort.abort();
  }

  private async connect(url: string): Promise<void> {
    const response = await fetch(url, { signal: this.abort.signal });
    if (!response.ok) throw new Error(`watching answered ${response.status}: ${await response.text()}`);
    void this.read(response.body!.pipeThrough(new TextDecoderStream())).catch(() => undefined); // closed by the story
  }

  private async read(body: ReadableStream<string>): Promise<void> {
    let rest = '';
    for await (const chunk of body) {
      const parts = (rest + chunk).split('\n\n');
      rest = parts.pop()!;
      for (const part of parts) {
        const data = part.split('\n').find((line) => line.startsWith('data:'));
        if (data) this.events.push(JSON.parse(data.slice('data:'.length)));
      }
    }
  }
}

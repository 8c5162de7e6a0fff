import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { AnyActorKind } from '../../core/contract/actor-kind.js';
import { FileStore } from '../../core/file/file-store.js';
import { HostAddress } from '../../core/http/host-address.js';
import { CatalogueStore } from '../../plugins/meta_whatsapp/catalogue/catalogue-store.js';
import { WhatsAppTemplates } from '../../plugins/meta_whatsapp/catalogue/whatsapp-templates.js';
import { ConversationReader } from '../../plugins/meta_whatsapp/conversation-reader.js';
import { GraphClient } from '../../plugins/meta_whatsapp/graph-client.js';
import { ClientFileQuota } from '../../plugins/meta_whatsapp/media/client-file-quota.js';
import { MediaFetcher } from '../../plugins/meta_whatsapp/media/media-fetcher.js';
import { MediaUploads } from '../../plugins/meta_whatsapp/media/media-uploads.js';
import { type WhatsAppConfig, WhatsAppConfigSchema } from '../../plugins/meta_whatsapp/profile.js';
import { WhatsAppChannel } from '../../plugins/meta_whatsapp/whatsapp-channel.js';
import { ActorHost } from '../support/actor-host.js';
import { FakeMediaGraph } from '../support/fake-media-graph.js';
import { privateRedis } from '../support/private-redis.js';

export const log = pino({ level: 'silent' });
export const PHONE_NUMBER_ID = '700000000000001';
const LIMIT_BYTES = 1_000_000;

/** The media half of meta_whatsapp on real Redis and real files, in front of a Graph API of the test's own. */
export class MediaRig {
  readonly dir = mkdtempSync(join(tmpdir(), 'stubwire-media-'));
  readonly config: WhatsAppConfig;
  readonly client: GraphClient;
  /** What the services stand on. */
  readonly base: ActorHost;
  /** Runs the actors, once started. */
  readonly host: ActorHost;
  readonly files: FileStore;
  readonly fetcher: MediaFetcher;
  readonly uploads: MediaUploads;

  private constructor(
    readonly graph: FakeMediaGraph,
    kindsOf: (rig: MediaRig) => AnyActorKind[],
    prefix: string,
  ) {
    this.config = configOf(graph.url);
    this.client = new GraphClient(this.config, new HostAddress('http://127.0.0.1:1'));
    this.base = new ActorHost(privateRedis.options, prefix, []);
    const { redis, keys, clock } = this.base;
    this.files = new FileStore({ dir: this.dir, maxBytes: LIMIT_BYTES }, redis, keys, clock, log);
    this.fetcher = new MediaFetcher(this.config, this.client, this.files, new ClientFileQuota(redis, keys, clock), log);
    this.uploads = new MediaUploads(this.config, this.client, this.files, redis, keys, clock, log);
    this.host = new ActorHost(privateRedis.options, prefix, kindsOf(this));
  }

  static async open(kindsOf: (rig: MediaRig) => AnyActorKind[] = () => []): Promise<MediaRig> {
    return new MediaRig(await new FakeMediaGraph().start(), kindsOf, privateRedis.newPrefix());
  }

  async close(): Promise<void> {
    await this.client.close();
    await this.host.stop();
    await this.base.stop();
    await this.graph.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** The channel on this rig's services. */
  channel(): WhatsAppChannel {
    const { redis, keys, clock } = this.base;
    const templates = new WhatsAppTemplates(this.config, new CatalogueStore(redis, clock, keys));
    const org = { orguuid: 'demo', name: 'Demo', default_country: 'ZA' };
    const conversations = new ConversationReader(redis, keys);
    const { config, client, uploads, files } = this;
    return new WhatsAppChannel(config, org, client, redis, keys, uploads, files, templates, conversations, clock);
  }

  /** A file in the store. */
  async stored(content: Buffer, contentType: string): Promise<string> {
    return (await this.files.put(chunksOf(content), { contentType, originalname: 'parcel.jpg' })).fileuuid;
  }

  /** The files in the store's folder, half received ones too. */
  contents(): string[] {
    const entries = readdirSync(this.dir, { recursive: true, withFileTypes: true });
    return entries.filter((one) => one.isFile() && one.name !== 'owner').map(({ name }) => name);
  }

  async contentOf(fileuuid: string): Promise<Buffer> {
    const opened = await this.files.open(fileuuid);
    const chunks: Buffer[] = [];
    for await (const chunk of opened!.content) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  }
}

/** A configuration whose profile `main` calls this address with the token `secret-token`. */
export const configOf = (graphUrl: string): WhatsAppConfig =>
  WhatsAppConfigSchema.parse({
    profiles: {
      main: {
        phone_number_id: PHONE_NUMBER_ID,
        display_phone_number: '15550000001',
        waba_id: '200000000000001',
        access_token: 'secret-token',
        app_secrets: ['app-secret'],
        verify_token: 'verify-token',
        graph_url: graphUrl,
        client_files: { mb_per_day: 1 },
      },
    },
  });

export const TOKEN = 'Bearer secret-token';

export async function* chunksOf(content: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += 65_536) yield content.subarray(at, at + 65_536);
}

/** Bytes that nothing else has. */
export const someBytes = (size: number): Buffer =>
  Buffer.concat([Buffer.from(randomUUID()), Buffer.alloc(Math.max(0, size - 36), 7)]).subarray(0, size);

export const sha256Of = (content: Buffer, encoding: 'hex' | 'base64') =>
  createHash('sha256').update(content).digest(encoding);

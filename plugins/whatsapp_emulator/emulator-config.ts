import type { ServiceIdentifier } from 'inversify';
import { z } from 'zod';
import { TemplateDefinition } from './message/template-definition.js';

const digits = z.string().regex(/^\d{5,20}$/, 'digits only, 5 to 20 of them');

/** An account of the configuration: for an emulator that runs as a process of its own, or plays a foreign product. */
const ConfiguredAccount = z.strictObject({
  profile: z.string().min(1).max(64),
  phone_number_id: digits,
  display_phone_number: digits,
  waba_id: digits,
  access_token: z.string().min(1),
  app_secret: z.string().min(1),
  webhook_url: z.url({ protocol: /^https?$/ }),
});

/** One message in `interval_ms` to a client; `burst` messages may be borrowed from the time to come. */
export const PairLimit = z.strictObject({
  interval_ms: z.int().min(1).max(3_600_000).default(6_000),
  burst: z.int().min(1).max(10_000).default(45),
});

/** The block `plugins.whatsapp_emulator` of the host's configuration; `{}` is a good one. */
export const EmulatorConfigSchema = z.strictObject({
  /** Accounts beside those that channel plugins contribute. */
  accounts: z.array(ConfiguredAccount).max(100).default([]),
  /** WhatsApp templates beside those built in; same name and language replaces one. */
  templates: z.array(TemplateDefinition).max(250).default([]),
  /** Base URL for the webhooks of contributed accounts. Default: the address this host listens on. */
  webhook_base_url: z.url({ protocol: /^https?$/ }).optional(),
  /** Whether a template that is created is approved at once, or waits for somebody to say so. */
  template_approval: z.enum(['at_once', 'by_hand']).default('at_once'),
  /** Plays the pair rate limit, else 131056; `true` is Meta's: 1 message in 6 s to one client, 45 in a burst. */
  pair_limit: z.union([z.boolean(), PairLimit]).default(false),
  /** Plays the throughput of a number: so many sends in any second, else 130429. Meta's is 80. Default: no limit. */
  throughput_per_second: z.int().min(1).max(10_000).optional(),
  /** Media kept on disk, MB of a million bytes; the oldest goes first. */
  media_kept_mb: z.int().min(1).max(100_000).default(1_000),
  /** Newest entries kept of each chat, and of the list of Graph calls. */
  chat_kept: z.int().min(10).max(100_000).default(1_000),
  requests_kept: z.int().min(10).max(100_000).default(1_000),
  /** Clients that can be had, each with a chat; one more is refused. */
  clients_max: z.int().min(1).max(1_000_000).default(1_000),
  /** Newest webhooks kept for the list and for replays. */
  webhooks_kept: z.int().min(1).max(100_000).default(1_000),
  /** Webhooks posted at a time by one process. */
  webhook_concurrency: z.int().min(1).max(1_000).default(64),
  /** How long one webhook waits for its answer. */
  webhook_timeout_ms: z.int().min(100).max(60_000).default(10_000),
});

export type PairLimit = z.output<typeof PairLimit>;
export type EmulatorConfig = z.output<typeof EmulatorConfigSchema>;
export type ConfiguredAccount = z.output<typeof ConfiguredAccount>;
export const EmulatorConfig: ServiceIdentifier<EmulatorConfig> = Symbol.for('stubwire.whatsapp_emulator.config');

import type { ServiceIdentifier } from 'inversify';
import { z } from 'zod';
import { TemplateDefinition } from './message/template-catalogue.js';

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

/** The block `plugins.whatsapp_emulator` of the host's configuration; `{}` is a good one. */
export const EmulatorConfigSchema = z.strictObject({
  /** Accounts beside those that channel plugins contribute. */
  accounts: z.array(ConfiguredAccount).max(100).default([]),
  /** WhatsApp templates beside the two built in; same name and language replaces one. */
  templates: z.array(TemplateDefinition).max(250).default([]),
  /** Base URL for the webhooks of contributed accounts. Default: the address this host listens on. */
  webhook_base_url: z.url({ protocol: /^https?$/ }).optional(),
  /** Plays the pair rate limit: 1 message in 6 s to one client, 45 in a burst, else 131056. */
  pair_limit: z.boolean().default(false),
  /** Newest entries kept of each chat, and of the list of Graph calls. */
  chat_kept: z.int().min(10).max(100_000).default(1_000),
  requests_kept: z.int().min(10).max(100_000).default(1_000),
  /** Webhooks posted at a time by one process. */
  webhook_concurrency: z.int().min(1).max(1_000).default(64),
  /** How long one webhook waits for its answer. */
  webhook_timeout_ms: z.int().min(100).max(60_000).default(10_000),
});

export type EmulatorConfig = z.output<typeof EmulatorConfigSchema>;
export type ConfiguredAccount = z.output<typeof ConfiguredAccount>;
export const EmulatorConfig: ServiceIdentifier<EmulatorConfig> = Symbol.for('stubwire.whatsapp_emulator.config');

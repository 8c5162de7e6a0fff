import type { ServiceIdentifier } from 'inversify';
import { z } from 'zod';
import { Commands } from './profiles/command-limits.js';

const secret = z.string().min(1);

/** One WhatsApp business number, as configured. */
const Profile = z
  .strictObject({
    phone_number_id: z.string().regex(/^\d+$/, 'expected the digits of Meta’s phone number id'),
    display_phone_number: z.string().min(1),
    waba_id: z.string().regex(/^\d+$/, 'expected the digits of Meta’s business account id'),
    access_token: secret,
    app_secrets: z.array(secret).min(1),
    verify_token: secret,
    graph_url: z.union([z.literal('emulator'), z.url()]),
    graph_version: z
      .string()
      .regex(/^v\d+\.\d+$/, 'expected a Graph version such as v25.0')
      .default('v25.0'),
    messages_per_second: z.number().int().min(1).max(1_000).default(80),
    template_sync_minutes: z.number().min(1).max(1_440).default(10),
    mark_read: z.boolean().default(false),
    language: z.string().default('en'),
    commands: Commands,
    interaction_request: z
      .strictObject({
        template: z.string().default('general_interaction_request'),
        ask_again_after_hours: z.number().positive().default(168),
        stash_limit: z.number().int().min(1).max(1_000).default(100),
        stash_hours: z.number().positive().default(168),
      })
      .default({
        template: 'general_interaction_request',
        ask_again_after_hours: 168,
        stash_limit: 100,
        stash_hours: 168,
      }),
    consent: z
      .strictObject({
        stop_words: z.array(z.string().min(1).max(100)).max(100).default([]),
        start_words: z.array(z.string().min(1).max(100)).max(100).default([]),
      })
      .default({ stop_words: [], start_words: [] }),
    client_files: z
      .strictObject({
        per_day: z.number().int().min(1).max(10_000).default(200),
        mb_per_day: z.number().int().min(1).max(1_000_000).default(500),
      })
      .default({ per_day: 200, mb_per_day: 500 }),
    answer_timeout_ms: z.number().int().min(1_000).max(120_000).default(20_000),
    unknown_outcome_wait_ms: z.number().int().min(100).default(30_000),
    unknown_outcome_resends: z.number().int().min(0).max(5).default(1),
  })
  .superRefine((profile, context) => {
    if (profile.graph_url === 'emulator') return;
    const isOpenWord = (value: string) => value === 'emulator';
    const found = [
      ...(isOpenWord(profile.access_token) ? ['access_token'] : []),
      ...(profile.app_secrets.some(isOpenWord) ? ['app_secrets'] : []),
      ...(isOpenWord(profile.verify_token) ? ['verify_token'] : []),
    ];
    for (const key of found) {
      const message = `is the word "emulator", which everybody knows, beside the real graph_url ${profile.graph_url}. Set the secret of your Meta app in the environment, or set graph_url to emulator.`;
      context.addIssue({ code: 'custom', path: [key], message });
    }
  });

const EMULATED_MAIN = {
  phone_number_id: '100000000000001',
  display_phone_number: '15550000001',
  waba_id: '200000000000001',
  access_token: 'emulator',
  app_secrets: ['emulator'],
  verify_token: 'emulator',
  graph_url: 'emulator',
} as const;

const BUILT_IN = Profile.parse(EMULATED_MAIN);

/** `plugins.meta_whatsapp` of the host's configuration. With no profile: the emulator's built-in `main`. */
export const WhatsAppConfigSchema = z
  .strictObject({
    default_profile: z.string().default('main'),
    profiles: z
      .record(
        z.string().regex(/^(?!__proto__$)[A-Za-z0-9_-]{1,64}$/, 'expected a name of letters, digits, - and _'),
        Profile,
      )
      .default({ main: BUILT_IN }),
  })
  .superRefine(({ default_profile, profiles }, context) => {
    if (!Object.hasOwn(profiles, default_profile)) {
      const message = `names the profile "${default_profile}", which is not there. Profiles: ${Object.keys(profiles).join(', ')}.`;
      context.addIssue({ code: 'custom', path: ['default_profile'], message });
    }
    const names = new Map<string, string>();
    for (const [name, { phone_number_id }] of Object.entries(profiles)) {
      const other = names.get(phone_number_id);
      if (other)
        context.addIssue({
          code: 'custom',
          path: ['profiles', name, 'phone_number_id'],
          message: `is also that of the profile "${other}"; each number is one profile.`,
        });
      names.set(phone_number_id, name);
    }
  });

export type WhatsAppConfig = z.infer<typeof WhatsAppConfigSchema>;
export type Profile = z.infer<typeof Profile>;
export const WhatsAppConfig: ServiceIdentifier<WhatsAppConfig> = Symbol.for('stubwire.meta_whatsapp.WhatsAppConfig');

/** Whether no profile is configured, so that the emulator's built-in one is used. */
export const isBuiltIn = ({ profiles }: WhatsAppConfig): boolean => Object.values(profiles).includes(BUILT_IN);
export const BUILT_IN_NOTICE =
  'no WhatsApp profile is configured under plugins.meta_whatsapp.profiles: the built-in profile "main" of the emulator is used, and nothing reaches a real phone';

/** The profile of this name. The name may come from outside, so `constructor` must not find a property of Object. */
export const profileOf = ({ profiles }: WhatsAppConfig, name: string): Profile | undefined =>
  Object.hasOwn(profiles, name) ? profiles[name] : undefined;

/** The same profiles, every one of them played by the emulator, with no secret of theirs. */
export function emulated(config: WhatsAppConfig): WhatsAppConfig {
  const { access_token, app_secrets, verify_token, graph_url } = EMULATED_MAIN;
  const played = { access_token, app_secrets: [...app_secrets], verify_token, graph_url };
  const profiles = Object.entries(config.profiles).map(([name, profile]) => [name, { ...profile, ...played }] as const);
  return { ...config, profiles: Object.fromEntries(profiles) };
}

export const PLUGIN = 'meta_whatsapp';
export const sendQueueOf = (profile: string) => `whatsapp-send-${profile}`;
export const conversationIdOf = (profile: string, client: string) => `${profile}:${client}`;

/** Kind of the actors that read statuses, one for each delivery: `<profile>:<delivery>`; of others' messages Meta's id. */
export const STATUS_KIND = 'whatsapp-status';

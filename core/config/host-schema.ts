import { z } from 'zod';

const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

/** A name, a name below which all are meant, or an IP address, with a port where it is another than 80 and 443. */
const CallHost = z
  .string()
  .max(260)
  .regex(
    /^(?:(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:]+\])(?::\d{1,5})?$/,
    'write a host in small letters, such as crm.example.org, *.example.org or 10.1.2.3:8080, and nothing before or after it',
  );
/** A shorter one would be taken out of answers wherever its few letters stand by chance. */
const SecretValue = z.string().min(8, 'a secret has 8 characters or more; remove the line if there is none').max(4_000);

const Token = z.strictObject({
  /** Shown in logs and on stubposts. */
  name: z.string().min(1),
  token: z.string().min(16, 'a token has 16 characters or more; make one at random: openssl rand -hex 32'),
  role: z.enum(['viewer', 'operator', 'admin']),
  /** The contact that its actions are posted by. */
  contactuuid: z.string().min(1).optional(),
});

/** They have a name and are no country: groups of countries, test data, "unknown". */
const NO_COUNTRIES: readonly string[] = ['EU', 'EZ', 'QO', 'UN', 'XA', 'XB', 'ZZ'];

/** Whether a country code is in use. UK is not: the code is GB. */
const isCountry = (code: string): boolean =>
  !NO_COUNTRIES.includes(code) &&
  new Intl.Locale(`und-${code}`).region === code &&
  new Intl.DisplayNames('en', { type: 'region', fallback: 'none' }).of(code) !== undefined;

/** The form of `config/stubwire.yaml`. A plugin's block is checked with that plugin's own schema. */
export const HostSchema = z
  .strictObject({
    org: z.strictObject({
      orguuid: z.string().min(1),
      name: z.string().min(1),
      default_country: z
        .string()
        .regex(/^[A-Z]{2}$/, { error: 'write the two capital letters of a country, such as ZA', abort: true })
        .refine(isCountry, 'is not the code of a country. Write two letters of ISO 3166, such as ZA or GB'),
    }),
    http: z
      .strictObject({
        host: z.string().min(1).default('127.0.0.1'),
        port: z.int().min(0).max(65535).default(4000),
        public_url: z.url({ protocol: /^https?$/ }).optional(),
        /** Limit of simultaneous connections; more are closed at once. */
        max_connections: z.int().min(10).max(100_000).default(1_000),
        /** What links are signed with: the first signs, all verify. Empty ones (a variable that is not set) are passed over. */
        link_secrets: z
          .array(z.union([z.literal(''), z.string().min(16, 'give 16 characters at least, made at random')]))
          .max(10)
          .default([])
          .transform((secrets) => secrets.filter((secret) => secret !== '')),
      })
      .prefault({}),
    redis: z
      .strictObject({
        url: z.string().default(''),
        data_dir: z.string().min(1).default('../data/redis'),
        prefix: z
          .string()
          .regex(/^[A-Za-z0-9_-]{1,40}$/, 'write up to 40 letters, digits, _ and -')
          .default('stubwire'),
      })
      .prefault({}),
    files: z
      .strictObject({
        dir: z.string().min(1).default('../data/files'),
        max_mb: z.number().positive().max(2048).default(100),
      })
      .prefault({}),
    auth: z.strictObject({ tokens: z.array(Token).default([]) }).prefault({}),
    templates: z.string().min(1).default('templates'),
    /** Files of that folder that change are taken while the program runs. */
    templates_watch: z.boolean().default(true),
    stubs: z
      .strictObject({
        loop_guard: z
          .strictObject({
            /** Messages of one client that may run actions on one stub within a minute. */
            actions_per_minute: z.int().min(1).max(600).default(60),
            /** Actions of one chain, each sent by the one before. */
            hops: z.int().min(1).max(1_000).default(50),
            /** Actions that all runs which one run led to may send together. */
            actions_per_chain: z.int().min(1).max(10_000_000).default(100_000),
          })
          .prefault({}),
      })
      .prefault({}),
    apicall: z
      .strictObject({
        /** Hosts that the task apicall may call. */
        allow_hosts: z.array(CallHost).max(200).default([]),
        /** Also at addresses of this machine and of private networks. */
        allow_private_addresses: z.boolean().default(false),
        /** What templates name and never see: `{value, hosts}`, or the value alone for all of `allow_hosts`. */
        secrets: z
          .record(
            z.string().regex(/^[A-Za-z0-9_-]{1,60}$/, 'write up to 60 letters, digits, _ and -'),
            z.union([
              SecretValue.transform((value): { value: string; hosts?: string[] | undefined } => ({ value })),
              z.strictObject({ value: SecretValue, hosts: z.array(CallHost).min(1).max(50).optional() }),
            ]),
          )
          .refine((secrets) => Object.keys(secrets).length <= 100, 'at most 100 secrets')
          .default({}),
      })
      .prefault({}),
    log: z
      .strictObject({ level: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info') })
      .prefault({}),
    plugins: z.record(z.string(), z.unknown()),
  })
  .superRefine(({ http, auth }, context) => {
    if (auth.tokens.length === 0 && !LOOPBACK.includes(http.host)) {
      const message = `${http.host} can be reached from elsewhere, and auth.tokens is empty. Add a token, or listen on 127.0.0.1`;
      context.addIssue({ code: 'custom', path: ['http', 'host'], message, params: { code: 'http_host_open' } });
    }
    for (const key of ['name', 'token'] as const) {
      const values = auth.tokens.map((token) => token[key]);
      values.forEach((value, index) => {
        if (values.indexOf(value) === index) return;
        context.addIssue({
          code: 'custom',
          path: ['auth', 'tokens', index, key],
          message: 'another entry has the same. Give each its own',
        });
      });
    }
  });

export type HostSettings = z.infer<typeof HostSchema>;

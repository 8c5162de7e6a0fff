import { z } from 'zod';

const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

const Token = z.strictObject({
  /** Shown in logs and on stubposts. */
  name: z.string().min(1),
  token: z.string().min(1),
  role: z.enum(['viewer', 'operator', 'admin']),
  /** The contact in whose name its actions are posted. */
  contactuuid: z.string().min(1).optional(),
});

/** The form of `config/stubwire.yaml`. A plugin's block is checked with that plugin's own schema. */
export const HostSchema = z
  .strictObject({
    org: z.strictObject({
      orguuid: z.string().min(1),
      name: z.string().min(1),
      default_country: z.string().regex(/^[A-Z]{2}$/, 'write the two capital letters of a country, such as ZA'),
    }),
    http: z
      .strictObject({
        host: z.string().min(1).default('127.0.0.1'),
        port: z.int().min(0).max(65535).default(4000),
        public_url: z.url({ protocol: /^https?$/ }).optional(),
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
    stubs: z
      .strictObject({
        loop_guard: z
          .strictObject({
            /** Messages of one client that may run actions on one stub within a minute. */
            actions_per_minute: z.int().min(1).max(600).default(60),
            /** Actions of one chain, each sent by the one before. */
            hops: z.int().min(1).max(1_000).default(50),
          })
          .prefault({}),
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

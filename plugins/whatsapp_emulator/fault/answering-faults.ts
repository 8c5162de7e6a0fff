import { z } from 'zod';

const MS_MAX = 300_000;
const code = z.int().min(0).max(9_999_999);

/** The calls of one kind that a fault strikes: sends and read marks, media, WhatsApp templates, the account's own. */
export const CallKind = z.enum(['messages', 'media', 'templates', 'account']);
export type CallKind = z.output<typeof CallKind>;

/** What a broken server or a proxy answers in place of Meta's JSON. */
const BrokenBody = z.enum(['html', 'text', 'empty', 'cut_json']);
export type BrokenBody = z.output<typeof BrokenBody>;

/** Faults of the answer to a Graph call. All but the first and the last three keep the call from being carried out. */
export const answeringFaults = <Target extends z.ZodRawShape>(target: Target) => {
  /** Which calls are struck. Default: `messages`. */
  const all = { ...target, on: z.union([CallKind, z.literal('all')]).optional() };
  return [
    z.strictObject({ kind: z.literal('latency'), ms: z.int().min(1).max(MS_MAX), ...all }),
    z.strictObject({ kind: z.literal('http_500'), ...all }),
    z.strictObject({
      kind: z.literal('http_error'),
      status: z.int().min(400).max(599),
      body: BrokenBody.default('empty'),
      ...all,
    }),
    z.strictObject({
      kind: z.literal('error_code'),
      code,
      /** The HTTP status. Default: the one that Meta's page gives for the code. */
      status: z.int().min(400).max(599).optional(),
      is_transient: z.boolean().optional(),
      subcode: code.optional(),
      details: z.string().max(1_000).optional(),
      ...all,
    }),
    z.strictObject({ kind: z.literal('drop_request'), ...all }),
    z.strictObject({ kind: z.literal('drop_answer'), ...all }),
    z.strictObject({
      kind: z.literal('bad_answer'),
      status: z.int().min(200).max(599).default(200),
      body: BrokenBody.default('html'),
      ...all,
    }),
    z.strictObject({ kind: z.literal('media_redirect'), to: z.url({ protocol: /^https?$/ }), ...target }),
  ] as const;
};

/** Their kinds, each between spaces, as `emulator-begin.lua` takes them. */
export const ANSWERING_KINDS = ' latency http_500 http_error error_code drop_request drop_answer bad_answer ';
export const DOWNLOAD_KINDS = `${ANSWERING_KINDS}media_redirect `;

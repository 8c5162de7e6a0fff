import { z } from 'zod';
import { numberOrText } from '../config/number-or-text.js';

/** Called again with the same request they do no more than once. https://www.rfc-editor.org/rfc/rfc9110#name-idempotent-methods */
const IDEMPOTENT: readonly string[] = ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
const MAX_HEADERS = 50;

const SecretName = z.string().min(1).max(60);
/** A number or true that a reference gave is text here. */
const Text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const wholeNumber = (least: number, most: number) => numberOrText(z.number().int().min(least).max(most));

export const ApicallParams = z
  .strictObject({
    method: z.enum(METHODS).default('GET').describe('The HTTP method'),
    url: z.string().min(1).max(4_000).describe('http or https; its host must be in apicall.allow_hosts'),
    path: z
      .array(Text)
      .max(20)
      .optional()
      .describe('Parts put behind the URL’s path, each encoded: the place for what came from outside'),
    query: z.record(z.string().min(1).max(200), Text).optional().describe('Joins the URL’s query, encoded'),
    headers: z
      .record(
        z.string().min(1).max(200),
        z.union([Text, z.strictObject({ secret: SecretName.describe('A name of apicall.secrets') })]),
      )
      .refine((headers) => Object.keys(headers).length <= MAX_HEADERS, `at most ${MAX_HEADERS} headers`)
      .optional()
      .describe('Header → text, or {secret: <name>} of apicall.secrets'),
    auth: z
      .strictObject({
        bearer: SecretName.optional().describe('The token, by its name in apicall.secrets'),
        basic: z
          .strictObject({
            user: z.string().max(200).describe('The user'),
            password: SecretName.describe('The password, by its name in apicall.secrets'),
          })
          .optional()
          .describe('User and password'),
      })
      .refine(({ bearer, basic }) => (bearer === undefined) !== (basic === undefined), 'give either bearer or basic')
      .optional()
      .describe('Authorization: {bearer: <secret>} or {basic: {user, password: <secret>}}'),
    body: z.unknown().optional().describe('A map or list is sent as JSON, text as it is'),
    timeout_ms: wholeNumber(100, 30_000).default(10_000).describe('Longest wait for one answer, ms'),
    attempts: wholeNumber(1, 5).default(3).describe('How often it is tried at most, where a repeat does no harm'),
    give_up_after_ms: wholeNumber(100, 60_000).default(20_000).describe('Longest time of all attempts together, ms'),
    honours_idempotency_key: z
      .boolean()
      .default(false)
      .describe('The callee does a request with a known Idempotency-Key only once: POST and PATCH may be repeated'),
    max_answer_kb: wholeNumber(1, 256).default(64).describe('A longer answer fails the task, KiB'),
  })
  .describe('Asks another system over HTTP; its answer is the payload of the task');
export type ApicallParams = z.output<typeof ApicallParams>;

export const mayBeRepeated = ({ method, honours_idempotency_key: honours }: ApicallParams): boolean =>
  honours || IDEMPOTENT.includes(method);

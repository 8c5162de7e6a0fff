import { randomUUID } from 'node:crypto';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { StubwireError } from '../errors.js';
import type { Logger } from '../observability/logger.js';
import { storeRefusal } from '../redis/store-refusal.js';
import type { Refusals } from './refusals.js';

/** Seconds after which a caller that met a limit, or a store that was away, may ask again. */
const RETRY_AFTER_S = 1;

/** Fastify's own refusals, in the words of our table. */
const FASTIFY_CODES: { readonly [code: string]: (error: FastifyError) => StubwireError } = {
  FST_ERR_CTP_BODY_TOO_LARGE: () =>
    new StubwireError('body_too_large', 'The body is over 1 MB (3 MB for webhooks). Send less at a time.'),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () =>
    new StubwireError(
      'body_invalid',
      'The body is of a type that is not taken. Send JSON with "Content-Type: application/json" (POST /api/files takes multipart/form-data).',
    ),
  FST_ERR_CTP_INVALID_JSON_BODY: () =>
    new StubwireError(
      'body_invalid',
      'The body is not JSON. Send one JSON object with "Content-Type: application/json".',
    ),
};

/** Answers every error as `{error: {code, message, details?}}`. Bugs are logged under an id, and say nothing but that id. */
export const errorAnswer =
  (log: Logger, refusals: Refusals) =>
  (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    const coded = codedError(error) ?? bug(log, error, request);
    refusals.count(coded.code, request.ip);
    if (coded.status === 429 || coded.status === 503)
      reply.header('Retry-After', String(coded.options.retryAfterS ?? RETRY_AFTER_S));
    if (coded.status === 401) reply.header('WWW-Authenticate', 'Bearer');
    reply
      .code(coded.status)
      .type('application/json; charset=utf-8')
      .send(JSON.stringify(errorBody(coded)));
  };

/** No such route: the method and the path, without the query, which may hold a number. */
export function notFoundAnswer(request: FastifyRequest): never {
  const path = request.url.split('?')[0]!.slice(0, 200);
  throw new StubwireError(
    'not_found',
    `There is no ${request.method} ${path}. GET /api/openapi.json lists the routes.`,
  );
}

function errorBody({ code, message, options: { details } }: StubwireError) {
  return { error: { code, message, ...(details !== undefined && { details }) } };
}

function codedError(error: unknown): StubwireError | undefined {
  if (error instanceof StubwireError) return error;
  const refusal = storeRefusal(error);
  if (refusal) return refusal;
  const fastifyError = error as Partial<FastifyError> | null;
  const known = FASTIFY_CODES[fastifyError?.code ?? ''];
  if (known) return known(fastifyError as FastifyError);
  const status = fastifyError?.statusCode ?? 500;
  if (status >= 500) return undefined;
  return new StubwireError(
    'body_invalid',
    `The request cannot be read (${fastifyError?.code ?? status}). Send well-formed HTTP and JSON.`,
  );
}

/** A message of an unknown error may quote what a person wrote, so the log gets its kind and its place in the source. */
function bug(log: Logger, error: unknown, request: FastifyRequest): StubwireError {
  const id = randomUUID();
  const known = error instanceof Error ? error : new Error(typeof error);
  const frames = (known.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  const code = (known as NodeJS.ErrnoException).code;
  const where = { method: request.method, route: request.routeOptions.url };
  log.error({ errorId: id, ...where, error: known.name, code, frames }, 'request failed: a bug');
  return new StubwireError('internal', `Something went wrong here, not in the request. The log has it under ${id}.`, {
    details: { id },
  });
}

import Fastify, { type FastifyInstance } from 'fastify';
import { StubwireError } from '../errors.js';
import type { Logger } from '../observability/logger.js';
import { limitBodyTime } from './body-limits.js';
import { errorAnswer, notFoundAnswer } from './error-answer.js';
import type { HttpConfig } from './http-config.js';
import { isDeeperThan } from './json-levels.js';
import type { Readiness } from './readiness.js';
import type { Refusals } from './refusals.js';
import { addSecurityHeaders } from './security-headers.js';
import { validatorCompiler } from './validation.js';

/** The limit of every body but a webhook's. */
const BODY_BYTES = 1_000_000;
/** Ids of dead letters and conversations are long; Fastify's own limit is 100. */
const PARAM_CHARACTERS = 1_000;

/** Deepest nesting of objects and lists. A recursive walk of deeper ones would exhaust the stack. */
const JSON_LEVELS = 100;
/** How long a whole request may take to arrive, ms: the slowest upload. Other bodies have less, see `limitBodyTime`. */
const REQUEST_WAIT_MS = 10 * 60_000;
const HEADERS_WAIT_MS = 15_000;
/** How often Node checks for slow requests, ms. */
const SLOW_CHECK_MS = 5_000;
const SAY_EVERY_MS = 30_000;

export interface AppOptions {
  readonly log: Logger;
  readonly readiness: Readiness;
  readonly refusals: Refusals;
  readonly config: HttpConfig;
}

/** An empty Fastify with our errors, our checks, and no logging of its own. */
export function createFastifyApp({ log, readiness, refusals, config }: AppOptions): FastifyInstance {
  const app = Fastify({
    logger: false,
    requestTimeout: REQUEST_WAIT_MS,
    http: { headersTimeout: HEADERS_WAIT_MS, connectionsCheckingInterval: SLOW_CHECK_MS },
    bodyLimit: BODY_BYTES,
    routerOptions: { maxParamLength: PARAM_CHARACTERS },
    exposeHeadRoutes: false,
    return503OnClosing: false, // ours is coded, and begins when the program stops
    forceCloseConnections: 'idle',
  });
  app.setValidatorCompiler(validatorCompiler);
  // Answers are typed against their schemas where they are written; checking them again at run time finds nothing more.
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
  limitConnections(app, config.max_connections, log);
  app.setErrorHandler(errorAnswer(log, refusals));
  app.setNotFoundHandler(notFoundAnswer);
  takeJson(app);
  addSecurityHeaders(app, config.public_url?.startsWith('https://') ?? false);
  app.addHook('onRequest', (_request, reply, done) => {
    if (readiness.state !== 'stopping') return done();
    reply.header('Connection', 'close');
    done(new StubwireError('stopping', 'The program is stopping. Send the request again in a moment.'));
  });
  limitBodyTime(app);
  return app;
}

/** Closes connections beyond the limit, and says so at most every 30 s. */
function limitConnections({ server }: FastifyInstance, most: number, log: Logger): void {
  let saidAtMs = Number.NEGATIVE_INFINITY;
  server.maxConnections = most;
  server.on('drop', () => {
    if (performance.now() - saidAtMs < SAY_EVERY_MS) return;
    saidAtMs = performance.now();
    log.warn({ max_connections: most }, 'closing new connections: the limit http.max_connections is reached');
  });
}

/** Fastify's JSON parser, but an empty body is no error: many clients set the content type on every request. */
function takeJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser(['application/json', 'text/plain']);
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body: string, done) => {
    if (body.length === 0) done(null, undefined);
    else if (isDeeperThan(JSON_LEVELS, body)) done(tooDeep());
    else parse(request, body, done);
  });
}

const tooDeep = (): StubwireError =>
  new StubwireError('body_invalid', `The body nests deeper than ${JSON_LEVELS} levels. Send a flatter one.`);

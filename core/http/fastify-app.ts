import Fastify, { type FastifyInstance } from 'fastify';
import { StubwireError } from '../errors.js';
import type { Logger } from '../observability/logger.js';
import { errorAnswer, notFoundAnswer } from './error-answer.js';
import type { Readiness } from './readiness.js';
import { validatorCompiler } from './validation.js';

/** The limit of every body but a webhook's. */
const BODY_BYTES = 1_000_000;
/** Ids of dead letters and conversations are long; Fastify's own limit is 100. */
const PARAM_CHARACTERS = 1_000;

/** An empty Fastify with our errors, our checks, and no logging of its own. */
export function createFastifyApp(log: Logger, readiness: Readiness): FastifyInstance {
  const app = Fastify({
    logger: false,
    bodyLimit: BODY_BYTES,
    routerOptions: { maxParamLength: PARAM_CHARACTERS },
    exposeHeadRoutes: false,
    return503OnClosing: false, // ours is coded, and begins when the program stops
    forceCloseConnections: 'idle',
  });
  app.setValidatorCompiler(validatorCompiler);
  // Answers are typed against their schemas where they are written; checking them again at run time finds nothing more.
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
  app.setErrorHandler(errorAnswer(log));
  app.setNotFoundHandler(notFoundAnswer);
  takeJson(app);
  app.addHook('onRequest', (_request, reply, done) => {
    if (readiness.state !== 'stopping') return done();
    reply.header('Connection', 'close');
    done(new StubwireError('stopping', 'The program is stopping. Send the request again in a moment.'));
  });
  return app;
}

/** Fastify's JSON parser, but an empty body is no error: many clients set the content type on every request. */
function takeJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser(['application/json', 'text/plain']);
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body: string, done) => {
    if (body.length === 0) done(null, undefined);
    else parse(request, body, done);
  });
}

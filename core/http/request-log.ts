import type { FastifyInstance } from 'fastify';
import type { Logger } from '../observability/logger.js';

/** One line a request: the route's pattern, never its URL, body or headers. Reading is logged at debug level only. */
export function logRequests(scope: FastifyInstance, log: Logger): void {
  scope.addHook('onResponse', (request, reply, done) => {
    const level = request.method === 'GET' && reply.statusCode < 500 ? 'debug' : 'info';
    log[level](
      {
        method: request.method,
        route: request.routeOptions.url,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
        caller: request.caller?.name,
      },
      'request',
    );
    done();
  });
}

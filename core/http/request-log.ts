import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from '../observability/logger.js';
import { masked } from '../observability/masked.js';
import { isStubref, isUuid } from '../stub/ids.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Ids that the request concerned, besides those in its path, for the log. Set by the route. */
    concerned?: { readonly [name: string]: string } | undefined;
  }
}

/**
 * Logs one line for each request: the caller, the route's pattern, and the ids that it concerned; never its URL, body or
 * headers. GET requests are logged at debug level only.
 */
export function logRequests(scope: FastifyInstance, log: Logger): void {
  scope.decorateRequest('concerned', undefined);
  scope.addHook('onResponse', (request, reply, done) => {
    const level = request.method === 'GET' && reply.statusCode < 500 ? 'debug' : 'info';
    log[level](
      {
        method: request.method,
        route: request.routeOptions.url,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
        caller: request.caller?.name,
        subject: subjectOf(request),
      },
      'request',
    );
    done();
  });
}

/** The ids of a request; undefined if its path has no parameters and the route names none. */
function subjectOf({ params, concerned }: FastifyRequest): { readonly [name: string]: string } | undefined {
  const ids = Object.entries({ ...(params as { readonly [name: string]: string }), ...concerned });
  if (ids.length === 0) return undefined;
  return Object.fromEntries(ids.map(([name, id]) => [name, NAMES.has(name) && isName(id) ? id : loggable(id)]));
}

/** Parameters whose values are names from the configuration or a template. */
const NAMES: ReadonlySet<string> = new Set(['profile', 'action']);
/** A path may contain anything, so a phone number in place of a name must be masked. */
const isName = (text: string): boolean => /^[\w-]{1,64}$/.test(text) && !/\d{5}/.test(text);

/** Keeps our own ids. Anything else may be or contain a phone number (Meta's message ids do), so its parts are masked. */
const loggable = (id: string): string =>
  id
    .slice(0, 300)
    .split(/([|:])/)
    .map((part) => (isUuid(part) || isStubref(part) ? part : masked(part)))
    .join('');

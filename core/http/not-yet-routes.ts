import type { FastifyInstance, HTTPMethods } from 'fastify';
import { injectable } from 'inversify';
import type { HttpRoutes } from '../contract/http-routes.js';
import { StubwireError } from '../errors.js';

/** Routes that are documented and come later: a row goes when its routes arrive. */
const NOT_YET: readonly (readonly [HTTPMethods, path: string, what: string])[] = [
  ['POST', '/api/heimdall/registrations', 'Registering over the API (templates can already, under heimdall:)'],
  ['DELETE', '/api/heimdall/registrations/:uuid', 'Registering over the API (templates can already, under heimdall:)'],
];

/** Answers what is documented and not built yet with `not_yet`, whatever the body. */
@injectable()
export class NotYetRoutes implements HttpRoutes {
  readonly name = 'not-yet';
  readonly access = 'token';

  register(scope: FastifyInstance): void {
    for (const [method, url, what] of NOT_YET) {
      const refuse = () => {
        throw new StubwireError('not_yet', `${what} comes in a later version: ${method} ${url} is not built yet.`);
      };
      scope.route({ method, url, schema: { hide: true }, onRequest: refuse, handler: refuse });
    }
  }
}

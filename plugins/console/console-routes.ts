import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { injectable } from 'inversify';
import type { HttpRoutes } from '../../core/index.js';

const BUILT_PAGE = fileURLToPath(new URL('./page/', import.meta.url));
const NOT_BUILT = 'The console is not built yet. Run "npm run build" and load it again.\n';
const ASSETS_MAX_AGE_MS = 365 * 86_400_000;
const CONTENT_SECURITY_POLICY =
  "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'";

/** The console, at `/`. The page holds nothing secret: it asks for the token that its calls need. */
@injectable()
export class ConsoleRoutes implements HttpRoutes {
  readonly name = 'console';
  readonly access = 'own';
  readonly pages = [{ path: '/', title: 'Console' }];

  async register(scope: FastifyInstance): Promise<void> {
    const hidden = { schema: { hide: true } };
    if (!existsSync(`${BUILT_PAGE}index.html`)) {
      scope.get('/', hidden, (_call, reply) => reply.type('text/plain; charset=utf-8').send(NOT_BUILT));
      return;
    }
    await scope.register(fastifyStatic, {
      root: `${BUILT_PAGE}assets`,
      prefix: '/console/assets/',
      index: false,
      schemaHide: true,
      maxAge: ASSETS_MAX_AGE_MS, // their names change with their content
      immutable: true,
    });
    scope.get('/', hidden, (_call, reply) =>
      reply
        .header('content-security-policy', CONTENT_SECURITY_POLICY)
        .header('x-content-type-options', 'nosniff')
        .header('cache-control', 'no-cache')
        .sendFile('index.html', BUILT_PAGE, { cacheControl: false }),
    );
  }
}

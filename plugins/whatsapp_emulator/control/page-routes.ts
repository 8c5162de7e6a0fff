import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { injectable } from 'inversify';
import type { HttpRoutes } from '../../../core/index.js';

const BUILT_PAGE = fileURLToPath(new URL('../page/', import.meta.url));
const NOT_BUILT = 'The page is not built yet. Run "npm run build" and load it again.\n';
const ASSETS_MAX_AGE_MS = 365 * 86_400_000;
/** Files of a chat come with the token, so the page shows them as `blob:`. */
const CONTENT_SECURITY_POLICY =
  "default-src 'self'; img-src 'self' blob:; media-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The page itself holds nothing secret: it asks for the token that its calls need. */
@injectable()
export class PageRoutes implements HttpRoutes {
  readonly name = 'whatsapp emulator: page';
  readonly access = 'own';
  readonly pages = [{ path: '/emulator', title: 'WhatsApp emulator' }];

  async register(scope: FastifyInstance): Promise<void> {
    const hidden = { schema: { hide: true } };
    if (!existsSync(`${BUILT_PAGE}index.html`)) {
      scope.get('/emulator', hidden, (_call, reply) => reply.type('text/plain; charset=utf-8').send(NOT_BUILT));
      return;
    }
    await scope.register(fastifyStatic, {
      root: `${BUILT_PAGE}assets`,
      prefix: '/emulator/assets/',
      index: false,
      schemaHide: true,
      maxAge: ASSETS_MAX_AGE_MS, // their names change with their content
      immutable: true,
    });
    const page = (_call: FastifyRequest, reply: FastifyReply) =>
      reply
        .header('content-security-policy', CONTENT_SECURITY_POLICY)
        .header('cache-control', 'no-cache')
        .sendFile('index.html', BUILT_PAGE, { cacheControl: false });
    scope.get('/emulator', hidden, page);
    scope.get('/emulator/', hidden, page);
  }
}

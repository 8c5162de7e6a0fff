import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { inject, injectable } from 'inversify';
import type { HttpRoutes } from '../contract/http-routes.js';
import { EditorSchemas } from '../editor/editor-schemas.js';

/**
 * `/api/schema/stub-template.json`: what editors check and complete stub templates with. Open, for an editor sends no token;
 * it says which plugins, profiles and limits there are, and nothing of stubs, templates, people or secrets.
 */
@injectable()
export class SchemaRoutes implements HttpRoutes {
  readonly name = 'schema';
  readonly access = 'own';

  constructor(@inject(EditorSchemas) private readonly schemas: EditorSchemas) {}

  register(scope: FastifyInstance): void {
    scope.get('/api/schema/stub-template.json', { schema: { hide: true } }, (request, reply) => {
      const text = this.schemas.stubTemplate();
      const etag = `"${createHash('sha256').update(text).digest('base64url')}"`;
      // Another version or configuration has another schema: a copy is asked after each time, which is cheap.
      reply.header('etag', etag).header('cache-control', 'no-cache');
      if (request.headers['if-none-match']?.split(/\s*,\s*/).some((known) => known.replace(/^W\//, '') === etag))
        return reply.code(304).send();
      return reply.type('application/schema+json; charset=utf-8').send(text);
    });
  }
}

import swagger from '@fastify/swagger';
import type { FastifyInstance, FastifySchema } from 'fastify';
import { createJsonSchemaTransform } from 'fastify-type-provider-zod';
import { injectable } from 'inversify';
import type { HttpRoutes } from '../contract/http-routes.js';
import { ERRORS } from '../errors.js';

const ERROR = {
  description: 'Every error: a code of the error table, and what to do.',
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: { code: { type: 'string', enum: Object.keys(ERRORS) }, message: { type: 'string' }, details: {} },
    },
  },
} as const;

const toJsonSchema = createJsonSchemaTransform({});

/** Begins to collect the schemas of routes: to be called before any route is added. */
export async function registerApiDocument(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Stubwire', version: '1', description: 'Stubs, actions, contacts, conversations and events.' },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }],
    },
    transform: (route) => {
      if (!route.url.startsWith('/api/')) return { schema: { hide: true }, url: route.url };
      const { schema, url } = toJsonSchema({ ...route, schema: route.schema ?? {} });
      return { schema: withErrors(schema), url };
    },
  });
}

function withErrors(schema: FastifySchema): FastifySchema {
  return { ...schema, response: { ...(schema.response as object | undefined), default: ERROR } };
}

/** `/api/openapi.json`: the document of every route under `/api`, plugins' too, made from their schemas when first asked for. */
@injectable()
export class ApiDocumentRoutes implements HttpRoutes {
  readonly name = 'api-document';
  readonly access = 'token';

  register(scope: FastifyInstance): void {
    scope.get('/api/openapi.json', { schema: { hide: true } }, () => scope.swagger());
  }
}

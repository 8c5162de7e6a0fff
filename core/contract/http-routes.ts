import type { FastifyInstance } from 'fastify';
import type { ServiceIdentifier } from 'inversify';

/**
 * A group of HTTP routes. `register` is called once while the server is built, inside a Fastify scope of its own, with
 * the zod type provider set. A throw stops the boot.
 *
 * `access`: `token` routes need a bearer token once tokens are configured; `own` routes check their callers themselves.
 */
export interface HttpRoutes {
  readonly name: string;
  readonly access: 'token' | 'own';
  /** Pages worth printing at start: `{path: '/emulator', title: 'WhatsApp emulator'}`. */
  readonly pages?: readonly { readonly path: string; readonly title: string }[];
  register(scope: FastifyInstance): void | Promise<void>;
}
export const HttpRoutes: ServiceIdentifier<HttpRoutes> = Symbol.for('stubwire.HttpRoutes');

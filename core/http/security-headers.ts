import type { FastifyInstance } from 'fastify';

/** Headers against content sniffing and cross-origin use. A route may set its own instead. */
const HEADERS: { readonly [name: string]: string } = {
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'referrer-policy': 'no-referrer',
};
const HSTS = 'max-age=31536000';

/**
 * Sets the headers on the bare response, so that hijacked answers (event streams, the queue board) have them too.
 * `isHttps`: this host is reached over TLS, so browsers may insist on it.
 */
export function addSecurityHeaders(app: FastifyInstance, isHttps: boolean): void {
  const headers = Object.entries({ ...HEADERS, ...(isHttps && { 'strict-transport-security': HSTS }) });
  app.addHook('onRequest', (_request, { raw }, done) => {
    for (const [name, value] of headers) raw.setHeader(name, value);
    done();
  });
}

/** Answers of this scope are about people, so no browser or proxy may cache them. A route may override this. */
export function keepOutOfCaches(scope: FastifyInstance): void {
  scope.addHook('onRequest', (_request, { raw }, done) => {
    raw.setHeader('cache-control', 'no-store');
    done();
  });
}

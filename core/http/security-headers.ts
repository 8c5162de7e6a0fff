import type { FastifyInstance } from 'fastify';

/** Browsers take nothing here for what it is not, and give no page here to others. A route may set its own instead. */
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
 * `isHttps`: others reach this host over TLS, so browsers may insist on it.
 */
export function addSecurityHeaders(app: FastifyInstance, isHttps: boolean): void {
  const headers = Object.entries({ ...HEADERS, ...(isHttps && { 'strict-transport-security': HSTS }) });
  app.addHook('onRequest', (_request, { raw }, done) => {
    for (const [name, value] of headers) raw.setHeader(name, value);
    done();
  });
}

/** What the scope answers concerns people: no browser or proxy keeps it. A route may say otherwise. */
export function keepOutOfCaches(scope: FastifyInstance): void {
  scope.addHook('onRequest', (_request, { raw }, done) => {
    raw.setHeader('cache-control', 'no-store');
    done();
  });
}

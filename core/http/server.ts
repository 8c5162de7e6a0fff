import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { inject, injectable, multiInject, optional } from 'inversify';
import { z } from 'zod';
import { HttpRoutes } from '../contract/http-routes.js';
import { StubwireError } from '../errors.js';
import { Logger } from '../observability/logger.js';
import { registerApiDocument } from './api-document.js';
import { Auth } from './auth.js';
import { createFastifyApp } from './fastify-app.js';
import { HttpConfig } from './http-config.js';
import { Idempotency } from './idempotency.js';
import { isLoopback } from './loopback.js';
import { Readiness } from './readiness.js';
import { Refusals } from './refusals.js';
import { logRequests } from './request-log.js';
import { keepOutOfCaches } from './security-headers.js';

/** How long a stop waits for requests under way, ms. */
const DRAIN_MS = 5_000;
const FIRST_PAGE = '/';
const QUEUES_PAGE = '/queues';

/** The HTTP side of the program: every contributed group of routes, each in a scope of its own, on one port. */
@injectable()
export class HttpServer {
  private app: FastifyInstance | undefined;

  constructor(
    @inject(HttpConfig) private readonly config: HttpConfig,
    @inject(Auth) private readonly auth: Auth,
    @inject(Idempotency) private readonly idempotency: Idempotency,
    @inject(Readiness) private readonly readiness: Readiness,
    @inject(Refusals) private readonly refusals: Refusals,
    @inject(Logger) private readonly log: Logger,
    @multiInject(HttpRoutes) @optional() private readonly routes: HttpRoutes[] = [],
  ) {}

  /** Resolves when the port is open. Errors: `http_host_open`, `port_in_use`, `http_host_unusable`. */
  async start(): Promise<{ readonly url: string }> {
    const { host, port } = this.config;
    this.refuseOpenHost();
    this.app = await this.build();
    try {
      return { url: await this.app.listen({ host, port }) };
    } catch (error) {
      throw listenError(error, host, port);
    }
  }

  /** Takes no more requests and waits for those under way, but not for ever. */
  async stop(): Promise<void> {
    this.readiness.stopping();
    const { app } = this;
    if (!app) return;
    const closed = app.close();
    const slow = new AbortController();
    await Promise.race([closed, sleep(DRAIN_MS, undefined, { signal: slow.signal }).catch(() => undefined)]);
    slow.abort();
    app.server.closeAllConnections();
    await closed;
  }

  /** The pages to print at start: the one at `/`, then the other plugins', then the queues. */
  pages(): readonly { readonly path: string; readonly title: string }[] {
    const pages = this.routes.flatMap((routes) => routes.pages ?? []);
    const order = (path: string): number => (path === FIRST_PAGE ? 0 : path === QUEUES_PAGE ? 2 : 1);
    return pages.sort((a, b) => order(a.path) - order(b.path));
  }

  private async build(): Promise<FastifyInstance> {
    const { log, readiness, refusals, config } = this;
    const app = createFastifyApp({ log, readiness, refusals, config });
    await registerApiDocument(app);
    for (const routes of this.routes) await app.register((scope) => this.add(scope, routes));
    await app.register((scope) => {
      keepOutOfCaches(scope);
      this.auth.protect(scope);
      const schema = { description: 'The web pages that this host serves', response: { 200: pagesSchema } };
      scope.get('/api/pages', { schema }, () => ({ items: this.pages() }));
    });
    const [first] = this.pages();
    if (first && first.path !== FIRST_PAGE)
      app.get('/', { schema: { hide: true } }, (_request, reply) => reply.redirect(first.path));
    return app;
  }

  private async add(scope: FastifyInstance, routes: HttpRoutes): Promise<void> {
    if (routes.access === 'token') {
      keepOutOfCaches(scope);
      this.auth.protect(scope);
      this.idempotency.protect(scope);
      logRequests(scope, this.log);
    }
    await routes.register(scope);
  }

  private refuseOpenHost(): void {
    const { host, tokens } = this.config;
    if (isLoopback(host) || tokens.length > 0) return;
    throw new StubwireError(
      'http_host_open',
      `http.host is "${host}", which other machines can reach, and no tokens are configured. Add auth.tokens, or set http.host to 127.0.0.1.`,
    );
  }
}

const pagesSchema = z.object({ items: z.array(z.object({ path: z.string(), title: z.string() })) });

function listenError(error: unknown, host: string, port: number): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    return new StubwireError(
      'port_in_use',
      `Port ${port} of ${host} is in use by another program. Stop that one, or choose another with --port or http.port.`,
      { cause: error },
    );
  }
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new StubwireError(
      'http_host_unusable',
      `${host}:${port} cannot be listened on (${code}). Set http.host to an address of this machine and http.port to one above 1023.`,
      { cause: error },
    );
  }
  return error;
}

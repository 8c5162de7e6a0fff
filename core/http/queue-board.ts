import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { inject, injectable } from 'inversify';
import type { ActorRef } from '../contract/actor-kind.js';
import type { HttpRoutes } from '../contract/http-routes.js';
import { StubwireError } from '../errors.js';
import { masked } from '../observability/masked.js';
import { Queues } from '../queue/queues.js';
import { isStubref } from '../stub/ids.js';

const PATH = '/queues';
/** The board's page would load fonts from another host, which would learn who opens it. They are blocked. */
const FOREIGN_FONTS = /<link[^>]*\bhref="https:\/\/fonts\.[^>]*>/g;
const CONTENT_SECURITY_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'self'; frame-ancestors 'none'; object-src 'none'";

/** Explains how to open the page: a browser does not send a token by itself, and there is no login yet. */
const TOKEN_PAGE = `<!doctype html>
<html lang="en">
<title>The queues need a token</title>
<h1>The queues need a token</h1>
<p>This host has <code>auth.tokens</code>, so each request needs the header
<code>Authorization: Bearer &lt;token&gt;</code>. A browser does not send it by itself, and this version has no login.</p>
<p>To open this page, let a browser extension add that header for this address (ModHeader is one), with a token of any role.</p>
<p>The depths of all queues are also at <code>/metrics</code>:
<code>curl -H "Authorization: Bearer &lt;token&gt;" …/metrics</code></p>
</html>
`;

/** The part of a job's data that the board shows: the actor of the turn or timer, without its address and without the letter. */
function shownData(data: { readonly id?: string; readonly to?: ActorRef; readonly body?: { readonly type?: string } }) {
  const { id, to, body } = data;
  if (to) return { to: { kind: to.kind, id: shownId(to.id) }, letter: body?.type };
  return id === undefined ? {} : { id: shownId(id) };
}

const shownId = (id: string): string => (isStubref(id) ? id : masked(id));

interface Board {
  readonly app: FastifyInstance;
  /** Shows the queues that are open by now. */
  refresh(): void;
}

/**
 * `/queues`: Bull Board over every queue, to look at only: GET alone is routed, and its adapters are read-only. A turn
 * that an operator ran again beside a running one would be two turns of one actor; dead letters have a retry of their own.
 */
@injectable()
export class QueueBoard implements HttpRoutes {
  readonly name = 'queue-board';
  readonly access = 'token';
  readonly pages = [{ path: PATH, title: 'Queues' }];
  private board: Promise<Board> | undefined;

  constructor(@inject(Queues) private readonly queues: Queues) {}

  register(scope: FastifyInstance): void {
    const serve = (request: FastifyRequest, reply: FastifyReply) => this.serve(request, reply);
    scope.get(PATH, { schema: { hide: true } }, serve);
    scope.get(`${PATH}/*`, { schema: { hide: true } }, serve);
    scope.setErrorHandler((error, request, reply) => {
      const isBrowser = request.headers.accept?.includes('text/html') ?? false;
      if (!isBrowser || !(error instanceof StubwireError) || error.code !== 'token_missing') throw error;
      reply.code(error.status).header('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
      reply.header('www-authenticate', 'Bearer').type('text/html; charset=utf-8').send(TOKEN_PAGE);
    });
    scope.addHook('onClose', async () => (await this.board)?.app.close());
  }

  /** The board is a Fastify of its own, made at the first look: its packages take a third of a second to load. */
  private async serve(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    this.board ??= this.createBoard();
    const board = await this.board;
    board.refresh();
    reply.hijack();
    reply.raw.setHeader('content-security-policy', CONTENT_SECURITY_POLICY);
    board.app.routing(request.raw, reply.raw);
  }

  private async createBoard(): Promise<Board> {
    const [{ createBullBoard }, { BullMQAdapter }, { FastifyAdapter }] = await Promise.all([
      import('@bull-board/api'),
      import('@bull-board/api/bullMQAdapter'),
      import('@bull-board/fastify'),
    ]);
    const adapter = new FastifyAdapter().setBasePath(PATH);
    const { replaceQueues } = createBullBoard({
      queues: [],
      serverAdapter: adapter,
      options: { uiConfig: { boardTitle: 'Stubwire queues' } },
    });
    let shown = 0;
    const refresh = () => {
      const queues = this.queues.all();
      if (queues.length === shown) return;
      shown = queues.length;
      replaceQueues(
        queues.map((queue) => {
          const shown = new BullMQAdapter(queue, { readOnlyMode: true, allowRetries: false });
          shown.setFormatter('data', shownData);
          return shown;
        }),
      );
    };
    const app = Fastify({ logger: false });
    app.addHook('onSend', async (_request, reply, body) =>
      typeof body === 'string' && String(reply.getHeader('content-type')).startsWith('text/html')
        ? body.replace(FOREIGN_FONTS, '')
        : body,
    );
    await app.register(adapter.registerPlugin(), { prefix: PATH });
    await app.ready();
    return { app, refresh };
  }
}

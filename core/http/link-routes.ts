import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { inject, injectable } from 'inversify';
import { z } from 'zod';
import { Clock } from '../contract/clock.js';
import type { HttpRoutes } from '../contract/http-routes.js';
import { Org } from '../contract/org.js';
import { StubwireError } from '../errors.js';
import { FileStore } from '../file/file-store.js';
import { LinkKeys } from '../link/link-keys.js';
import { isSigned, type LinkKind } from '../link/link-signature.js';
import { RedisConnection } from '../redis/connection.js';
import { StubStore } from '../stub/stub-store.js';
import { Templates } from '../template/templates.js';
import { sendFile } from './file-answer.js';
import { problemPage, type StubGlance, sendPage, stubPage } from './stub-page.js';

const params = z.strictObject({ id: z.string().max(100) });
/** Who passes a link on may hang more on it (`fbclid`), so other keys are read past. What is not as we wrote it is just not signed. */
const querystring = z.object({
  until: z.string().catch('').describe('Seconds since 1970'),
  signature: z.string().catch(''),
  lid: z.string().optional().catch(undefined).describe('Of the delivery that had the link; not looked at here'),
});
type Query = z.infer<typeof querystring>;

const accepts = (request: FastifyRequest, type: string): boolean => request.headers.accept?.includes(type) ?? false;

/**
 * `/links`: what the links of `file_url` and `stuburl` lead to. Open to whoever has the link: its signature is the proof,
 * and is looked at before anything is read.
 */
@injectable()
export class LinkRoutes implements HttpRoutes {
  readonly name = 'links';
  readonly access = 'own';

  constructor(
    @inject(LinkKeys) private readonly keys: LinkKeys,
    @inject(Clock) private readonly clock: Clock,
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(FileStore) private readonly files: FileStore,
    @inject(StubStore) private readonly stubs: StubStore,
    @inject(Templates) private readonly templates: Templates,
    @inject(Org) private readonly org: Org,
  ) {}

  register(scope: FastifyInstance): void {
    const app = scope.withTypeProvider<ZodTypeProvider>();
    scope.addHook('onRequest', (_request, reply, done) => {
      reply.header('referrer-policy', 'no-referrer').header('vary', 'accept');
      done();
    });
    // People open links in a browser: what the link's owner can do about it is said on a page. The rest as everywhere.
    scope.setErrorHandler((error, request, reply) => {
      if (!(error instanceof StubwireError) || error.status >= 500 || !accepts(request, 'text/html')) throw error;
      return sendPage(reply.code(error.status), problemPage(error.message));
    });

    app.get('/links/files/:id', { schema: { params, querystring }, exposeHeadRoute: true }, async (request, reply) => {
      const { id } = request.params;
      await this.requireOpen('files', id, request.query);
      const found = await this.redis.orAway(this.files.open(id));
      if (found) return sendFile(found, request, reply);
      throw new StubwireError('file_unknown', 'The file of this link is not there any more.');
    });

    app.get('/links/stubs/:id', { schema: { params, querystring }, exposeHeadRoute: true }, async (request, reply) => {
      const { id } = request.params;
      await this.requireOpen('stubs', id, request.query);
      const glance = await this.glanceAt(id);
      if (accepts(request, 'application/json') && !accepts(request, 'text/html'))
        return reply.header('cache-control', 'no-store').send(glance);
      return sendPage(reply, stubPage(glance, this.org.name));
    });
  }

  private async requireOpen(kind: LinkKind, id: string, { until, signature }: Query): Promise<void> {
    const seconds = /^\d{1,12}$/.test(until) ? Number(until) : Number.NaN;
    if (!isSigned(this.keys.all(), { kind, id, until: seconds }, signature)) {
      throw new StubwireError(
        'link_invalid',
        'The link is not whole, was changed, or was made with a key that is no longer in use. Open it as it was sent, or ask for a new one.',
      );
    }
    if (seconds * 1_000 > (await this.redis.orAway(this.clock.nowMs()))) return;
    throw new StubwireError('link_expired', 'The time of the link is over. Ask whoever sent it for a new one.');
  }

  private async glanceAt(stubref: string): Promise<StubGlance> {
    const stub = await this.redis.orAway(this.stubs.get(stubref));
    if (!stub) throw new StubwireError('stub_unknown', 'The case of this link is not there any more.');
    const { subject, state, template, updated_at } = stub;
    const is_done = this.templates.get(template)?.states.get(state)?.isDone ?? false;
    return { subject, state, is_done, updated_at };
  }
}

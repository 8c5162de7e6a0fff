import { setTimeout as delay } from 'node:timers/promises';
import fastifyMultipart from '@fastify/multipart';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { inject, injectable } from 'inversify';
import type { HttpRoutes } from '../../../core/index.js';
import { AccountBook } from '../accounts/account-book.js';
import { DOWNLOAD_KINDS } from '../fault/answering-faults.js';
import { FaultStrike } from '../fault/fault-strike.js';
import { DOWNLOAD_PATH, type LinkQuery, MediaLinks } from '../media/media-links.js';
import { MediaShelf } from '../media/media-shelf.js';
import { arriving, endedByFault } from './graph-answer.js';
import { GRAPH_BASE, GraphDoor } from './graph-door.js';
import { badParam, GraphError, tokenRefused } from './graph-error.js';
import { MediaCalls } from './media-calls.js';

/** Above the biggest file that Meta takes, so that Meta's own refusal is what the caller gets. */
const UPLOAD_MAX_BYTES = 110 * 1_048_576;

/** Files on their way in and out, as streams. */
@injectable()
export class MediaRoutes implements HttpRoutes {
  readonly name = 'whatsapp emulator: media';
  readonly access = 'own';

  constructor(
    @inject(GraphDoor) private readonly door: GraphDoor,
    @inject(AccountBook) private readonly accounts: AccountBook,
    @inject(MediaCalls) private readonly calls: MediaCalls,
    @inject(MediaLinks) private readonly links: MediaLinks,
    @inject(MediaShelf) private readonly shelf: MediaShelf,
    @inject(FaultStrike) private readonly faults: FaultStrike,
  ) {}

  async register(scope: FastifyInstance): Promise<void> {
    const hidden = { schema: { hide: true } };
    await scope.register(fastifyMultipart, {
      throwFileSizeLimit: false,
      limits: { fileSize: UPLOAD_MAX_BYTES, files: 1, fields: 10, parts: 11 },
    });
    scope.setErrorHandler(this.door.failed);
    scope.post(
      `${GRAPH_BASE}/:version/:id/media`,
      { ...hidden, bodyLimit: UPLOAD_MAX_BYTES + 1_048_576 },
      this.door.handler(
        'media',
        (call) => this.accounts.ofNumberId(call.params.id),
        (account, call) => {
          if (!call.isMultipart()) throw badParam('The body must be multipart/form-data.');
          return this.calls.upload(account, call.parts()).catch((error: unknown) => {
            throw isBrokenForm(error)
              ? badParam('The body is no complete multipart/form-data of its boundary.')
              : error;
          });
        },
      ),
    );
    scope.get(DOWNLOAD_PATH, hidden, (call, reply) => this.download(call, reply));
  }

  private async download(call: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const token = this.door.requireToken(call, tokenRefused);
    const { mid = '', ext = '', hash = '' } = call.query as Partial<LinkQuery>;
    const media = await this.links.read({ mid, ext, hash });
    const account = media && this.accounts.ofNumberId(media.phoneNumberId);
    if (!media || !account) return this.gone(call, reply);
    if (account.accessToken !== token) throw tokenRefused();
    const struck = await this.faults.take(account.profile, 'media', DOWNLOAD_KINDS);
    const ended = endedByFault(struck);
    if (ended) return this.door.answer(call, reply, ended, account);
    if (struck.media_redirect) return reply.redirect(struck.media_redirect.to, 302);
    if (struck.drop_answer || struck.bad_answer)
      return this.door.answer(call, reply, arriving({ status: 200, body: '' }, struck), account);
    if (struck.latency) await delay(struck.latency.ms, undefined, { ref: false });
    const content = await this.shelf.open(media);
    if (!content) return this.gone(call, reply);
    return reply.type(media.mimeType).header('content-length', media.bytes).send(content);
  }

  private gone(call: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const error = new GraphError(100, 'link', { message: 'URL signature expired', status: 404 });
    return this.door.answer(call, reply, { status: 404, body: error.body() });
  }
}

/** What the parser says of a body that breaks off, or whose boundary is too long or not there. */
const isBrokenForm = (error: unknown): boolean =>
  !(error instanceof GraphError) && /multipart|terminated early|boundary|needle/i.test((error as Error).message);

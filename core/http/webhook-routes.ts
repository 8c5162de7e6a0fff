import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { inject, injectable, multiInject, optional } from 'inversify';
import { ActorMail } from '../actor/actor-mail.js';
import type { HttpRoutes } from '../contract/http-routes.js';
import { WebhookSource } from '../contract/webhook-source.js';
import { RedisConnection } from '../redis/connection.js';
import { UnhandledWebhooks } from './unhandled-webhooks.js';

/** Meta's limit for a webhook's body. */
const BODY_BYTES = 3_000_000;
const NOTHING = Buffer.alloc(0);

/**
 * `GET` and `POST /webhooks/<source>`, the hot path: raw bytes in, letters stored, 200. The sources check who calls.
 * No schema, no parsing, no log line, one round trip to Redis for the letters and one for their actors.
 */
@injectable()
export class WebhookRoutes implements HttpRoutes {
  readonly name = 'webhooks';
  readonly access = 'own';

  constructor(
    @inject(ActorMail) private readonly mail: ActorMail,
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(UnhandledWebhooks) private readonly unhandled: UnhandledWebhooks,
    @multiInject(WebhookSource) @optional() private readonly sources: WebhookSource[] = [],
  ) {}

  register(scope: FastifyInstance): void {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    for (const source of this.sources) this.add(scope, source);
  }

  private add(scope: FastifyInstance, source: WebhookSource): void {
    const path = `/webhooks/${source.name}`;
    scope.get(path, (request, reply) => {
      const text = source.challenge(request.query as { readonly [name: string]: string | undefined });
      reply.type('text/plain; charset=utf-8').send(text);
    });
    scope.post(path, { bodyLimit: BODY_BYTES }, (request, reply) => this.take(source, request, reply));
  }

  private async take(source: WebhookSource, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const rawBody = (request.body as Buffer | undefined) ?? NOTHING;
    const { tells, unhandled } = source.read({ rawBody, headers: request.headers });
    const work: Promise<unknown>[] = [];
    if (tells.length > 0) work.push(this.mail.tell(tells));
    if (unhandled.length > 0) work.push(this.unhandled.count(unhandled));
    if (work.length > 0) await this.redis.orAway(Promise.all(work));
    return reply.code(200).send();
  }
}

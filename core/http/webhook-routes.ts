import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { inject, injectable, multiInject, optional } from 'inversify';
import { ActorMail } from '../actor/actor-mail.js';
import type { HttpRoutes } from '../contract/http-routes.js';
import { WebhookSource } from '../contract/webhook-source.js';
import { StubwireError } from '../errors.js';
import { RedisConnection } from '../redis/connection.js';
import { BodyBudget } from './body-limits.js';
import { UnhandledWebhooks } from './unhandled-webhooks.js';

/** Meta's limit for a webhook's body. */
const BODY_BYTES = 3_000_000;
/** Budget of all bodies that arrive at the same time. */
const BODIES_BYTES = 64_000_000;
const NOTHING = Buffer.alloc(0);
/** Limit of the parts of one webhook. Meta sends up to 1,000. */
const PARTS_AT_MOST = 10_000;
/** Letters stored in one batch; between batches the process can answer other requests. */
const STORED_AT_A_TIME = 500;

/**
 * `GET` and `POST /webhooks/<source>`, the hot path: raw bytes in, letters stored, 200. The sources check who calls.
 * No schema, no parsing, no log line; two round trips to Redis for each batch of 500 letters: one for them, one for their actors.
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

  private readonly budget = new BodyBudget(BODIES_BYTES, BODY_BYTES);

  private add(scope: FastifyInstance, source: WebhookSource): void {
    const path = `/webhooks/${source.name}`;
    if (source.challenge)
      scope.get(path, (request, reply) => {
        const text = source.challenge!(onceEach(request.query as { readonly [name: string]: unknown }));
        reply.type('text/plain; charset=utf-8').send(text);
      });
    scope.post(path, {
      bodyLimit: BODY_BYTES,
      onRequest: (request, reply, done) => {
        source.admit?.(request.headers);
        this.budget.take(request, reply);
        done();
      },
      handler: (request, reply) => this.take(source, request, reply),
    });
  }

  private async take(source: WebhookSource, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const rawBody = (request.body as Buffer | undefined) ?? NOTHING;
    const { tells, unhandled } = source.read({ rawBody, headers: request.headers });
    const parts = tells.length + unhandled.length;
    if (parts > PARTS_AT_MOST)
      throw new StubwireError(
        'body_too_large',
        `The webhook has ${parts} parts; at most ${PARTS_AT_MOST} are allowed. Nothing was stored. Send the parts in several webhooks.`,
      );
    for (let at = 0; at < tells.length; at += STORED_AT_A_TIME)
      await this.redis.orAway(this.mail.tell(tells.slice(at, at + STORED_AT_A_TIME)));
    if (unhandled.length > 0) await this.redis.orAway(this.unhandled.count(unhandled));
    return reply.code(200).send();
  }
}

/** Errors: `validation_failed` if a name is given twice. */
function onceEach(query: { readonly [name: string]: unknown }): { readonly [name: string]: string } {
  for (const [name, value] of Object.entries(query)) {
    if (typeof value !== 'string')
      throw new StubwireError('validation_failed', `query.${name}: is given more than once. Give it once.`);
  }
  return query as { readonly [name: string]: string };
}

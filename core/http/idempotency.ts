import { createHash, randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { inject, injectable } from 'inversify';
import { StubwireError } from '../errors.js';
import { Logger } from '../observability/logger.js';
import { RedisConnection } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';
import { Script } from '../redis/script.js';

/** A run whose process died blocks its key no longer than this. */
const IN_FLIGHT_MS = 30_000;
/** How long a key is valid, by the product clock. */
const COUNTS_MS = 24 * 3_600_000;
/** When Redis drops the record, by its own clock; it only limits memory. */
const KEPT_MS = COUNTS_MS + 3_600_000;
const HEADER = 'idempotency-key';

const beginScript = new Script(new URL('./scripts/idempotency-begin.lua', import.meta.url));
const endScript = new Script(new URL('./scripts/idempotency-end.lua', import.meta.url));

interface KeyedRun {
  readonly record: string;
  readonly run: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    /**
     * Set where the request has an `Idempotency-Key`: the same for every repeat of it. Ids of what the request makes are
     * derived from it, so that a repeat after a crash makes the same thing again, not another one.
     */
    derivedKey: string | undefined;
    keyedRun: KeyedRun | undefined;
  }
}

/**
 * `Idempotency-Key` on every POST but dry runs: the same caller, path, key and body get the same answer for 24 h. A refusal that may
 * pass (5xx, 429) is not kept. A key is bound to its body by the first request that passes the checks of its route.
 */
@injectable()
export class Idempotency {
  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(Keys) private readonly keys: Keys,
    @inject(Logger) private readonly log: Logger,
  ) {}

  protect(scope: FastifyInstance): void {
    scope.addHook('preHandler', async (request, reply) => this.begin(request, reply));
    scope.addHook('onSend', async (request, reply, answer) => {
      if (request.keyedRun) await this.end(request.keyedRun, reply.statusCode, answer);
      return answer;
    });
  }

  private async begin(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
    const key = request.headers[HEADER];
    if (request.method !== 'POST' || key === undefined) return undefined;
    if (typeof key !== 'string' || key.length === 0 || key.length > 200) {
      throw new StubwireError(
        'validation_failed',
        'The header Idempotency-Key has 1 to 200 characters, and stands once.',
      );
    }
    if (isLook(request)) return undefined; // its key is still free for the run that it looks at
    const name = sha256(`${request.caller.name}\n${request.url.split('?')[0]}\n${key}`);
    const keyedRun = { record: this.keys.idempotency(request.caller.name, name), run: randomUUID() };
    const args = [sha256(JSON.stringify(request.body) ?? ''), keyedRun.run, IN_FLIGHT_MS, COUNTS_MS, KEPT_MS];
    const keys = [keyedRun.record, this.keys.idempotencyRecords(), this.keys.clockOffset()];
    const answer = await this.redis.orAway(beginScript.run(this.redis.client, keys, args));
    const [result, statusOrRun, body] = answer as [string, string, string];
    if (result === 'in_flight') throw inFlight();
    if (result === 'reused') throw reused();
    if (result === 'done') {
      return reply
        .code(Number(statusOrRun))
        .type('application/json; charset=utf-8')
        .header('Idempotency-Replayed', 'true')
        .send(body);
    }
    request.derivedKey = sha256(`${name}\n${statusOrRun}`); // who takes the key again after a day asks for something new
    request.keyedRun = keyedRun;
    return undefined;
  }

  /** What was done is done: where the answer cannot be kept, the repeat does it again under the same ids. */
  private async end({ record, run }: KeyedRun, status: number, answer: unknown): Promise<void> {
    const kept = status < 500 && status !== 429;
    const body = typeof answer === 'string' ? answer : '';
    try {
      await this.redis.orAway(endScript.run(this.redis.client, [record], [run, kept ? status : '', body]));
    } catch (error) {
      this.log.warn(
        { error: (error as Error).name },
        'the answer of a request could not be kept for its Idempotency-Key',
      );
    }
  }
}

/** A dry run does nothing that a repeat could do twice. */
const isLook = ({ query }: FastifyRequest): boolean => String((query as { dry_run?: unknown }).dry_run) === 'true';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const inFlight = (): StubwireError =>
  new StubwireError(
    'request_in_flight',
    'A request with this Idempotency-Key is still being handled. Ask again in a moment.',
  );

const reused = (): StubwireError =>
  new StubwireError(
    'idempotency_key_reused',
    'This Idempotency-Key was used with another body in the last 24 hours. Take a new key for a new request.',
  );
